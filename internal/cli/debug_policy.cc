// bao debug policy: which rule of which policy decides about a request, and what stands against it.
#include <algorithm>

#include "internal/base/letters.h"
#include "internal/cli/columns.h"
#include "internal/cli/debug.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

using codec::Json;

struct Meaning {
  std::string_view name, text;
};

// The operations that a method stands for. Which of the two a write is depends on what is there.
constexpr Meaning kMethods[] = {{"get", "read"}, {"head", "read"}, {"post", "create,update"}, {"put", "create,update"},
                                {"write", "create,update"}, {"delete", "delete"}, {"patch", "patch"}, {"list", "list"},
                                {"scan", "scan"}, {"read", "read"}, {"create", "create"}, {"update", "update"}};

constexpr Meaning kRefusals[] = {
    {"no_rule", "no policy of the token has a rule for this path"},
    {"expired", "the rule is past its expiration"},
    {"denied", "a policy denies this path"},
    {"capability", "no policy grants this capability on the path"},
    {"wrapping_ttl", "the rule asks for the answer to be wrapped, for a time within its bounds"},
    {"parameters", "a parameter is missing, or not one that the rule allows"},
    {"pagination_limit", "the rule allows shorter lists only"},
    {"sudo", "the path needs the capability sudo, too"},
};

std::string_view find(std::span<const Meaning> meanings, std::string_view name) {
  const auto found = std::find_if(meanings.begin(), meanings.end(), [name](const Meaning& one) { return one.name == name; });
  return found == meanings.end() ? std::string_view() : found->text;
}

std::string joined(const Json& names) {
  std::string text;
  for (const Json& name : names.items()) text += (text.empty() ? "" : ", ") + name.as_string();
  return text;
}

std::string explained(const std::string& operation, const std::string& path, const Json& decision) {
  std::string out = operation + " " + path + ": ";
  if (decision["allowed"].as_bool()) {
    const std::string granting = joined(decision["granting_policies"]);
    out += "allowed" + (granting.empty() ? "" : " by " + granting);
  } else {
    const std::string& refusal = decision["refusal"].as_string();
    const std::string_view meaning = find(kRefusals, refusal);
    out.append("refused: ").append(meaning.empty() ? std::string_view(refusal) : meaning);
  }
  if (decision["rules"].empty()) {
    out += "\nPolicies of the token: " + joined(decision["token_policies"]);
    return decision["identity_policies"].empty() ? out : out + "\nPolicies of its entity and groups: " + joined(decision["identity_policies"]);
  }
  std::vector<Row> rows = {{"Policy", "Path", "Capabilities"}};
  for (const Json& rule : decision["rules"].items()) {
    rows.push_back({rule["policy"].as_string(), rule["path"].as_string(), joined(rule["capabilities"])});
  }
  return out + "\n\n" + table(rows);
}

base::Result<Json> ask(Session& session, const std::string& token, const std::string& operation, const std::string& path, const Json& data) {
  Json body = Json::object({{"operation", Json(operation)}, {"path", Json(path)}, {"data", data}});
  if (!token.empty()) body.set("token", Json(token));
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call("POST", "sys/internal/decision", std::move(body)));
  ASSIGN_OR_RETURN(auto secret, parse_secret(response.body));
  if (!secret) return base::invalid("the server answered nothing");
  return std::move(secret->data);
}

}  // namespace

int debug_policy(Invocation& run) {
  if (!run.takes(2, 3)) return 1;
  const auto& arguments = run.arguments();
  const std::string token = arguments.size() == 3 ? arguments[0] : "";
  const std::string method = base::lower_case(arguments[arguments.size() - 2]);
  const std::string_view operations = find(kMethods, method);
  if (operations.empty()) return run.fail(1, "Unknown method \"" + method + "\"");
  const std::string& path = arguments.back();
  Json data = Json::object();
  for (const auto& [name, value] : run.flags().map("parameter")) data.set(name, Json(value));
  Session* session = run.session();
  if (session == nullptr) return 2;
  Json all = Json::object();
  bool allowed = true;
  std::string text;
  for (size_t at = 0; at < operations.size();) {
    const size_t end = std::min(operations.find(',', at), operations.size());
    const std::string operation(operations.substr(at, end - at));
    at = end + 1;
    auto decision = ask(*session, token, operation, path, data);
    if (!decision.ok()) return run.fail("Error explaining policies: " + decision.error().message());
    allowed = allowed && (*decision)["allowed"].as_bool();
    text += (text.empty() ? "" : "\n\n") + explained(operation, path, *decision);
    all.set(operation, std::move(*decision));
  }
  if (run.table()) run.succeed(text);
  else print_data(run.ui(), all);
  return allowed ? 0 : 2;
}

}  // namespace bao::cli
