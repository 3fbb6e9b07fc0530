// bao token create, lookup, renew, revoke, capabilities.
#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

using codec::Json;

void set_unless_empty(Json& body, std::string_view name, Json value) {
  if (value.is_bool() ? value.as_bool() : value.size() > 0 || !value.text().empty()) body.set(name, std::move(value));
}

Json duration_text(const FlagValues& flags, std::string_view name) { return Json(base::format_go_duration(flags.duration(name))); }

Json body_of_create(const FlagValues& flags) {
  Json body = Json::record();
  Json metadata = Json::object();
  for (const auto& [key, value] : flags.map("metadata")) metadata.set(key, Json(value));
  set_unless_empty(body, "id", Json(flags.text("id")));
  set_unless_empty(body, "policies", Json::strings(flags.list("policy")));
  set_unless_empty(body, "meta", std::move(metadata));
  body.set("ttl", duration_text(flags, "ttl"));
  body.set("explicit_max_ttl", duration_text(flags, "explicit-max-ttl"));
  body.set("period", duration_text(flags, "period"));
  set_unless_empty(body, "no_parent", Json(flags.boolean("orphan")));
  set_unless_empty(body, "no_default_policy", Json(flags.boolean("no-default-policy")));
  body.set("display_name", Json(flags.text("display-name")));
  body.set("num_uses", Json(flags.integer("use-limit")));
  body.set("renewable", Json(flags.boolean("renewable") && flags.text("type") != "batch"));
  body.set("type", Json(flags.text("type")));
  body.set("entity_alias", Json(flags.text("entity-alias")));
  return body;
}

// A call whose answer has to be a secret.
base::Result<Secret> secret_of(Session& session, const std::string& method, const std::string& path, std::optional<Json> body = {}) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call(method, path, std::move(body)));
  ASSIGN_OR_RETURN(std::optional<Secret> secret, parse_secret(response.body));
  return secret ? std::move(*secret) : Secret();
}

int create(Invocation& run) {
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string& role = run.flags().text("role");
  const auto secret = secret_of(*session, "POST", "auth/token/create" + (role.empty() ? "" : "/" + role), body_of_create(run.flags()));
  if (!secret.ok()) return run.fail("Error creating token: " + secret.error().message());
  return run.field().empty() ? print_secret(run.ui(), *secret) : print_field(run.ui(), *secret, run.field());
}

int lookup(Invocation& run) {
  const bool by_accessor = run.flags().boolean("accessor");
  const size_t count = run.arguments().size();
  if (by_accessor && count != 1) {
    return run.fail(1, std::string(count < 1 ? "Not enough" : "Too many") + " arguments with -accessor (expected 1, got " +
                           std::to_string(count) + ")");
  }
  if (!run.takes(0, 1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string token = count == 0 ? "" : trimmed(run.arguments()[0]);
  const auto secret = token.empty()  ? secret_of(*session, "GET", "auth/token/lookup-self")
                      : by_accessor ? secret_of(*session, "POST", "auth/token/lookup-accessor",
                                                Json::object({{"accessor", Json(token)}}))
                                    : secret_of(*session, "POST", "auth/token/lookup", Json::object({{"token", Json(token)}}));
  if (!secret.ok()) return run.fail("Error looking up token: " + secret.error().message());
  return print_secret(run.ui(), *secret);
}

int renew(Invocation& run) {
  if (run.arguments().size() > 1) {
    return run.fail(1, "Too many arguments (expected 1, got " + std::to_string(run.arguments().size()) + ")");
  }
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string token = run.arguments().empty() ? "" : trimmed(run.arguments()[0]);
  const Json increment(std::max<int64_t>(base::whole_seconds(run.flags().duration("increment")), 0));
  const auto secret =
      token.empty() ? secret_of(*session, "PUT", "auth/token/renew-self", Json::object({{"increment", increment}}))
      : run.flags().boolean("accessor")
          ? secret_of(*session, "POST", "auth/token/renew-accessor",
                      Json::object({{"accessor", Json(token)}, {"increment", increment}}))
          : secret_of(*session, "PUT", "auth/token/renew", Json::object({{"token", Json(token)}, {"increment", increment}}));
  if (!secret.ok()) return run.fail("Error renewing token: " + secret.error().message());
  return print_secret(run.ui(), *secret);
}

// What is wrong with a combination of flags and arguments; empty when nothing is.
std::string wrong_revocation(const Invocation& run) {
  const FlagValues& flags = run.flags();
  const std::string count = std::to_string(run.arguments().size());
  const bool self = flags.boolean("self"), accessor = flags.boolean("accessor");
  const std::string& mode = flags.text("mode");
  if (!mode.empty() && mode != "orphan" && mode != "path") return "Invalid mode: " + mode;
  if (self && !run.arguments().empty()) return "Too many arguments with -self (expected 0, got " + count + ")";
  if (!self && run.arguments().size() > 1) return "Too many arguments (expected 1 or -self, got " + count + ")";
  if (!self && run.arguments().empty()) return "Not enough arguments (expected 1 or -self, got " + count + ")";
  if (self && accessor) return "Cannot use -self with -accessor!";
  if (self && !mode.empty()) return "Cannot use -self with -mode!";
  if (accessor && !mode.empty()) return "Cannot use -accessor with -mode=" + mode + "!";
  return "";
}

base::Result<api::HttpResponse> revoke_by_flags(const FlagValues& flags, Session& session, const std::string& token) {
  const std::string& mode = flags.text("mode");
  const auto body = [&](std::string_view name) { return Json::object({{std::string(name), Json(token)}}); };
  if (flags.boolean("self")) return session.call("PUT", "auth/token/revoke-self");
  if (mode == "orphan") return session.call("PUT", "auth/token/revoke-orphan", body("token"));
  if (mode == "path") return session.call("PUT", "sys/leases/revoke-prefix/" + token);
  if (flags.boolean("accessor")) return session.call("POST", "auth/token/revoke-accessor", body("accessor"));
  return session.call("PUT", "auth/token/revoke", body("token"));
}

int revoke(Invocation& run) {
  if (const std::string wrong = wrong_revocation(run); !wrong.empty()) return run.fail(1, wrong);
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string token = run.arguments().empty() ? "" : trimmed(run.arguments()[0]);
  const auto response = revoke_by_flags(run.flags(), *session, token);
  if (!response.ok()) return run.fail("Error revoking token: " + response.error().message());
  return run.succeed("Success! Revoked token (if it existed)");
}

int capabilities(Invocation& run) {
  if (!run.takes(1, 2)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const bool own = run.arguments().size() == 1;
  const std::string token = own ? session->token() : run.arguments()[0];
  const std::string& path = run.arguments().back();
  const bool self = token == session->token();
  const Json body = Json::object({{"token", Json(token)}, {"path", Json(path)}});
  const auto secret = secret_of(*session, "POST", self ? "sys/capabilities-self" : "sys/capabilities", body);
  if (!secret.ok()) return run.fail("Error listing capabilities: " + secret.error().message());
  if (secret->data.is_null()) return run.fail("Error listing capabilities: data from server response is empty");
  const Json& of_path = secret->data[path];
  const Json& listed = of_path.size() > 0 ? of_path : secret->data["capabilities"];
  if (!listed.is_array()) return run.fail(1, "No capabilities found");
  if (!run.table()) return print_data(run.ui(), listed);
  std::vector<std::string> names;
  for (const Json& name : listed.items()) names.push_back(name.as_string());
  std::sort(names.begin(), names.end());
  std::string line;
  for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
  return run.succeed(line);
}

constexpr Flag kCreateFlags[] = {
    {.name = "id", .text = "The token itself; made up by the server unless given. May not contain a dot."},
    {.name = "display-name", .text = "A name by which logs and lookups show the token."},
    {.name = "ttl", .kind = FlagKind::duration, .text = "How long the token lives unless renewed."},
    {.name = "explicit-max-ttl", .kind = FlagKind::duration, .text = "How long the token lives at most, renewed or not."},
    {.name = "period", .kind = FlagKind::duration, .text = "Make a periodic token: each renewal gives it this long again, for ever."},
    {.name = "renewable", .kind = FlagKind::boolean, .text = "Whether the token can be renewed.", .fallback = "true"},
    {.name = "orphan", .kind = FlagKind::boolean, .text = "Have no parent, so that it outlives the token that made it.",
     .fallback = "false"},
    {.name = "no-default-policy", .kind = FlagKind::boolean, .text = "Leave the policy \"default\" out.", .fallback = "false"},
    {.name = "use-limit", .kind = FlagKind::integer, .text = "How often the token works; 0: without limit."},
    {.name = "role", .text = "The token role to make it by."},
    {.name = "type", .text = "\"service\" or \"batch\".", .fallback = "service"},
    {.name = "metadata", .kind = FlagKind::map, .text = "A name and value kept with the token and shown in audit logs. May be repeated."},
    {.name = "policy", .kind = FlagKind::list, .text = "A policy of the token. May be repeated. Without any it has its parent's."},
    {.name = "entity-alias", .text = "The alias of the entity that the token is for; only with -role."},
};
constexpr Flag kLookupFlags[] = {
    {.name = "accessor", .kind = FlagKind::boolean, .text = "The argument is an accessor, not a token.", .fallback = "false"}};
constexpr Flag kRenewFlags[] = {
    {.name = "accessor", .kind = FlagKind::boolean, .text = "The argument is an accessor, not a token.", .fallback = "false"},
    {.name = "increment", .kind = FlagKind::duration, .text = "How much longer to live; the server may give less.", .alias = "i"}};
constexpr Flag kRevokeFlags[] = {
    {.name = "accessor", .kind = FlagKind::boolean, .text = "The argument is an accessor, not a token.", .fallback = "false"},
    {.name = "self", .kind = FlagKind::boolean, .text = "Revoke the token in use.", .fallback = "false"},
    {.name = "mode",
     .text = "\"orphan\" revokes the token but not its children; \"path\" revokes what was made at that path; otherwise the token "
             "and all its children are revoked."}};

constexpr Command kCommands[] = {
    {.path = "token", .synopsis = "Interact with tokens", .usage = "<subcommand> [options] [args]",
     .text = "  Makes, shows, renews and revokes tokens.\n\n      $ bao token create -policy=app -ttl=1h\n"
             "      $ bao token revoke s.oQ7Z3kzgHNkTPtHmCeDcDjDP"},
    {.path = "token create", .synopsis = "Create a new token", .usage = "[options]",
     .text = "  Makes a token, a child of the one in use unless told otherwise.\n\n"
             "      $ bao token create -policy=app -policy=reports -ttl=8h",
     .output = kFormatField, .flags = kCreateFlags, .run = create},
    {.path = "token lookup", .synopsis = "Display information about a token", .usage = "[options] [TOKEN | ACCESSOR]",
     .text = "  Shows what is known of a token; of the one in use where none is given.", .output = kFormat, .flags = kLookupFlags,
     .run = lookup},
    {.path = "token renew", .synopsis = "Renew a token lease", .usage = "[options] [TOKEN]",
     .text = "  Gives a token more time; the one in use where none is given.\n\n      $ bao token renew -increment=30m",
     .output = kFormat, .flags = kRenewFlags, .run = renew},
    {.path = "token revoke", .synopsis = "Revoke a token and its children", .usage = "[options] [TOKEN | ACCESSOR]",
     .text = "  Ends a token and all that was made with it.\n\n      $ bao token revoke -accessor 9793c9b3-e04a-46f3-e7b8-748d7da248da",
     .flags = kRevokeFlags, .run = revoke},
    {.path = "token capabilities", .synopsis = "Print capabilities of a token on a path", .usage = "[options] [TOKEN] PATH",
     .text = "  Shows what a token may do with a path; the one in use where none is given.\n\n"
             "      $ bao token capabilities secret/data/app",
     .output = kFormat, .run = capabilities},
};

}  // namespace

std::span<const Command> token_commands() { return kCommands; }

}  // namespace bao::cli
