// sys/policies/password (openbao-api.md 2.4), stored as {"policy": text} under sys/password_policy/<name>.
#include <algorithm>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/core/system/password_policy.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

constexpr std::string_view kPrefix = "sys/password_policy/";

std::string key_of(const Call& call) { return std::string(kPrefix) + call.fields.string("name"); }

base::Result<std::string> stored_text(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto stored, all.get(key_of(call)));
  if (!stored) return core_error(base::Code::absent, "policy does not exist");
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(*stored));
  return entry["policy"].as_string();
}

Reply list(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, storage::leaves_below(all, kPrefix));
  for (std::string& name : names) {
    if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  }
  std::sort(names.begin(), names.end());
  return Response::keys(names);
}

Reply read(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(std::string text, stored_text(call, all));
  Json data = Json::object();
  data.set("policy", std::move(text));
  return Response::of(std::move(data));
}

Reply write(const Call& call, storage::WriteView& all) {
  std::string text = call.fields.string("policy");
  if (text.empty()) return core_error(base::Code::invalid, "missing policy");
  if (auto decoded = codec::from_base64(text); decoded.ok()) text = std::move(decoded).value();
  const auto policy = PasswordPolicy::parse(text);
  if (!policy.ok()) return core_error(base::Code::invalid, "invalid password policy: " + policy.error().message());
  if (policy->length() < kPasswordLengthMin || policy->length() > kPasswordLengthMax) {
    return core_error(base::Code::invalid, "passwords must be between " + std::to_string(kPasswordLengthMin) + " and " +
                                               std::to_string(kPasswordLengthMax) + " characters");
  }
  if (!policy->is_possible()) {
    return core_error(base::Code::invalid,
                      "unable to construct test password from provided policy: are the rules impossible?");
  }
  Json entry = Json::object();
  entry.set("policy", text);
  TRY(all.put(key_of(call), codec::write_json(entry)));
  return Response::none();
}

Reply remove(const Call& call, storage::WriteView& all) {
  TRY(all.remove(key_of(call)));
  return Response::none();
}

Reply generate(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const std::string text, stored_text(call, all));
  const auto policy = PasswordPolicy::parse(text);
  if (!policy.ok()) return core_error(base::Code::internal, "stored password policy configuration failed to parse");
  auto password = policy->generate();
  if (!password.ok()) {
    return core_error(base::Code::internal, "failed to generate password from policy: " + password.error().message());
  }
  Json data = Json::object();
  data.set("password", std::move(password).value());
  return Response::of(std::move(data));
}

}  // namespace

Paths password_policy_paths() {
  const logical::Field name = {.name = "name", .description = "The name of the password policy."};
  Path listing;
  listing.pattern = "policies/password/?";
  listing.handlers = {{.operation = Operation::list, .effect = Reads{list}, .summary = "List the existing password policies."}};
  listing.synopsis = "List the existing password policies.";

  Path generating;
  generating.pattern = "policies/password/{name:any}/generate";
  generating.fields = {name};
  generating.handlers = {{.operation = Operation::read, .effect = Reads{generate}, .summary = "Generate a password from an existing password policy."}};
  generating.synopsis = "Generate a password from an existing password policy.";

  Path entry;
  entry.pattern = "policies/password/{name:any}";
  entry.fields = {name, {.name = "policy", .description = "The password policy."}};
  entry.handlers = {{.operation = Operation::read, .effect = Reads{read}, .summary = "Retrieve an existing password policy."},
                    {.operation = Operation::update, .effect = Writes{write}, .summary = "Add a new password policy or update an existing one."},
                    {.operation = Operation::remove, .effect = Writes{remove}, .summary = "Delete a password policy."}};
  entry.synopsis = "Read, Modify, or Delete a password policy.";

  Paths paths;
  paths.push_back(std::move(listing));
  paths.push_back(std::move(generating));
  paths.push_back(std::move(entry));
  return paths;
}

}  // namespace bao::core::sys
