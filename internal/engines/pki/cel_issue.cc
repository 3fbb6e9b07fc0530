// cel/issue and cel/sign: a program says whether, and what. Whether the certificate is stored turns out only when the program has run,
// so both go to the active node.
#include "internal/crypto/x509/request.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/cel_request.h"
#include "internal/engines/pki/cel_role_entry.h"
#include "internal/engines/pki/cel_template.h"
#include "internal/engines/pki/cel_types.h"
#include "internal/engines/pki/certificate_answer.h"
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/new_key.h"
#include "internal/engines/pki/signer.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::Operation;
using logical::Path;
using logical::Response;

// An error with status 500, whatever its code.
base::Error failed(const base::Error& error) { return failure(error.message()); }

// As Go names the type of a value.
std::string go_type(const cel::Value& value) {
  static constexpr const char* kTypes[] = {"structpb.NullValue", "bool",          "int64",  "uint64",         "float64",
                                           "string",             "[]uint8",       "time.Time", "time.Duration", "string",
                                           "[]ref.Val",          "map[ref.Val]ref.Val", "*dynamicpb.Message", "*types.Optional"};
  return kTypes[static_cast<size_t>(value.kind())];
}

// The program's ValidationOutput. Errors: internal: what it says instead, or that it failed.
base::Result<cel::Value> output_of(const Call& call, const ReadView& view, CelKind kind) {
  ASSIGN_OR_RETURN(const auto role, CelRoleEntry::load(view, call.fields.string("role")));
  if (!role) return failure("CEL role not found");
  auto variables = program_variables(call, kind);
  if (!variables.ok()) return failed(variables.error());
  auto result = role->program.evaluate(program_environment(), *std::move(variables));
  if (!result.ok()) return failed(result.error().within("error evaluating mainProgram"));
  if (const std::string* refusal = result->as<std::string>()) return failure(*refusal);
  if (result->is(cel::Value::Kind::boolean)) return failure("request denied");
  const cel::Message* message = result->as_message();
  if (message == nullptr) return failure("unexpected mainProgram result type " + go_type(*result));
  if (message->type->name != "openbao.pki.ValidationOutput") return failure("unexpected mainProgram result type " + message->type->name);
  return result;
}

base::Result<x509::PrivateKey> new_key(CelDecision& decision) {
  static constexpr char kWrong[] = "invalid cel response for key type, key bits, or signature bits: ";
  const std::string type = decision.key_type.empty() ? "rsa" : decision.key_type;
  const bool known_hash = decision.signature_bits == 0 || decision.signature_bits == 256 || decision.signature_bits == 384 || decision.signature_bits == 512;
  if (type == "rsa" && !known_hash) return failure(kWrong + ("unsupported hash signature algorithm: " + std::to_string(decision.signature_bits)));
  if (type == "ed25519") decision.key_bits = decision.signature_bits = 0;
  auto key = make_key(type, decision.key_bits);
  if (!key.ok()) return failure(kWrong + key.error().message());
  return key;
}

base::Result<x509::CertificateRequest> signed_request(const Call& call) {
  const std::string given = call.fields.string("csr");
  if (given.find("-----BEGIN ") == std::string::npos) return failure("csr contains no data");
  auto request = x509::parse_request_pem(given);
  if (!request.ok()) return failed(request.error().within("certificate request could not be parsed"));
  if (!request->signature_is_valid()) return base::invalid("request signature invalid");
  return request;
}

// An authority that may have none below it makes none.
base::Status check_path_length(const x509::CertificateTemplate& content, const IssuingAuthority& authority) {
  const auto& above = authority.issuer->certificate.basic_constraints;
  if (!content.basic_constraints || !content.basic_constraints->ca || !above || above->path_length != 0) return {};
  return base::invalid("signing certificate has a max path length of zero, and cannot issue further CA certificates");
}

// issue/ shows a chain only where the issuer is no root.
std::vector<std::string> chain_of(const IssuingAuthority& authority, CelKind kind) {
  const x509::Certificate& issuer = authority.issuer->certificate;
  const bool is_top = issuer.authority_key_id.empty() || issuer.authority_key_id == issuer.subject_key_id;
  if (kind == CelKind::issue && is_top) return {};
  return authority.issuer->entry.ca_chain;
}

Json answer_of(const Call& call, const IssuingAuthority& authority, const SignedCertificate& certificate, const x509::PrivateKey* key) {
  Json data = Json::object();
  add_certificate(data, certificate.der, {}, Format::pem);
  data.set("not_before", int64_t{certificate.not_before.time_since_epoch().count()});
  data.set("expiration", int64_t{certificate.not_after.time_since_epoch().count()});
  data.set("serial_number", x509::serial_text(certificate.serial, ':'));
  data.set("issuing_ca", without_last_newline(authority.issuer->entry.certificate));
  if (key != nullptr) {
    add_key(data, *key, "", Format::pem);
  } else {
    data.set("private_key", "");
    data.set("private_key_type", "");
  }
  Json chain = Json::array();
  for (const std::string& pem : chain_of(authority, key == nullptr ? CelKind::sign : CelKind::issue)) {
    if (!call.fields.boolean("remove_roots_from_chain") || !is_root(pem)) chain.push_back(without_last_newline(pem));
  }
  if (!chain.empty()) data.set("ca_chain", std::move(chain));
  return data;
}

Reply make_certificate(const MountStore& store, const Call& call, WriteView& view, CelKind kind) {
  ASSIGN_OR_RETURN(const cel::Value value, output_of(call, view, kind));
  const cel::Message& output = *value.as_message();
  CelDecision decision = decision_of(output);
  if (!output.has(*output.type->find("template"))) return failure("template is nil");
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  ASSIGN_OR_RETURN(const IssuingAuthority authority, find_issuing(*authorities, decision.issuer_ref));
  if (call.fields.duration("ttl").count() != 0 && !call.fields.string("not_after").empty()) {
    return failure("Either ttl or not_after should be provided. Both should not be provided in the same request.");
  }
  std::optional<x509::PrivateKey> key;
  std::optional<x509::CertificateRequest> request;
  if (kind == CelKind::issue) {
    ASSIGN_OR_RETURN(key, new_key(decision));
  } else {
    ASSIGN_OR_RETURN(request, signed_request(call));
  }
  auto content = template_from(output, key ? key->public_key() : request->public_key);
  if (!content.ok()) return failed(content.error());
  if (kind == CelKind::sign) {
    content->subject_key_id = decision.subject_key_id;
    TRY(check_path_length(*content, authority));
  }
  auto certificate = sign_with(authority, *std::move(content), decision.signature_bits, decision.use_pss ? x509::Padding::pss : x509::Padding::pkcs1);
  if (!certificate.ok()) return failed(certificate.error().within("unable to create certificate"));
  Response response = Response::of(answer_of(call, authority, *certificate, key ? &*key : nullptr));
  response.warnings = decision.warnings;
  if (decision.generate_lease) response.lease = lease_of(*certificate, call.now);
  if (!decision.no_store) TRY(view.put(layout::kCertificates + x509::serial_text(certificate->serial, '-'), certificate->der));
  return response;
}

FieldList cel_fields(CelKind kind) {
  using Type = logical::FieldType;
  FieldList fields = {capture("role", "The CEL role whose program decides."),
                      {"not_before", Type::string, "For programs: when the certificate shall begin (RFC 3339)."},
                      {"not_after", Type::string, "For programs: when it shall end (RFC 3339)."},
                      {"ttl", Type::duration, "For programs: how long it shall live."},
                      {"remove_roots_from_chain", Type::boolean, "Whether ca_chain is shown without roots."},
                      {"signature_bits", Type::integer, "For programs: bits of the hash."},
                      {"use_pss", Type::boolean, "For programs: whether an RSA issuer shall sign with PSS."},
                      {"not_before_duration", Type::integer, "For programs: how many seconds before now it shall begin.", 30}};
  if (kind == CelKind::sign) {
    fields.push_back({"csr", Type::string, "The certificate request, PEM."});
  } else {
    fields.push_back({"key_type", Type::string, "For programs: the kind of key."});
    fields.push_back({"key_bits", Type::integer, "For programs: its size."});
  }
  return fields;
}

void add(std::vector<Path>& paths, const MountStore& store, const char* pattern, CelKind kind, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.fields = cel_fields(kind);
  path.takes_any_fields = true;
  path.handlers = {{Operation::update, logical::Writes{[&store, kind](const Call& call, WriteView& view) { return make_certificate(store, call, view, kind); }}}};
  path.synopsis = synopsis;
  paths.push_back(std::move(path));
}

}  // namespace

void add_cel_issue_paths(std::vector<Path>& paths, const MountStore& store) {
  add(paths, store, "cel/issue/{role}", CelKind::issue, "Request a certificate using a certain cel role with the provided details.");
  add(paths, store, "cel/sign/{role}", CelKind::sign, "Request certificates using a certain CEL role with the provided details.");
}

}  // namespace bao::engines::pki
