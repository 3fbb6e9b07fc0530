// Orders: what a certificate is wanted for, and what came of it, as they are stored. Values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/engines/pki/acme/identifier.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

struct Order {
  std::string id, account_id;
  std::string status = "pending";  // stored so until it is "valid": the rest is worked out from its authorizations
  base::Time expires{};
  std::vector<Identifier> identifiers{};
  std::vector<std::string> authorization_ids{};
  std::string serial{}, issuer_id{};  // of its certificate
  base::Time certificate_end = base::kZeroTime;
  codec::Json stored = codec::Json::object();
};

base::Result<std::optional<Order>> read_order(const storage::ReadView& view, const std::string& account_id, const std::string& id);
base::Status put_order(storage::WriteView& view, const Order& order);
// Which certificate is whose (acme/accounts/<id>/certs/<serial>).
base::Status put_certificate_of_account(storage::WriteView& view, const Order& order);
base::Result<bool> has_certificate(const storage::ReadView& view, const std::string& account_id, const std::string& serial);

// What it stands at now (RFC 8555 7.1.6).
base::Result<std::string> status_of(const storage::ReadView& view, const Order& order, base::Time now);

}  // namespace bao::engines::pki::acme
