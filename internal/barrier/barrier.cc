// The keyring in force, encryption under it, and the loop around a transaction.
#include "internal/barrier/barrier.h"

#include <chrono>

#include "internal/base/limits.h"
#include "internal/base/metrics.h"
#include "internal/base/time_format.h"

namespace bao::barrier {
namespace {

constexpr std::chrono::milliseconds kTurnWait{100};
constexpr int kConflictsBeforePriority = 3;
constexpr char kKeyringPath[] = "core/keyring";
constexpr char kRootKeyPath[] = "core/root-key";
constexpr char kLegacyRootKeyPath[] = "core/master";

base::Error sealed_error() { return {base::Code::sealed, "barrier is sealed"}; }

base::Error unknown_term(base::KeyTerm term) {
  return base::corrupt(base::Words::of_node("barrier: no key of term " + std::to_string(term.value)));
}

}  // namespace

Barrier::Barrier(storage::Backend& backend) : backend_(backend) {}

std::shared_ptr<const Keyring> Barrier::keyring() const { return keyring_.get(); }

void Barrier::set_keyring(std::shared_ptr<const Keyring> keyring, base::Index index) {
  base::MutexLock lock(mutex_);
  keyring_index_ = index;
  store(std::move(keyring));
}

void Barrier::adopt(std::shared_ptr<const Keyring> stored, base::Index index) {
  base::MutexLock lock(mutex_);
  if (sealed() || index <= keyring_index_) return;
  keyring_index_ = index;
  store(std::move(stored));
}

void Barrier::store(std::shared_ptr<const Keyring> keyring) {
  const auto current = this->keyring();
  const bool same_key = current != nullptr && keyring != nullptr && current->active_term() == keyring->active_term();
  if (!same_key) encryptions_ = 0;
  keyring_.set(std::move(keyring));
}

uint64_t Barrier::encryptions() const { return encryptions_.load(std::memory_order_relaxed); }

base::Result<std::string> Barrier::encrypt(std::string_view path, std::string_view plain) const {
  const auto keys = keyring();
  if (keys == nullptr) return sealed_error();
  encryptions_.fetch_add(1, std::memory_order_relaxed);
  return seal_envelope(keys->active_term(), *keys->active().value, path, plain);
}

base::Result<std::string> Barrier::decrypt(std::string_view path, std::string_view envelope) const {
  const auto keys = keyring();
  if (keys == nullptr) return sealed_error();
  ASSIGN_OR_RETURN(const base::KeyTerm term, envelope_term(envelope));
  const KeyringKey* key = keys->find(term);
  if (key == nullptr) return unknown_term(term);
  return open_envelope(*key->value, path, envelope);
}

// The turn of the transactions that met a conflict; held by at most one, waited for a bounded time.
class Barrier::Turn {
 public:
  explicit Turn(Barrier& barrier) : barrier_(barrier) {}
  ~Turn() {
    if (losing_) barrier_.losers_.fetch_sub(1);
    if (held_) barrier_.turn_.release();
  }
  void wait() {
    if (!held_) held_ = barrier_.turn_.try_acquire_for(kTurnWait);
  }
  // From now on newcomers queue for the turn, too, instead of overtaking.
  void stop_newcomers() {
    if (!losing_) barrier_.losers_.fetch_add(1);
    losing_ = true;
  }

 private:
  Barrier& barrier_;
  bool held_ = false, losing_ = false;
};

base::Result<base::Index> Barrier::transact(const std::function<base::Status(Transaction&)>& body) {
  static base::Counter& conflicts = base::counter("barrier.transaction_conflicts");
  Turn turn(*this);
  if (losers_.load(std::memory_order_relaxed) > 0) turn.wait();
  for (int attempt = 1;; ++attempt) {
    Transaction transaction(*this);
    TRY(body(transaction));
    auto index = transaction.commit();
    if (index.ok() || index.error().code() != base::Code::conflict) return index;
    conflicts.add();
    if (attempt == base::kTransactionAttemptsMax) return index;
    turn.wait();
    if (attempt >= kConflictsBeforePriority) turn.stop_newcomers();
  }
}

base::Status put_keyring(Transaction& transaction, const Keyring& keyring) {
  ASSIGN_OR_RETURN(const std::string sealed, keyring.seal_to(kKeyringPath));
  const KeyringKey root{base::KeyTerm{1}, 1, std::make_shared<const crypto::GcmKey>(keyring.root_key().clone()),
                        base::kZeroTime, 0};
  std::string json = serialize_key(root);
  const auto envelope = seal_envelope(keyring.active_term(), *keyring.active().value, kRootKeyPath, json);
  base::wipe(json);
  if (!envelope.ok()) return envelope.error();
  transaction.put_plain(kKeyringPath, sealed);
  transaction.put_plain(kRootKeyPath, *envelope);
  return transaction.remove(kLegacyRootKeyPath);
}

// The stored keyring, read in the transaction so that two rotations cannot both win.
base::Status Barrier::rotate(base::Time now) {
  std::shared_ptr<const Keyring> next;
  const auto rotated = transact([&](Transaction& transaction) -> base::Status {
    const auto current = keyring();
    if (current == nullptr) return sealed_error();
    ASSIGN_OR_RETURN(const auto stored, transaction.get_plain(kKeyringPath));
    if (!stored) return base::corrupt("barrier: core/keyring is absent");
    ASSIGN_OR_RETURN(const Keyring base, Keyring::unseal_from(kKeyringPath, *stored, current->root_key()));
    next = std::make_shared<const Keyring>(base.with_new_term(now));
    TRY(put_keyring(transaction, *next));
    const std::string path = "core/upgrade/" + std::to_string(base.active_term().value);
    std::string json = serialize_key(next->active());
    const auto upgrade = seal_envelope(base.active_term(), *base.active().value, path, json);
    base::wipe(json);
    if (!upgrade.ok()) return upgrade.error();
    transaction.put_plain(path, *upgrade);
    return {};
  });
  if (!rotated.ok()) return rotated.error();
  adopt(std::move(next), *rotated);
  return {};
}

base::Status Barrier::configure_rotation(const RotationConfig& config) {
  std::shared_ptr<const Keyring> next;
  const auto stored = transact([&](Transaction& transaction) -> base::Status {
    const auto current = keyring();
    if (current == nullptr) return sealed_error();
    ASSIGN_OR_RETURN(const auto envelope, transaction.get_plain(kKeyringPath));
    if (!envelope) return base::corrupt("barrier: core/keyring is absent");
    ASSIGN_OR_RETURN(const Keyring base, Keyring::unseal_from(kKeyringPath, *envelope, current->root_key()));
    next = std::make_shared<const Keyring>(base.with_rotation(config));
    return put_keyring(transaction, *next);
  });
  if (!stored.ok()) return stored.error();
  adopt(std::move(next), *stored);
  return {};
}

// --- Reader ---

Reader::Reader(const Barrier& barrier) : barrier_(barrier) {}

storage::Snapshot& Reader::snapshot() const {
  if (!snapshot_) snapshot_ = const_cast<Barrier&>(barrier_).backend().snapshot();
  return *snapshot_;
}

base::Result<std::optional<std::string>> Reader::get(std::string_view key) const {
  if (!keyring_) keyring_ = barrier_.keyring();
  if (!keyring_) return sealed_error();
  ASSIGN_OR_RETURN(const auto record, snapshot().get(key));
  if (!record) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const base::KeyTerm term, envelope_term(record->value));
  if (keyring_->find(term) == nullptr) TRY(learn(term));
  const KeyringKey* found = keyring_->find(term);
  if (found == nullptr) return unknown_term(term);
  ASSIGN_OR_RETURN(std::string plain, open_envelope(*found->value, key, record->value));
  return std::optional<std::string>(std::move(plain));
}

// A term that was added since: by this node, or by another one, whose change may not have been followed yet (D12).
base::Status Reader::learn(base::KeyTerm term) const {
  keyring_ = barrier_.keyring();
  if (keyring_ && keyring_->find(term) == nullptr) {
    (void)const_cast<Barrier&>(barrier_).follow();  // where that fails the term stays unknown, and is named
    keyring_ = barrier_.keyring();
  }
  return keyring_ ? base::Status() : base::Status(sealed_error());
}

base::Result<std::vector<std::string>> Reader::list(std::string_view prefix, std::string_view after, int64_t limit) const {
  if (barrier_.sealed()) return sealed_error();
  return snapshot().list(prefix, after, limit);
}

base::Index Reader::index() const { return snapshot().index(); }

base::Result<std::vector<storage::IndexRow>> Reader::index_scan(std::string_view table, std::string_view before,
                                                                int64_t limit) const {
  return snapshot().index_scan(table, before, limit);
}

base::Result<std::optional<std::string>> Reader::get_plain(std::string_view key) const {
  ASSIGN_OR_RETURN(auto record, snapshot().get(key));
  if (!record) return std::optional<std::string>();
  return std::optional<std::string>(std::move(record->value));
}

}  // namespace bao::barrier
