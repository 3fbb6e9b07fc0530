// The barrier: encrypts every value under its key path with the keyring's active term (AES-256-GCM envelope,
// openbao-storage.md 1.1, 1.2), and turns storage snapshots and proposals into clear-text views. Thread-safe: the
// keyring is immutable and swapped whole; reads take no lock that a writer holds.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

#include "internal/barrier/keyring.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"
#include "internal/base/result.h"
#include "internal/storage/backend.h"
#include "internal/storage/view.h"

namespace bao::barrier {

class Barrier;

// No data has an empty key. In a storage whose data was replaced it holds the index at which that was, as digits, and was modified
// then.
inline constexpr std::string_view kEraKey = "";

// A read of one moment, decrypted. Opens its storage snapshot on first use.
class Reader final : public storage::ReadView {
 public:
  explicit Reader(const Barrier& barrier);
  base::Result<std::optional<std::string>> get(std::string_view key) const override;
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after,
                                              int64_t limit) const override;
  base::Index index() const override;
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                          int64_t limit) const override;
  // Values that are not barrier envelopes (openbao-storage.md 0.1), e.g. core/seal-config.
  base::Result<std::optional<std::string>> get_plain(std::string_view key) const;

 private:
  storage::Snapshot& snapshot() const;
  base::Status learn(base::KeyTerm term) const;
  const Barrier& barrier_;
  mutable std::unique_ptr<storage::Snapshot> snapshot_;
  mutable std::shared_ptr<const Keyring> keyring_;  // taken once; looked up again for a term it does not know
};

// A transaction in the making: reads are recorded, writes buffered (and seen by its own reads and lists).
class Transaction final : public storage::WriteView {
 public:
  explicit Transaction(Barrier& barrier);
  ~Transaction() override;
  base::Result<std::optional<std::string>> get(std::string_view key) const override;
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after,
                                              int64_t limit) const override;
  base::Index index() const override;
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                          int64_t limit) const override;
  base::Status put(std::string_view key, std::string_view value) override;
  base::Status remove(std::string_view key) override;
  // Values that are not barrier envelopes (openbao-storage.md 0.1), e.g. core/seal-config; also envelopes sealed by the
  // caller, e.g. core/keyring.
  base::Result<std::optional<std::string>> get_plain(std::string_view key) const;
  void put_plain(std::string_view key, std::string_view value);
  void index_put(std::string_view table, std::string_view sort_key, std::string_view key) override;
  void index_remove(std::string_view table, std::string_view sort_key, std::string_view key) override;
  bool writes() const;  // has anything to commit
  // Encrypts and proposes what was collected. Without writes: no proposal, the snapshot's index. At most once. Error
  // needs_active: the thread only reads (reading_only.h).
  base::Result<base::Index> commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Barrier {
 public:
  explicit Barrier(storage::Backend& backend);

  bool sealed() const { return keyring() == nullptr; }
  // The keyring in force, or nullptr while sealed.
  std::shared_ptr<const Keyring> keyring() const;
  // Puts a keyring in force that was read at `index`, or none.
  void set_keyring(std::shared_ptr<const Keyring> keyring, base::Index index = {});
  // Puts in force what a transaction stored, which was applied at `index`. Changes may come here in another order than they
  // were stored in: an older one never replaces a newer one. A sealed barrier stays sealed.
  void adopt(std::shared_ptr<const Keyring> stored, base::Index index) EXCLUDES(mutex_);
  void seal() { set_keyring(nullptr); }
  // Which data the keyring belongs to: the index at which it took the place of other data (kEraKey), 0 where it never did. What
  // was encrypted for other data is refused by the log, whatever it read.
  void set_era(base::Index era) { era_.store(era.value, std::memory_order_release); }
  base::Index era() const { return base::Index{era_.load(std::memory_order_acquire)}; }
  // Takes over the keyring as another node stored it: its terms and its root key. Errors: corrupt, sealed.
  base::Status follow();
  storage::Backend& backend() { return backend_; }
  const storage::Backend& backend() const { return backend_; }

  // Envelope of one value. Empty path: no AAD (batch tokens). Errors: sealed, corrupt (wrong key, flipped bits, unknown
  // term named in the message).
  base::Result<std::string> encrypt(std::string_view path, std::string_view plain) const;
  base::Result<std::string> decrypt(std::string_view path, std::string_view envelope) const;

  // Runs `body` in a transaction and commits it; a conflict runs it again, at most kTransactionAttemptsMax times, then
  // Code::conflict. The index at which it was applied. `body`'s own error ends it without a commit.
  base::Result<base::Index> transact(const std::function<base::Status(Transaction&)>& body);

  // Adds a term: new key in core/keyring, core/root-key rewritten, core/upgrade/N written, in one transaction; then the
  // new keyring is in force.
  base::Status rotate(base::Time now);
  // Stores when rotations are due, in core/keyring; then it is in force.
  base::Status configure_rotation(const RotationConfig& config);
  // Encryptions by the active term since the keyring was set, for key-status and the rotation rule.
  uint64_t encryptions() const;

 private:
  class Turn;
  void store(std::shared_ptr<const Keyring> keyring) REQUIRES(mutex_);

  storage::Backend& backend_;
  base::Mutex mutex_{base::Rank::barrier};  // one change of the keyring at a time; readers don't take it
  base::Published<Keyring> keyring_;
  base::Index keyring_index_ GUARDED_BY(mutex_);  // of the change that made it
  std::atomic<uint64_t> era_{0};
  mutable std::atomic<uint64_t> encryptions_{0};
  // Transactions that met a conflict pass one by one (bounded wait, so no lock order): a hot key makes progress.
  std::binary_semaphore turn_{1};
  std::atomic<int> losers_{0};  // those that lost often and hold newcomers back
};

// Puts core/keyring (under the root key) and core/root-key (under the active term), removes the legacy core/master.
base::Status put_keyring(Transaction& transaction, const Keyring& keyring);

}  // namespace bao::barrier
