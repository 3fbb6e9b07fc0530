// mfa/method/totp/{generate,admin-generate,admin-destroy}: the key by which an entity makes its passcodes.
#include "internal/codec/encoding.h"
#include "internal/codec/qr_code.h"
#include "internal/core/identity/mfa_paths.h"
#include "internal/core/mfa/totp_secret.h"

namespace bao::core::identity {
namespace {

using base::Result;
using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;

logical::Field method_field() { return {.name = "method_id", .description = "The unique identifier for this MFA method.", .required = true}; }
logical::Field entity_field(std::string description) { return {.name = "entity_id", .description = std::move(description), .required = true}; }

struct Meant {
  mfa::Method method;
  Entity entity;
};

Result<mfa::Method> method_of(const Call& call, const storage::ReadView& all) {
  const std::string id = call.fields.string("method_id");
  ASSIGN_OR_RETURN(const mfa::RuleSet rules, mfa::read_rules(all));
  const mfa::Method* method = rules.method(id);
  if (method == nullptr) return base::invalid("configuration for method ID \"" + id + "\" does not exist");
  if (!method->totp) return base::invalid("generate not available for MFA type \"" + method->type + "\"");
  return *method;
}

Result<Meant> meant(const Call& call, Writer& writer, const std::string& entity_id, const char* no_entity) {
  if (call.fields.string("method_id").empty()) return base::invalid("missing method ID");
  if (entity_id.empty()) return base::invalid(no_entity);
  ASSIGN_OR_RETURN(mfa::Method method, method_of(call, writer.all()));
  ASSIGN_OR_RETURN(auto entity, writer.entity(entity_id));
  if (!entity) return base::invalid("invalid entity ID");
  return Meant{std::move(method), std::move(*entity)};
}

Reply generate(const Call& call, Writer& writer, const std::string& entity_id) {
  ASSIGN_OR_RETURN(Meant it, meant(call, writer, entity_id, "missing entityID"));
  if (it.entity.mfa_secrets.contains(it.method.id)) {
    Response already;
    already.warnings.push_back("Entity already has a secret for MFA method \"" + it.method.name + "\"");
    return already;
  }
  ASSIGN_OR_RETURN(const std::string url, mfa::make_key(writer.all(), it.method, it.entity.id));
  std::string barcode;
  if (it.method.totp->qr_size != 0) {
    ASSIGN_OR_RETURN(const std::string picture, codec::qr_code_png(url, it.method.totp->qr_size));
    barcode = codec::to_base64(picture);
  }
  it.entity.mfa_secrets[it.method.id] = mfa::serialize(mfa::Secret{it.method.name, it.method.totp->settings, it.entity.id});
  TRY(writer.put(it.entity));
  return Response::of(Json::record({{"barcode", barcode}, {"url", url}}));
}

Reply destroy(const Call& call, Writer& writer) {
  ASSIGN_OR_RETURN(Meant it, meant(call, writer, call.fields.string("entity_id"), "missing entity ID"));
  if (it.entity.mfa_secrets.erase(it.method.id) == 0) return Response::none();
  TRY(mfa::remove_key(writer.all(), it.method.id, it.entity.id));
  TRY(writer.put(it.entity));
  return Response::none();
}

}  // namespace

std::vector<logical::Path> mfa_secret_paths(const Services& services) {
  const auto own = [](const Call& call, Writer& writer) { return generate(call, writer, call.request.caller.entity_id); };
  const auto of_anybody = [](const Call& call, Writer& writer) { return generate(call, writer, call.fields.string("entity_id")); };
  const std::string summary = "Update or create TOTP secret for the given method ID on the given entity.";
  std::vector<logical::Path> paths;
  paths.push_back({.pattern = "mfa/method/totp/generate", .fields = {method_field()},
                   .handlers = {writes(services, Operation::update, summary, own)},
                   .synopsis = "Makes the caller's own key."});
  paths.push_back({.pattern = "mfa/method/totp/admin-generate",
                   .fields = {method_field(), entity_field("Entity ID on which the generated secret needs to get stored.")},
                   .handlers = {writes(services, Operation::update, summary, of_anybody)},
                   .synopsis = "Makes an entity's key."});
  paths.push_back({.pattern = "mfa/method/totp/admin-destroy",
                   .fields = {method_field(), entity_field("Identifier of the entity from which the MFA method secret needs to be removed.")},
                   .handlers = {writes(services, Operation::update, "Destroys a TOTP secret for the given MFA method ID on the given entity", destroy)},
                   .synopsis = "Takes an entity's key away."});
  return paths;
}

}  // namespace bao::core::identity
