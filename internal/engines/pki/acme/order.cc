#include "internal/engines/pki/acme/order.h"

#include "internal/engines/pki/acme/authorization.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/stored.h"

namespace bao::engines::pki::acme {

using codec::Json;

base::Result<std::optional<Order>> read_order(const storage::ReadView& view, const std::string& account_id, const std::string& id) {
  ASSIGN_OR_RETURN(auto entry, read_entry(view, layout::order(account_id, id)));
  if (!entry) return std::optional<Order>();
  Order order{.id = id, .account_id = account_id, .status = (*entry)["status"].as_string(), .expires = time_of((*entry)["expires"])};
  for (const Json& item : (*entry)["identifiers"].items()) order.identifiers.push_back(Identifier::parse(item));
  order.authorization_ids = strings_of((*entry)["authorization-ids"]);
  order.serial = (*entry)["cert-serial-number"].as_string();
  order.issuer_id = (*entry)["issuer-id"].as_string();
  order.certificate_end = time_of((*entry)["cert-expiry"]);
  order.stored = std::move(*entry);
  return std::optional<Order>(std::move(order));
}

base::Status put_order(storage::WriteView& view, const Order& order) {
  Json identifiers = Json::array();
  for (const Identifier& each : order.identifiers) identifiers.push_back(each.entry());
  Json entry = Json::record({{"account-id", order.account_id},
                             {"status", order.status},
                             {"expires", base::format_rfc3339(order.expires)},
                             {"identifiers", std::move(identifiers)},
                             {"authorization-ids", Json::strings(order.authorization_ids)},
                             {"cert-serial-number", order.serial},
                             {"cert-expiry", base::format_rfc3339(order.certificate_end)},
                             {"issuer-id", order.issuer_id}});
  return put_entry(view, layout::order(order.account_id, order.id), std::move(entry), order.stored);
}

base::Status put_certificate_of_account(storage::WriteView& view, const Order& order) {
  return put_entry(view, layout::certificate(order.account_id, order.serial), Json::object({{"order", order.id}}));
}

base::Result<bool> has_certificate(const storage::ReadView& view, const std::string& account_id, const std::string& serial) {
  ASSIGN_OR_RETURN(const auto entry, view.get(layout::certificate(account_id, serial)));
  return entry.has_value();
}

base::Result<std::string> status_of(const storage::ReadView& view, const Order& order, base::Time now) {
  if (order.status == "invalid" || order.status == "valid") return order.status;
  if (now > order.expires) return std::string("invalid");
  if (order.status != "pending" || order.authorization_ids.empty()) return order.status;
  bool all_valid = true;
  for (const std::string& id : order.authorization_ids) {
    ASSIGN_OR_RETURN(const auto authorization, read_authorization(view, order.account_id, id));
    const std::string status = authorization ? authorization->status : "invalid";
    if (status != "pending" && status != "valid") return std::string("invalid");
    all_valid = all_valid && status == "valid";
  }
  return std::string(all_valid ? "ready" : "pending");
}

}  // namespace bao::engines::pki::acme
