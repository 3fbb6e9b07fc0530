// sys/in-flight-req: what this node is answering at the moment (openbao-api.md 2.1).
#include <algorithm>
#include <utility>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/core/system/paths.h"
#include "internal/core/token/token_entry.h"
#include "internal/core/under_way.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {
namespace {

using codec::Json;

// Whose the token is: its entity, or whoever has the same policies. The reference's way of counting clients.
std::string client_of(const TokenEntry* token) {
  if (token == nullptr) return "";
  if (!token->entity_id.empty()) return token->entity_id;
  std::vector<std::string> policies = token->policies;
  std::sort(policies.begin(), policies.end());
  std::string hashed;
  for (const std::string& policy : policies) hashed += (hashed.empty() ? "" : "\x7f") + policy;
  hashed += '\0';
  return codec::to_base64(crypto::sha256(hashed + token->namespace_id));
}

// A bare document, as the reference answers.
logical::Reply list(const UnderWay& under_way) {
  Json all = Json::object();
  for (const UnderWay::Shown& request : under_way.list()) {
    all.set(request.id, Json::record({{"start_time", base::format_rfc3339(request.began)},
                                      {"client_remote_address", request.client_address},
                                      {"request_path", request.path},
                                      {"request_method", request.method},
                                      {"client_id", client_of(request.token.get())}}));
  }
  logical::Response response;
  response.raw = logical::RawBody{200, "application/json", codec::write_json(all)};
  return response;
}

}  // namespace

Paths in_flight_paths(Core::Parts& parts) {
  logical::Path path;
  path.pattern = "in-flight-req";
  path.handlers = {{.operation = logical::Operation::read,
                    .effect = logical::Reads{[&parts](const logical::Call&, const storage::ReadView&) { return list(*parts.under_way); }},
                    .summary = "Reports the requests that are being answered."}};
  path.synopsis = "Reports the requests that are being answered.";
  path.description = "Of this node alone.";
  return {std::move(path)};
}

}  // namespace bao::core::sys
