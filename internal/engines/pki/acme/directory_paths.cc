// directory and new-nonce: read by any node.
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/request.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using logical::Response;
using storage::ReadView;

Outcome<Response> show_directory(Acme&, const Context& context, const ReadView&) {
  const Directory& directory = context.directory;
  const bool binding = context.config.external_binding != ExternalBinding::not_required;
  const Json body = Json::object({{"newNonce", directory.url("new-nonce")},
                                  {"newAccount", directory.url("new-account")},
                                  {"newOrder", directory.url("new-order")},
                                  {"revokeCert", directory.url("revoke-cert")},
                                  {"keyChange", directory.url("key-change")},
                                  {"meta", Json::object({{"externalAccountRequired", binding}})}});
  Response response;
  response.raw = logical::RawBody{200, "application/json", codec::write_json(body)};
  return response;
}

Outcome<Response> new_nonce(Acme& acme, const Context& context, const ReadView& view) {
  ASSIGN_OR_RETURN(std::string nonce, acme.nonces().make(view, context.call.now));
  Response response;
  response.raw = logical::RawBody{context.call.request.operation == logical::Operation::read ? 204 : 200, "", ""};
  response.headers = {{"Replay-Nonce", std::move(nonce)}, index_link(context.directory)};
  return response;
}

}  // namespace

std::vector<logical::Path> directory_paths(Acme& acme) {
  std::vector<logical::Path> paths = get_paths(acme, "directory", show_directory, false);
  for (logical::Path& path : get_paths(acme, "new-nonce", new_nonce, true)) paths.push_back(std::move(path));
  return paths;
}

}  // namespace bao::engines::pki::acme
