// bao operator unseal, seal, key-status, rotate, step-down, members; init is in command_operator_init.cc.
#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_share.h"
#include "internal/cli/operator_init.h"
#include "internal/cli/output.h"
#include "internal/cli/seal_status.h"

namespace bao::cli {
namespace {

using codec::Json;

base::Result<Json> json_of(Session& session, const std::string& method, const std::string& path, std::optional<Json> body = {}) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call(method, path, std::move(body)));
  return codec::parse_json(response.body, {}, codec::Trailing::tolerate_json);
}

// The data of an answer in the usual envelope.
base::Result<Json> data_of(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call("GET", path));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  if (!secret || secret->data.is_null()) return base::invalid("data from server response is empty");
  return secret->data;
}

Json unseal_body(const std::string& key, bool reset, bool migrate) {
  return Json::record({{"key", Json(key)}, {"reset", Json(reset)}, {"migrate", Json(migrate)}});
}

int unseal(Invocation& run) {
  if (run.arguments().size() > 1) {
    return run.fail(1, "Too many arguments (expected 1, got " + std::to_string(run.arguments().size()) + ")");
  }
  Session* session = run.session();
  if (session == nullptr) return 2;
  if (run.flags().boolean("reset")) {
    const auto status = json_of(*session, "PUT", "sys/unseal", unseal_body("", true, false));
    if (!status.ok()) return run.fail("Error resetting unseal process: " + status.error().message());
    return print_seal_status(run, *session, *status);
  }
  const auto key = take_unseal_key(run, 0);
  if (!key) return 1;
  const auto status = json_of(*session, "PUT", "sys/unseal", unseal_body(*key, false, run.flags().boolean("migrate")));
  if (!status.ok()) return run.fail("Error unsealing: " + status.error().message());
  return print_seal_status(run, *session, *status);
}

int seal(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("PUT", "sys/seal");
  if (!response.ok()) return run.fail("Error sealing: " + response.error().message());
  return run.succeed("Success! Vault is sealed.");
}

int print_key_status(Invocation& run, const Json& data, bool rotated) {
  const Json status = Json::record(
      {{"term", data["term"]}, {"install_time", data["install_time"]}, {"encryptions", data["encryptions"]}});
  if (!run.table()) return print_data(run.ui(), status);
  if (rotated) run.ui().output("Success! Rotated key\n");
  return run.succeed(align({{"Key Term", go_value(status["term"])},
                            {"Install Time", rfc822(status["install_time"].as_string())},
                            {"Encryption Count", go_value(status["encryptions"])}}));
}

int key_status(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto data = data_of(*session, "sys/key-status");
  if (!data.ok()) return run.fail("Error reading key status: " + data.error().message());
  return print_key_status(run, *data, false);
}

int rotate(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("POST", "sys/rotate/keyring");
  if (!response.ok()) return run.fail("Error rotating key: " + response.error().message());
  const auto data = data_of(*session, "sys/key-status");
  if (!data.ok()) return run.fail("Error reading key status: " + data.error().message());
  return print_key_status(run, *data, true);
}

int step_down(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("PUT", "sys/step-down");
  if (!response.ok()) return run.fail("Error stepping down: " + response.error().message());
  return run.succeed("Success! Stepped down: " + session->address());
}

// "2026-01-02T15:04:05Z" of a time with a fraction.
std::string without_fraction(const std::string& time) {
  const size_t dot = time.find('.');
  if (dot == std::string::npos) return time;
  return time.substr(0, dot) + time.substr(std::min(time.find_first_not_of("0123456789", dot + 1), time.size()));
}

int members(Invocation& run) {
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto status = json_of(*session, "GET", "sys/ha-status");
  if (!status.ok()) return run.fail(status.error().message());
  const Json& nodes = (*status)["nodes"].is_null() ? (*status)["data"]["nodes"] : (*status)["nodes"];
  if (!run.table()) {
    Json list = Json::array();
    for (const Json& node : nodes.items()) {
      list.push_back(Json::record({{"hostname", node["hostname"]}, {"api_address", node["api_address"]},
                                   {"cluster_address", node["cluster_address"]}, {"active_node", node["active_node"]},
                                   {"last_echo", node["last_echo"]}, {"version", node["version"]},
                                   {"upgrade_version", node["upgrade_version"]}}));
      if (node["upgrade_version"].is_null()) list.items().back().erase("upgrade_version");
    }
    return print_data(run.ui(), Json::record({{"Nodes", std::move(list)}}));
  }
  std::vector<Row> rows = {{"Host Name", "API Address", "Cluster Address", "Active Node", "Version", "Upgrade Version", "Last Echo"}};
  for (const Json& node : nodes.items()) {
    rows.push_back({node["hostname"].as_string(), node["api_address"].as_string(), node["cluster_address"].as_string(),
                    node["active_node"].as_bool() ? "true" : "false", node["version"].as_string(),
                    node["upgrade_version"].as_string(), without_fraction(node["last_echo"].as_string())});
  }
  return run.succeed(table(rows));
}

constexpr Flag kUnsealFlags[] = {
    {.name = "reset", .kind = FlagKind::boolean, .text = "Forget the key shares given so far.", .fallback = "false"},
    {.name = "migrate", .kind = FlagKind::boolean, .text = "The share is for moving to another kind of seal.", .fallback = "false"}};

constexpr Flag kInitFlags[] = {
    {.name = "status", .kind = FlagKind::boolean, .text = "Only say whether the server is initialised: 0 yes, 2 no, 1 unknown.",
     .fallback = "false"},
    {.name = "key-shares", .kind = FlagKind::integer, .text = "Into how many shares the unseal key is split; 5 unless given.",
     .alias = "n"},
    {.name = "key-threshold", .kind = FlagKind::integer, .text = "How many shares unseal; 3 unless given.", .alias = "t"},
    {.name = "pgp-keys", .kind = FlagKind::keys,
     .text = "Files with PGP public keys, as many as shares, with commas between them; each share is encrypted for one."},
    {.name = "root-token-pgp-key", .text = "A file with the PGP public key that the root token is encrypted for.",
     .example = "keybase:user"},
    {.name = "recovery-shares", .kind = FlagKind::integer, .text = "Into how many shares the recovery key is split.", .fallback = "5",
     .section = "Auto Unseal Options"},
    {.name = "recovery-threshold", .kind = FlagKind::integer, .text = "How many shares make the recovery key.", .fallback = "3",
     .section = "Auto Unseal Options"},
    {.name = "recovery-pgp-keys", .kind = FlagKind::keys,
     .text = "Files with PGP public keys, as many as recovery shares; each share is encrypted for one.",
     .section = "Auto Unseal Options"}};

constexpr Command kCommands[] = {
    {.path = "operator", .synopsis = "Perform operator-specific tasks", .usage = "<subcommand> [options] [args]",
     .text = "  What those do who run servers: initialising, unsealing, keys, the cluster.\n\n      $ bao operator init\n"
             "      $ bao operator unseal"},
    {.path = "operator init", .synopsis = "Initializes a server", .usage = "[options]",
     .text = "  Makes a new server's keys and its first root token, and prints them once. Done once for a cluster.\n\n"
             "      $ bao operator init -key-shares=5 -key-threshold=3",
     .output = kFormat, .flags = kInitFlags, .run = operator_init},
    {.path = "operator unseal", .synopsis = "Unseals the OpenBao server", .usage = "[options] [KEY]",
     .text = "  Gives a share of the unseal key; it is asked for unless given. With enough of them the server is unsealed.\n\n"
             "      $ bao operator unseal",
     .output = kFormat, .flags = kUnsealFlags, .run = unseal},
    {.path = "operator seal", .synopsis = "Seals the OpenBao server", .usage = "[options]",
     .text = "  Makes the server forget its keys. It answers nothing until it is unsealed again.", .run = seal},
    {.path = "operator key-status", .synopsis = "Provides information about specific namespace barrier encryption key",
     .usage = "[options]", .text = "  Shows which key encrypts what is stored, since when, and how often it was used.",
     .output = kFormat, .run = key_status},
    {.path = "operator rotate", .synopsis = "Rotates the underlying encryption key", .usage = "[options]",
     .text = "  Makes a new key for what is stored from now on. Older keys still open what they closed.", .output = kFormat,
     .run = rotate},
    {.path = "operator step-down", .synopsis = "Forces Vault to resign active duty", .usage = "[options]",
     .text = "  Makes the active node hand over to another one.", .run = step_down},
    {.path = "operator members", .synopsis = "Returns the list of nodes in the cluster", .usage = "",
     .text = "  Lists the cluster's nodes.", .output = kFormat, .run = members},
};

}  // namespace

std::span<const Command> operator_commands() { return kCommands; }

}  // namespace bao::cli
