#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/raft.h"

namespace bao::cli {
namespace {

using codec::Json;

// The text, or the content of the file that @file names.
base::Result<std::string> text_or_file(const std::string& text) {
  if (!text.starts_with('@')) return text;
  auto content = read_file(text.substr(1));
  if (!content.ok()) return base::invalid("error reading file: " + content.error().message());
  return content;
}

int change_peer(Invocation& run, const std::string& path, const std::string& what, const std::string& done) {
  if (run.arguments().size() != 1) {
    return run.fail(1, "Incorrect arguments (expected 1, got " + std::to_string(run.arguments().size()) + ")");
  }
  const std::string id = trimmed(run.arguments()[0]);
  if (id.empty()) return run.fail(1, "Server id is required");
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto answer = session->write(path, Json::object({{"server_id", Json(id)}}));
  if (!answer.ok()) return run.fail(what + ": " + answer.error().message());
  return run.succeed(done);
}

// The certificates and the key of a join; nothing when one could not be read, which was said.
struct JoinFiles { std::string ca, certificate, key; };
std::optional<JoinFiles> join_files(Invocation& run) {
  const FlagValues& flags = run.flags();
  const auto ca = text_or_file(flags.text("leader-ca-cert"));
  const auto certificate = text_or_file(flags.text("leader-client-cert"));
  const auto key = text_or_file(flags.text("leader-client-key"));
  if (!ca.ok()) run.fail("Failed to parse leader CA certificate: " + ca.error().message());
  if (!certificate.ok()) run.fail("Failed to parse leader client certificate: " + certificate.error().message());
  if (!key.ok()) run.fail("Failed to parse leader client key: " + key.error().message());
  if (!ca.ok() || !certificate.ok() || !key.ok()) return std::nullopt;
  return JoinFiles{*ca, *certificate, *key};
}

}  // namespace

int raft_list_peers(Invocation& run) {
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto secret = session->read("sys/storage/raft/configuration");
  if (!secret.ok()) return run.fail("Error reading the raft cluster configuration: " + secret.error().message());
  if (!*secret) return run.fail("No raft cluster configuration found");
  if (!run.table()) return print_secret(run.ui(), **secret);
  std::vector<Row> rows = {{"Node", "Address", "State", "Voter"}};
  for (const Json& server : (*secret)->data["config"]["servers"].items()) {
    rows.push_back({server["node_id"].as_string(), server["address"].as_string(), server["leader"].as_bool() ? "leader" : "follower",
                    server["voter"].as_bool() ? "true" : "false"});
  }
  return run.succeed(table(rows));
}

int raft_join(Invocation& run) {
  if (!run.takes(0, 1)) return 1;
  const FlagValues& flags = run.flags();
  const std::string leader = run.arguments().empty() ? "" : trimmed(run.arguments()[0]);
  const auto files = join_files(run);
  if (!files) return 1;
  const std::string& scheme = flags.text("auto-join-scheme");
  if (!scheme.empty() && scheme != "http" && scheme != "https") {
    return run.fail(1, "invalid scheme " + go_quoted(scheme) + "; must either be http or https");
  }
  Session* session = run.session();
  if (session == nullptr) return 2;
  const bool discovers = leader.find("provider=") != std::string::npos;
  const Json body = Json::record({{"auto_join", Json(discovers ? leader : "")},
                                  {"auto_join_scheme", Json(discovers ? scheme : "")},
                                  {"auto_join_port", Json(discovers ? flags.integer("auto-join-port") : 0)},
                                  {"leader_api_addr", Json(discovers ? "" : leader)},
                                  {"leader_ca_cert", Json(files->ca)},
                                  {"leader_client_cert", Json(files->certificate)},
                                  {"leader_client_key", Json(files->key)},
                                  {"retry", Json(flags.boolean("retry"))},
                                  {"non_voter", Json(flags.boolean("non-voter"))}});
  const auto response = session->call("POST", "sys/storage/raft/join", body);
  if (!response.ok()) return run.fail("Error joining the node to the Raft cluster: " + response.error().message());
  const auto answer = codec::parse_json(response->body, {}, codec::Trailing::tolerate_json);
  const bool joined = answer.ok() && (*answer)["joined"].as_bool();
  if (!run.table()) return print_data(run.ui(), Json::record({{"joined", Json(joined)}}));
  return run.succeed(table({{"Key", "Value"}, {"Joined", joined ? "true" : "false"}}));
}

int raft_remove_peer(Invocation& run) {
  return change_peer(run, "sys/storage/raft/remove-peer", "Error removing the peer from raft cluster", "Peer removed successfully!");
}

int raft_promote(Invocation& run) {
  return change_peer(run, "sys/storage/raft/promote", "Error promoting server", "Server promoted successfully!");
}

int raft_demote(Invocation& run) {
  return change_peer(run, "sys/storage/raft/demote", "Error demoting server", "Server demoted successfully!");
}

}  // namespace bao::cli
