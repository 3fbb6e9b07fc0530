#include "internal/server/asked_answer.h"

namespace bao::server {
namespace {

using codec::Json;

Json auth_of(const logical::Auth& auth) {
  Json metadata;
  if (auth.metadata) {
    metadata = Json::object();
    for (const auto& [name, value] : *auth.metadata) metadata.set(name, value);
  }
  return Json::object({{"client_token", auth.client_token},
                       {"accessor", auth.accessor},
                       {"policies", Json::strings(auth.policies)},
                       {"token_policies", Json::strings(auth.token_policies)},
                       {"identity_policies", Json::strings(auth.identity_policies)},
                       {"metadata", std::move(metadata)},
                       {"display_name", auth.display_name},
                       {"entity_id", auth.entity_id},
                       {"token_type", auth.token_type},
                       {"creation_path", auth.creation_path},
                       {"lease", auth.ttl.count()},
                       {"max_ttl", auth.max_ttl.count()},
                       {"explicit_max_ttl", auth.explicit_max_ttl.count()},
                       {"period", auth.period.count()},
                       {"num_uses", auth.num_uses},
                       {"renewable", auth.renewable},
                       {"orphan", auth.orphan},
                       {"no_default_policy", auth.no_default_policy},
                       {"mfa_requirement", auth.mfa_requirement.value_or(Json())}});
}

Json wrap_info_of(const logical::WrapInfo& wrap) {
  return Json::object({{"token", wrap.token},
                       {"accessor", wrap.accessor},
                       {"wrapped_accessor", wrap.wrapped_accessor},
                       {"creation_path", wrap.creation_path},
                       {"ttl", wrap.ttl.count()}});
}

Json secret_of(const logical::Response& response) {
  return Json::object({{"lease_id", response.lease_id}, {"lease", response.lease_duration.count()}, {"renewable", response.renewable}});
}

Json headers_of(const logical::Response& response) {
  Json headers = Json::object();
  for (const auto& [name, value] : response.headers) {
    Json* values = headers.find(name);
    if (values == nullptr) values = &headers.set(name, Json::array());
    values->push_back(value);
  }
  return headers;
}

}  // namespace

// Parts may be text of JSON still (Json::raw): read, like all the rest, from what would be sent.
base::Result<Json> as_answer(const logical::Response& response) {
  const Json answer = Json::object({{"data", response.data.value_or(Json())},
                                    {"auth", response.auth ? auth_of(*response.auth) : Json()},
                                    {"secret", response.lease_id.empty() ? Json() : secret_of(response)},
                                    {"wrap_info", response.wrap ? wrap_info_of(*response.wrap) : Json()},
                                    {"warnings", response.warnings.empty() ? Json() : Json::strings(response.warnings)},
                                    {"headers", headers_of(response)}});
  return codec::parse_json(codec::write_json(answer));
}

}  // namespace bao::server
