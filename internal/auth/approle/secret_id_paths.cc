// role/:name/secret-id and custom-secret-id: making secret ids, and the list of their accessors.
#include "internal/auth/approle/paths.h"
#include "internal/auth/approle/secret_id.h"
#include "internal/base/time_format.h"
#include "internal/crypto/hash.h"
#include "internal/net/bound_addresses.h"

namespace bao::auth::approle {
namespace {

using base::Duration;
using base::Status;
using codec::Json;
using logical::Call;
using logical::Fields;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;

std::string go_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) out += (out.size() > 1 ? " \"" : "\"") + item + "\"";
  return out + "]";
}

Status read_blocks(const Fields& fields, const Role& role, SecretId& secret) {
  secret.cidr_list = fields.strings("cidr_list");
  TRY(check_bound_blocks(secret.cidr_list));
  TRY(check_subset(secret.cidr_list, role.bound_cidrs()));
  secret.token_bound_cidrs = fields.strings("token_bound_cidrs");
  TRY(check_bound_blocks(secret.token_bound_cidrs, "token CIDR"));
  return check_subset(secret.token_bound_cidrs, role.token.bound_cidrs);
}

// A secret id may be bound more tightly than its role says, not less.
Status read_limits(const Fields& fields, const Role& role, SecretId& secret) {
  secret.num_uses = role.secret_id_num_uses;
  if (fields.has("num_uses")) {
    secret.num_uses = fields.integer("num_uses");
    if (secret.num_uses < 0) return base::invalid("num_uses cannot be negative");
    const int64_t most = role.secret_id_num_uses;
    if (most > 0 && (secret.num_uses == 0 || secret.num_uses > most)) {
      return base::invalid("num_uses cannot be higher than the role's secret_id_num_uses");
    }
  }
  secret.ttl = role.secret_id_ttl;
  if (fields.has("ttl")) {
    secret.ttl = fields.duration("ttl");
    const Duration most = role.secret_id_ttl;
    if (most.count() > 0 && (secret.ttl.count() == 0 || secret.ttl > most)) {
      return base::invalid("ttl cannot be longer than the role's secret_id_ttl");
    }
  }
  auto metadata = parse_metadata(fields.string("metadata"));
  if (!metadata.ok()) return base::invalid("failed to parse metadata: " + metadata.error().message());
  secret.metadata = std::move(*metadata);
  return {};
}

Reply make(Duration max_lease_ttl, const Call& call, storage::WriteView& view, const std::string& text) {
  if (text.empty()) return base::invalid("missing secret_id");
  ASSIGN_OR_RETURN(const auto role, role_of(call, view));
  if (!role) return base::Error(base::Code::absent, "role \"" + call.fields.string("role_name") + "\" does not exist");
  if (!role->bind_secret_id) return base::invalid("bind_secret_id is not set on the role");
  SecretId secret;
  TRY(read_blocks(call.fields, *role, secret));
  TRY(read_limits(call.fields, *role, secret));
  const auto mac = mac_of(*role, text);
  if (!mac.ok()) return failure("failed to store secret_id: failed to create HMAC of secret ID: " + mac.error().message());
  ASSIGN_OR_RETURN(const std::string folder, folder_of(*role));
  ASSIGN_OR_RETURN(const auto there, find_secret_id(view, folder + *mac));
  if (there) return failure("failed to store secret_id: SecretID is already registered");
  const Duration life = std::min(secret.ttl, max_lease_ttl);
  secret.accessor = crypto::random_uuid();
  secret.creation_time = secret.last_updated_time = call.now;
  if (life.count() > 0) secret.expiration_time = call.now + life;
  TRY(put_secret_id(view, *role, *mac, secret));
  return Response::of(Json::object({{"secret_id", text},
                                    {"secret_id_accessor", secret.accessor},
                                    {"secret_id_ttl", base::whole_seconds(life)},
                                    {"secret_id_num_uses", secret.num_uses}}));
}

Reply list(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto role, role_of(call, view));
  if (!role) return base::invalid("role \"" + call.fields.string("role_name") + "\" does not exist");
  ASSIGN_OR_RETURN(const std::string folder, folder_of(*role));
  const int64_t limit = call.fields.integer("limit");
  ASSIGN_OR_RETURN(const auto macs, view.list(folder, call.fields.string("after"), limit > 0 ? limit : -1));
  std::vector<std::string> accessors;
  for (const std::string& mac : macs) {
    ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, folder + mac));
    if (secret) accessors.push_back(secret->accessor);
  }
  return Response::keys(accessors);
}

std::vector<logical::Field> fields() {
  return {role_name_field(),
          text_field("metadata", "What tokens of logins by the secret id carry: a JSON object of texts, as text."),
          {.name = "cidr_list", .type = FieldType::comma_list, .description = "Blocks of addresses from which the secret id may log in."},
          {.name = "token_bound_cidrs", .type = FieldType::comma_list, .description = "Blocks of addresses from which the tokens may be used."},
          {.name = "num_uses", .type = FieldType::integer, .description = "How often the secret id may log in; within what the role says."},
          {.name = "ttl", .type = FieldType::duration, .description = "How long the secret id may log in; within what the role says."}};
}

}  // namespace

Status check_subset(const std::vector<std::string>& blocks, const std::vector<std::string>& of_role) {
  if (blocks.empty() || of_role.empty() || net::blocks_lie_in(blocks, of_role)) return {};
  return failure("failed to verify subset relationship between CIDR blocks on the role " + go_list(of_role) +
                 " and CIDR blocks on the secret ID " + go_list(blocks));
}

Paths secret_id_paths(Duration max_lease_ttl) {
  Path generated;
  generated.pattern = "role/{role_name}/secret-id/?";
  generated.fields = fields();
  for (logical::Field& paging : paging_fields()) generated.fields.push_back(std::move(paging));
  const auto generate = [max_lease_ttl](const Call& call, storage::WriteView& view) {
    return make(max_lease_ttl, call, view, crypto::random_uuid());
  };
  generated.handlers = {{Operation::update, logical::Writes{generate}, "Make a secret id."},
                        {Operation::list, logical::Reads{list}, "List the accessors of the secret ids."}};
  generated.synopsis = "Makes a secret id of a role.";
  Path chosen;
  chosen.pattern = "role/{role_name}/custom-secret-id";
  chosen.fields = fields();
  chosen.fields.push_back(text_field("secret_id", "The secret id to give the role."));
  const auto choose = [max_lease_ttl](const Call& call, storage::WriteView& view) {
    return make(max_lease_ttl, call, view, call.fields.string("secret_id"));
  };
  chosen.handlers = {{Operation::update, logical::Writes{choose}, "Give a role a secret id of the caller's."}};
  chosen.synopsis = "Gives a role a secret id of the caller's choice.";
  Paths paths;
  paths.push_back(std::move(generated));
  paths.push_back(std::move(chosen));
  return paths;
}

}  // namespace bao::auth::approle
