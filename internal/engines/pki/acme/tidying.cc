#include "internal/engines/pki/acme/tidying.h"

#include <algorithm>

#include "internal/engines/pki/acme/account.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/order.h"

namespace bao::engines::pki::acme {
namespace {

using storage::WriteView;

base::Status remove_order(WriteView& view, const Order& order) {
  for (const std::string& id : order.authorization_ids) TRY(view.remove(layout::authorization(order.account_id, id)));
  if (!order.serial.empty()) TRY(view.remove(layout::certificate(order.account_id, order.serial)));
  return view.remove(layout::order(order.account_id, order.id));
}

// Its certificate's end, or its own where it has none.
base::Time end_of(const Order& order) { return order.certificate_end == base::kZeroTime ? order.expires : order.certificate_end; }

bool is_over(const Order& order, const TidyRules& rules, base::Time now) {
  return now > (order.certificate_end == base::kZeroTime ? order.expires : order.certificate_end + rules.certificate_buffer);
}

// kZeroTime is far from everything, but can't be reckoned with.
bool lies_back(base::Time then, base::Duration by, base::Time now) { return then == base::kZeroTime || now > then + by; }

class Accounts {
 public:
  Accounts(WriteView& view, int64_t limit, const TidyRules& rules, base::Time now) : view_(view), left_(limit), rules_(rules), now_(now) {}

  base::Result<TidyPage> tidy(const std::string& after) {
    const int64_t limit = left_;
    const size_t slash = after.find('/');
    std::string thumbprint = after.substr(0, slash);
    if (slash != std::string::npos) TRY(tidy_account(thumbprint, after.substr(slash + 1)));
    if (!page_.last.empty()) return page_;
    ASSIGN_OR_RETURN(const auto names, view_.list(layout::kThumbprints, thumbprint, limit));
    for (const std::string& name : names) {
      if (left_ <= 0) return page_at(thumbprint);
      --left_;
      ++page_.accounts;
      TRY(tidy_account(name, ""));
      if (!page_.last.empty()) return page_;
      thumbprint = name;
    }
    page_.is_last = static_cast<int64_t>(names.size()) < limit;
    return page_at(thumbprint);
  }

 private:
  TidyPage page_at(const std::string& thumbprint) {
    page_.last = thumbprint;
    return page_;
  }

  // Leaves `last` where its orders are more than the page has room for.
  base::Status tidy_account(const std::string& thumbprint, const std::string& after_order) {
    ASSIGN_OR_RETURN(const std::string id, account_of_key(view_, thumbprint));
    ASSIGN_OR_RETURN(auto account, read_account(view_, id));
    if (!account) {
      ++page_.accounts_deleted;
      return view_.remove(layout::thumbprint(thumbprint));
    }
    const base::Time end_before = account->latest_certificate_end;
    ASSIGN_OR_RETURN(const std::string last_order, tidy_orders(*account, after_order));
    if (!last_order.empty()) {
      page_.last = thumbprint + "/" + last_order;
    } else {
      ASSIGN_OR_RETURN(const bool written, settle(*account, thumbprint));
      if (written) return {};
    }
    return account->latest_certificate_end == end_before ? base::Status() : put_account(view_, *account);
  }

  // "" when all of them were looked at, else the last one that was.
  base::Result<std::string> tidy_orders(Account& account, const std::string& after) {
    const int64_t room = std::max<int64_t>(left_, 1);
    ASSIGN_OR_RETURN(const auto ids, view_.list(layout::orders(account.id), after, room));
    for (const std::string& id : ids) {
      --left_;
      ASSIGN_OR_RETURN(const auto order, read_order(view_, account.id, id));
      if (!order) continue;
      account.latest_certificate_end = std::max(account.latest_certificate_end, end_of(*order));
      if (!is_over(*order, rules_, now_)) continue;
      TRY(remove_order(view_, *order));
      ++page_.orders_deleted;
    }
    return static_cast<int64_t>(ids.size()) == room ? ids.back() : std::string();
  }

  // An account that has been of no use for long is revoked, and one that has been revoked for long goes. Whether it wrote either.
  base::Result<bool> settle(Account& account, const std::string& thumbprint) {
    ASSIGN_OR_RETURN(const auto orders, view_.list(layout::orders(account.id), "", 1));
    const base::Duration buffer = rules_.account_buffer;
    if (!orders.empty() || !lies_back(account.created, buffer, now_) || !lies_back(account.latest_certificate_end, buffer, now_)) return false;
    if (account.is_valid()) {
      account.status = "revoked";
      account.revoked = now_;
      ++page_.accounts_revoked;
      TRY(put_account(view_, account));
      return true;
    }
    if (!lies_back(account.revoked, buffer, now_)) return false;
    TRY(storage::remove_below(view_, layout::account(account.id) + "/"));
    TRY(view_.remove(layout::account(account.id)));
    TRY(view_.remove(layout::thumbprint(thumbprint)));
    ++page_.accounts_deleted;
    return true;
  }

  WriteView& view_;
  int64_t left_;  // entries that the page has room for
  const TidyRules rules_;
  const base::Time now_;
  TidyPage page_;
};

}  // namespace

base::Result<TidyPage> tidy_accounts(WriteView& view, const std::string& after, int64_t limit, const TidyRules& rules, base::Time now) {
  return Accounts(view, limit, rules, now).tidy(after);
}

base::Result<TidyPage> tidy_external_keys(WriteView& view, const std::string& after, int64_t limit, const TidyRules& rules, base::Time now) {
  ASSIGN_OR_RETURN(const auto ids, view.list(layout::kExternalKeys, after, limit));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const auto key, read_external_key(view, id));
    if (key && lies_back(key->created, rules.account_buffer, now)) TRY(remove_external_key(view, id));
  }
  return TidyPage{.last = ids.empty() ? "" : ids.back(), .is_last = static_cast<int64_t>(ids.size()) < limit};
}

}  // namespace bao::engines::pki::acme
