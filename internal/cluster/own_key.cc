#include "internal/cluster/own_key.h"

#include <utility>

#include "internal/base/log.h"

namespace bao::cluster {

base::Status OwnKey::make(const std::string& name, base::Time now) {
  if (keys_) return {};
  ASSIGN_OR_RETURN(crypto::CertificateAndKey made, crypto::make_member_certificate(name));
  keys_ = NodeKeys{std::move(made), now, {}};
  return {};
}

base::Status OwnKey::open(const core::KeySealing& sealing, const std::string& name, base::Time now) {
  sealing_ = sealing;
  if (!keys_ || keys_->current.private_key.size() == 0) {
    auto kept = read_node_key(file_, sealing);
    if (kept.ok()) keys_ = std::move(*kept);
    else if (kept.error().code() != base::Code::absent) base::log_error("cluster", "the node's key cannot be read", {{"error", kept.error().message()}});
  }
  if (keys_ && keys_->current.private_key.size() == 0) keys_.reset();  // and its file is gone
  TRY(make(name, now));
  if (keys_->made == base::Time{}) keys_->made = now;
  held_ = false;
  return write_node_key(file_, *keys_, sealing);
}

void OwnKey::forget() {
  if (!sealing_ || !keys_ || held_) return;
  sealing_.reset();
  keys_->current.private_key = {};
  if (keys_->next) keys_->next->private_key = {};
}

void OwnKey::tell(core::MemberRecord& record) const {
  if (!keys_) return;
  record.certificate = keys_->current.certificate;
  record.next_certificate = keys_->next ? keys_->next->certificate : "";
  record.old_certificate = old_certificate_;
}

bool OwnKey::tend(const core::MemberRecord& configured, const std::string& name, base::Time now) {
  if (!keys_ || !sealing_) return false;
  if (keys_->next && configured.certificate == keys_->next->certificate) {
    old_certificate_ = configured.old_certificate;
    keys_ = NodeKeys{std::move(*keys_->next), now, {}};
    keep();
    return true;
  }
  const bool settled = !keys_->next && configured.certificate == keys_->current.certificate && configured.old_certificate.empty();
  if (!settled || now - keys_->made < life_) return false;
  auto next = crypto::make_member_certificate(name);
  if (!next.ok()) return false;
  keys_->next = std::move(*next);
  keep();
  return false;
}

// On a disk that doesn't take it a start goes on with what it held: the record still says which of both is in use.
void OwnKey::keep() const {
  if (const base::Status kept = write_node_key(file_, *keys_, *sealing_); !kept.ok())
    base::log_warn("cluster", "the node's key could not be kept", {{"error", kept.error().message()}});
}

void OwnKey::in_use(Time now) { overlap_until_ = now + overlap_; }

bool OwnKey::overlap_ended(Time now) {
  if (!overlap_until_ || now < *overlap_until_) return false;
  overlap_until_.reset();
  old_certificate_.clear();
  return true;
}

}  // namespace bao::cluster
