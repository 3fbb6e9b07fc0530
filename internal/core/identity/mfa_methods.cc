// mfa/method: what a second factor is. Passcodes by time are made here; of the other types (Okta, Duo, PingID) what lies at rest is shown
// without their settings, and logins that ask for one are refused.
#include <chrono>

#include "internal/codec/qr_code.h"
#include "internal/core/identity/mfa_paths.h"
#include "internal/crypto/hash.h"

namespace bao::core::identity {
namespace {

using base::Result;
using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

constexpr const char* kTotp = "totp";

logical::Field id_field() { return {.name = "method_id", .description = "The unique identifier for this MFA method."}; }

std::vector<logical::Field> totp_fields() {
  return {id_field(),
          {.name = "method_name", .description = "The unique name identifier for this MFA method."},
          {.name = "max_validation_attempts", .type = FieldType::integer, .description = "Max number of allowed validation attempts."},
          {.name = "issuer", .description = "The name of the key's issuing organization."},
          {.name = "period", .type = FieldType::duration, .description = "The length of time used to generate a counter for the TOTP token calculation.",
           .default_value = 30},
          {.name = "key_size", .type = FieldType::integer, .description = "Determines the size in bytes of the generated key.", .default_value = 20},
          {.name = "qr_size", .type = FieldType::integer, .description = "The pixel size of the generated square QR code.", .default_value = 200},
          {.name = "algorithm",
           .description = "The hashing algorithm used to generate the TOTP token. Options include SHA1, SHA256 and SHA512.",
           .default_value = "SHA1"},
          {.name = "digits", .type = FieldType::integer,
           .description = "The number of digits in the generated TOTP token. This value can either be 6 or 8.", .default_value = 6},
          {.name = "skew", .type = FieldType::integer,
           .description = "The number of delay periods that are allowed when validating a TOTP token. This value can either be 0 or 1.",
           .default_value = 1}};
}

Json show(const mfa::Method& method) {
  Json data = Json::object();
  if (method.totp) {
    const mfa::TotpSettings& settings = method.totp->settings;
    data.set("issuer", settings.issuer);
    data.set("period", static_cast<int64_t>(settings.period_seconds));
    data.set("digits", settings.digits);
    data.set("skew", static_cast<int64_t>(settings.skew));
    data.set("key_size", static_cast<int64_t>(settings.key_size));
    data.set("qr_size", method.totp->qr_size);
    data.set("algorithm", mfa::name_of(settings.algorithm));
    data.set("max_validation_attempts", static_cast<int64_t>(method.totp->max_validation_attempts));
  }
  data.set("type", method.type);
  data.set("id", method.id);
  data.set("name", method.name);
  data.set("namespace_id", method.namespace_id);
  data.set("namespace_path", "");
  return data;
}

Reply read(const Call& call, const mfa::RuleSet& rules, const std::string& type) {
  const mfa::Method* method = rules.method(call.fields.string("method_id"));
  if (method == nullptr) return nothing_there();
  if (!type.empty() && method->type != type) return base::invalid("failed to find the method ID under MFA type " + type + ".");
  return Response::of(show(*method));
}

Reply list(const mfa::RuleSet& rules, const std::string& type) {
  std::vector<std::string> ids;
  Json about = Json::object();
  for (const auto& [id, method] : rules.methods) {
    if (!type.empty() && method.type != type) continue;
    ids.push_back(id);
    about.set(id, show(method));
  }
  return listed(std::move(ids), std::move(about));
}

// Keys and pictures are made in memory: neither may be as large as somebody likes.
constexpr int64_t kKeyBytesMax = 1024, kPeriodSecondsMax = 365 * 24 * 3600, kAttemptsMax = 1'000'000;

Result<mfa::TotpMethod> totp_of(const Call& call) {
  const auto number = [&](const char* field) { return call.fields.integer(field); };
  const auto algorithm = mfa::hash_by_name(call.fields.string("algorithm"));
  if (!algorithm) return base::invalid("unrecognized algorithm");
  if (number("digits") != 6 && number("digits") != 8) return base::invalid("digits can only be 6 or 8");
  const int64_t period = std::chrono::duration_cast<std::chrono::seconds>(call.fields.duration("period")).count();
  if (period <= 0) return base::invalid("period must be greater than zero");
  if (number("skew") != 0 && number("skew") != 1) return base::invalid("skew must be 0 or 1");
  if (number("key_size") <= 0) return base::invalid("key_size must be greater than zero");
  if (call.fields.string("issuer").empty()) return base::invalid("issuer must be set");
  if (number("max_validation_attempts") < 0) return base::invalid("max_validation_attempts must be greater than zero");
  if (number("key_size") > kKeyBytesMax || number("qr_size") > codec::kQrPixelsMax || number("qr_size") < 0 || period > kPeriodSecondsMax ||
      number("max_validation_attempts") > kAttemptsMax) {
    return base::invalid("key_size, qr_size, period or max_validation_attempts is too large");
  }
  mfa::TotpMethod totp;
  totp.settings = {.issuer = call.fields.string("issuer"),
                   .period_seconds = static_cast<uint32_t>(period),
                   .algorithm = *algorithm,
                   .digits = static_cast<int>(number("digits")),
                   .skew = static_cast<uint32_t>(number("skew")),
                   .key_size = static_cast<uint32_t>(number("key_size"))};
  totp.qr_size = static_cast<int32_t>(number("qr_size"));
  if (number("max_validation_attempts") > 0) totp.max_validation_attempts = static_cast<uint32_t>(number("max_validation_attempts"));
  return totp;
}

// The method that is meant: by id, by name, or a new one.
Result<std::optional<mfa::Method>> meant(const Call& call, const mfa::RuleSet& rules) {
  const std::string id = call.fields.string("method_id"), name = call.fields.string("method_name");
  const mfa::Method* by_id = id.empty() ? nullptr : rules.method(id);
  if (!id.empty() && by_id == nullptr) return std::optional<mfa::Method>();
  const mfa::Method* named = rules.method_by_name(name);
  if (by_id != nullptr && named != nullptr && by_id != named) {
    return base::invalid("a login MFA method configuration with the method name " + name + " already exists");
  }
  mfa::Method method = by_id != nullptr ? *by_id : named != nullptr ? *named : mfa::Method();
  if (method.id.empty()) {
    method.id = crypto::random_uuid();
    method.type = kTotp;
    method.namespace_id = base::kRootNamespace.value;
  }
  if (!name.empty()) method.name = name;
  return std::optional(std::move(method));
}

Reply update(const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const mfa::RuleSet rules, mfa::read_rules(all));
  ASSIGN_OR_RETURN(auto method, meant(call, rules));
  if (!method) return nothing_there();
  if (method->type != kTotp) return base::invalid("the method is of type " + method->type);
  ASSIGN_OR_RETURN(method->totp, totp_of(call));
  TRY(mfa::store(all, *method));
  if (!call.fields.string("method_id").empty()) return Response::none();
  return Response::of(Json::record({{"method_id", method->id}}));
}

Reply remove(const Call& call, storage::WriteView& all) {
  const std::string id = call.fields.string("method_id");
  if (id.empty()) return base::invalid("missing method ID");
  ASSIGN_OR_RETURN(const mfa::RuleSet rules, mfa::read_rules(all));
  if (const mfa::Enforcement* user = rules.user_of(id)) {
    // Of the reference's status (500) clients know that it stays.
    return base::Error(base::Code::internal, logical::multierror("methodID is still used by an enforcement configuration with ID: " + user->id));
  }
  const mfa::Method* method = rules.method(id);
  if (method == nullptr) return logical::unsupported_path();
  if (method->type != kTotp) return base::invalid("method type does not match the MFA config type");
  TRY(mfa::remove(all, *method));
  return Response::none();
}

logical::Handler changes(Operation operation, std::string summary, Reply (*run)(const Call&, storage::WriteView&)) {
  return {.operation = operation, .effect = logical::Writes{run}, .summary = std::move(summary)};
}

logical::Handler lists(const std::string& type) {
  const auto action = [type](const Call&, const mfa::RuleSet& rules) { return list(rules, type); };
  return reads_rules(Operation::list, "List MFA method configurations for the given MFA method", action);
}

Reply refuse(const Call&, storage::WriteView&) {
  return base::invalid("second factors of this type are not available yet in this server: time-based passcodes (totp) are");
}

logical::Path missing_type(const std::string& type) {
  return {.pattern = "mfa/method/" + type + "/?", .handlers = {lists(type), changes(Operation::update, "Not available yet", refuse)},
          .synopsis = "Second factors of a type that this server does not have yet."};
}

logical::Path totp_path(std::string pattern) {
  const auto show_one = [](const Call& call, const mfa::RuleSet& rules) { return read(call, rules, kTotp); };
  return {.pattern = std::move(pattern), .fields = totp_fields(),
          .handlers = {lists(kTotp), reads_rules(Operation::read, "Read the current configuration for the given MFA method", show_one),
                       changes(Operation::update, "Update or create a configuration for the given MFA method", update),
                       changes(Operation::remove, "Delete a configuration for the given MFA method", remove)},
          .synopsis = "Second factors by time-based one-time passwords."};
}

}  // namespace

logical::Handler reads_rules(Operation operation, std::string summary, RulesAction action) {
  const auto run = [action = std::move(action)](const Call& call, const storage::ReadView& all) -> Reply {
    ASSIGN_OR_RETURN(const mfa::RuleSet rules, mfa::read_rules(all));
    return action(call, rules);
  };
  return {.operation = operation, .effect = logical::Reads{run}, .summary = std::move(summary)};
}

Reply listed(std::vector<std::string> names, Json about) {
  if (names.empty()) return nothing_there();
  return Response::keys(names, std::move(about));
}

std::vector<logical::Path> mfa_method_paths(const Services&) {
  const auto show_any = [](const Call& call, const mfa::RuleSet& rules) { return read(call, rules, ""); };
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "mfa/method/?", .handlers = {lists("")}, .synopsis = "Lists MFA methods."});
  for (const char* type : {"okta", "duo", "pingid"}) paths.push_back(missing_type(type));
  paths.push_back(totp_path("mfa/method/totp/?"));
  paths.push_back(totp_path("mfa/method/totp/{method_id}"));
  paths.push_back({.pattern = "mfa/method/{method_id}", .fields = {id_field()},
                   .handlers = {reads_rules(Operation::read, "Read the current configuration for the given ID regardless of the MFA method type", show_any)},
                   .synopsis = "Reads an MFA method of any type."});
  return paths;
}

}  // namespace bao::core::identity
