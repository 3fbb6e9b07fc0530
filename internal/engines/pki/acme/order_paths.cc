// new-order, orders, order/… and order/…/cert (RFC 8555 7.4).
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/pem.h"
#include "internal/engines/pki/acme/authorization.h"
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/finalize.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/order.h"
#include "internal/engines/pki/acme/request.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using storage::ReadView;
using storage::WriteView;

constexpr std::chrono::hours kOrderLifetime{24};

Answer shown(const Context& context, const Order& order) {
  const std::string url = context.directory.order(order.id);
  Json identifiers = Json::array(), authorizations = Json::array();
  for (const Identifier& each : order.identifiers) identifiers.push_back(each.in_order());
  for (const std::string& id : order.authorization_ids) authorizations.push_back(context.directory.authorization(id));
  Answer answer;
  answer.body = Json::object({{"status", order.status},
                              {"expires", base::format_rfc3339_seconds(order.expires)},
                              {"identifiers", std::move(identifiers)},
                              {"authorizations", std::move(authorizations)},
                              {"finalize", url + "/finalize"}});
  if (order.status == "valid") answer.body.set("certificate", url + "/cert");
  answer.headers = {{"Location", url}};
  return answer;
}

Outcome<> check_identifiers(const Issuing& issuing, const std::vector<Identifier>& identifiers) {
  for (const Identifier& each : identifiers) {
    if (each.is_address()) TRY(issuing.check_address(each.original));
    else TRY(issuing.check_name(each.original));
  }
  return {};
}

Outcome<Answer> new_order(Acme&, const Context& context, const Message& message, WriteView& view) {
  const Json payload = message.payload.value_or(Json::object());
  ASSIGN_OR_RETURN(std::vector<Identifier> identifiers, ordered_identifiers(payload));
  for (const char* name : {"notBefore", "notAfter"}) {
    if (payload.find(name) != nullptr) return Failure::namely(ProblemType::malformed, "NotBefore and NotAfter are not supported");
  }
  TRY(check_identifiers(*context.issuing, identifiers));
  Order order{.id = crypto::random_uuid(), .account_id = message.account->id, .expires = context.call.now + kOrderLifetime};
  for (const Identifier& each : identifiers) {
    const Authorization authorization = new_authorization(order.account_id, each);
    TRY(put_authorization(view, authorization));
    order.authorization_ids.push_back(authorization.id);
  }
  order.identifiers = std::move(identifiers);
  TRY(put_order(view, order));
  Answer answer = shown(context, order);
  answer.status = 201;
  return answer;
}

// Of the account that asks, with the status it stands at.
Outcome<Order> asked_order(const Context& context, const Message& message, const ReadView& view) {
  ASSIGN_OR_RETURN(auto order, read_order(view, message.account->id, context.call.fields.string("order_id")));
  if (!order) return malformed("order does not exist");
  ASSIGN_OR_RETURN(order->status, status_of(view, *order, context.call.now));
  return std::move(*order);
}

Outcome<Answer> show_order(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(Order order, asked_order(context, message, view));
  if (order.status != "valid" && order.status != "invalid") return shown(context, order);
  // Of a final order those that were completed (RFC 8555 7.1.3).
  std::vector<std::string> completed;
  for (const std::string& id : order.authorization_ids) {
    ASSIGN_OR_RETURN(const auto authorization, read_authorization(view, order.account_id, id));
    if (authorization && authorization->status == "valid") completed.push_back(id);
  }
  order.authorization_ids = std::move(completed);
  return shown(context, order);
}

Outcome<Answer> list_orders(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(const auto ids, view.list(layout::orders(message.account->id)));
  Json urls = Json::array();
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const auto order, read_order(view, message.account->id, id));
    if (order && order->status != "invalid") urls.push_back(context.directory.order(id));
  }
  Answer answer;
  answer.body.set("orders", std::move(urls));
  return answer;
}

Outcome<Answer> finalize_order(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(const crypto::x509::CertificateRequest request, request_of(message.payload.value_or(Json::object())));
  ASSIGN_OR_RETURN(Order order, asked_order(context, message, view));
  if (order.status != "ready") {
    return Failure::namely(ProblemType::order_not_ready, "order is status " + order.status + ", needs to be in ready state");
  }
  TRY(check_request(request, order, message.key));
  ASSIGN_OR_RETURN(const Issued issued, context.issuing->issue(view, request, context.call.now));
  order.status = "valid";
  order.serial = issued.serial;
  order.issuer_id = issued.issuer_id;
  order.certificate_end = issued.not_after;
  TRY(put_certificate_of_account(view, order));
  TRY(put_order(view, order));
  return shown(context, order);
}

Outcome<Answer> show_certificate(Acme&, const Context& context, const Message& message, WriteView& view) {
  ASSIGN_OR_RETURN(const Order order, asked_order(context, message, view));
  if (order.status != "valid") {
    return Failure::namely(ProblemType::order_not_ready, "order is status " + order.status + ", needs to be in valid state");
  }
  ASSIGN_OR_RETURN(const std::string der, context.mount.certificate(view, order.serial));
  if (der.empty()) return Failure::namely(ProblemType::server_internal, "missing certificate " + order.serial + " from storage");
  const auto chain = context.mount.chain(view, order.issuer_id);
  if (!chain.ok()) return Failure::namely(ProblemType::server_internal, "failed loading certificate issuer " + order.issuer_id + " from storage");
  Answer answer;
  answer.content_type = "application/pem-certificate-chain";
  answer.text = crypto::x509::pem("CERTIFICATE", der) + *chain;
  return answer;
}

}  // namespace

std::vector<logical::Path> order_paths(Acme& acme) {
  struct Endpoint {
    const char* path;
    PostEndpoint run;
  };
  constexpr Endpoint kEndpoints[] = {{"new-order", new_order},
                                     {"orders", list_orders},
                                     {"order/{order_id:segment}", show_order},
                                     {"order/{order_id:segment}/finalize", finalize_order},
                                     {"order/{order_id:segment}/cert", show_certificate}};
  std::vector<logical::Path> paths;
  for (const Endpoint& each : kEndpoints) {
    for (logical::Path& path : post_paths(acme, each.path, Signer::valid_account, each.run)) paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace bao::engines::pki::acme
