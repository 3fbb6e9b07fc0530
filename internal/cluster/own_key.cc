#include "internal/cluster/own_key.h"

#include <utility>

#include "internal/base/log.h"

namespace bao::cluster {

using base::MutexLock;

namespace {

crypto::CertificateAndKey copy(const crypto::CertificateAndKey& key) { return {key.certificate, key.private_key.clone()}; }

NodeKeys copy(const NodeKeys& keys) {
  NodeKeys copied{copy(keys.current), keys.made, {}};
  if (keys.next) copied.next = copy(*keys.next);
  return copied;
}

bool complete(const NodeKeys& keys) { return keys.current.private_key.size() > 0; }

}  // namespace

base::Status OwnKey::make(const std::string& name, base::Time now) {
  const MutexLock lock(changing_);
  return make_unless_there(name, now);
}

base::Status OwnKey::make_unless_there(const std::string& name, base::Time now) {
  if (held_.get()) return {};
  ASSIGN_OR_RETURN(crypto::CertificateAndKey made, crypto::make_member_certificate(name));
  hold_now({NodeKeys{std::move(made), now, {}}, ""});
  return {};
}

base::Status OwnKey::open(const core::KeySealing& sealing, const std::string& name, base::Time now) {
  const MutexLock lock(changing_);
  sealing_ = sealing;
  const auto before = held_.get();
  if (!before || !complete(before->keys)) {
    auto kept = read_node_key(file_, sealing);
    if (kept.ok()) {
      if (kept->made == base::Time{}) kept->made = now;
      hold_now({std::move(*kept), before ? before->old_certificate : ""});
    } else {
      if (kept.error().code() != base::Code::absent)
        base::log_error("cluster", "the node's key cannot be read", {{"error", kept.error().message()}});
      held_.set(nullptr);  // what is left of it, if anything, is of no use
    }
  }
  TRY(make_unless_there(name, now));
  TRY(write_node_key(file_, held_.get()->keys, sealing));
  closed_ = outlives_ = false;
  return {};
}

void OwnKey::close() {
  const MutexLock lock(changing_);
  closed_ = true;
}

void OwnKey::forget() {
  const MutexLock lock(changing_);
  const auto held = held_.get();
  if (!closed_ || !sealing_ || !held || outlives_) return;
  sealing_.reset();
  NodeKeys certificates{{held->keys.current.certificate, {}}, held->keys.made, {}};
  if (held->keys.next) certificates.next = crypto::CertificateAndKey{held->keys.next->certificate, {}};
  hold_now({std::move(certificates), held->old_certificate});
}

void OwnKey::hold() {
  const MutexLock lock(changing_);
  outlives_ = true;
}

std::optional<crypto::CertificateAndKey> OwnKey::current() const {
  const auto held = held_.get();
  if (!held || !complete(held->keys)) return std::nullopt;
  return copy(held->keys.current);
}

std::string OwnKey::certificate() const {
  const auto held = held_.get();
  return held ? held->keys.current.certificate : "";
}

void OwnKey::tell(core::MemberRecord& record) const {
  const auto held = held_.get();
  if (!held) return;
  record.certificate = held->keys.current.certificate;
  record.next_certificate = held->keys.next ? held->keys.next->certificate : "";
  record.old_certificate = held->old_certificate;
}

// What is offered stands in the file before anybody can ask for it.
bool OwnKey::tend(const core::MemberRecord& configured, const std::string& name, base::Time now) {
  const MutexLock lock(changing_);
  const auto held = held_.get();
  if (!held || !sealing_) return false;
  const NodeKeys& keys = held->keys;
  if (keys.next && configured.certificate == keys.next->certificate) {
    NodeKeys in_force{copy(*keys.next), now, {}};
    keep(in_force);
    hold_now({std::move(in_force), configured.old_certificate});
    return true;
  }
  const bool settled = !keys.next && configured.certificate == keys.current.certificate && configured.old_certificate.empty();
  if (!settled || now - keys.made < life_) return false;
  auto next = crypto::make_member_certificate(name);
  if (!next.ok()) return false;
  NodeKeys both = copy(keys);
  both.next = std::move(*next);
  keep(both);
  hold_now({std::move(both), held->old_certificate});
  return false;
}

// On a disk that doesn't take it a start goes on with what it held: the record still says which of both is in use.
void OwnKey::keep(const NodeKeys& keys) const {
  if (const base::Status kept = write_node_key(file_, keys, *sealing_); !kept.ok())
    base::log_warn("cluster", "the node's key could not be kept", {{"error", kept.error().message()}});
}

void OwnKey::hold_now(Held held) {
  held_.set(std::make_shared<const Held>(std::move(held)));
  changes_.fetch_add(1, std::memory_order_release);
}

void OwnKey::in_use(Time now) {
  const MutexLock lock(changing_);
  overlap_until_ = now + overlap_;
}

bool OwnKey::overlap_ended(Time now) {
  const MutexLock lock(changing_);
  if (!overlap_until_ || now < *overlap_until_) return false;
  overlap_until_.reset();
  const auto held = held_.get();
  if (held && !held->old_certificate.empty()) hold_now({copy(held->keys), ""});
  return true;
}

}  // namespace bao::cluster
