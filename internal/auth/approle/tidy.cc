#include "internal/auth/approle/tidy.h"

#include "internal/auth/approle/secret_id.h"

namespace bao::auth::approle {
namespace {

using base::Status;

constexpr int64_t kBatch = 100;
constexpr auto kEvery = std::chrono::minutes(10);

// One that is past its time, or that its accessor doesn't lead to.
base::Result<bool> is_dead(const storage::ReadView& view, std::string_view prefix, const SecretId& secret, base::Time now) {
  if (secret.expired(now)) return true;
  ASSIGN_OR_RETURN(const std::string mac, mac_of_accessor(view, prefix, secret.accessor));
  return mac.empty();
}

Status remove_dead(storage::WriteView& view, std::string_view prefix, const std::string& key, base::Time now) {
  ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, key));
  if (!secret) return {};
  ASSIGN_OR_RETURN(const bool dead, is_dead(view, prefix, *secret, now));
  return dead ? remove_secret_id(view, prefix, key, *secret) : Status();
}

}  // namespace

Status Tidy::work(base::Time now, const logical::Backend::Transact& transact) {
  if (next_ == base::Time()) next_ = now + kEvery;
  if (!running_) {
    if (!asked_.load() && now < next_) return {};
    running_ = true;
    asked_ = true;
    next_ = now + kEvery;
    cursor_ = {};
  }
  Cursor after;
  bool ends = false;
  const auto step = [&](storage::WriteView& view) -> Status {
    after = cursor_;
    ends = false;
    const std::string prefix(after.local ? kLocalSecretIdPrefix : kSecretIdPrefix);
    if (after.secret_id.empty()) {
      ASSIGN_OR_RETURN(const auto next, view.list(prefix, after.folder, 1));
      if (next.empty()) {
        ends = after.local;
        after = {.local = true, .folder = "", .secret_id = ""};
        return {};
      }
      after.folder = next.front();
    }
    ASSIGN_OR_RETURN(const auto macs, view.list(prefix + after.folder, after.secret_id, kBatch));
    for (const std::string& mac : macs) TRY(remove_dead(view, prefix, prefix + after.folder + mac, now));
    after.secret_id = macs.size() < static_cast<size_t>(kBatch) ? "" : macs.back();
    return {};
  };
  TRY(transact(step));
  cursor_ = std::move(after);
  if (!ends) return {};
  running_ = false;
  asked_ = false;
  return {};
}

}  // namespace bao::auth::approle
