// sys/rotate/root: new shares of a new unseal key, by the consent of those who hold the old ones (openbao-api.md 2.2).
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/codec/encoding.h"
#include "internal/core/life_cycle.h"
#include "internal/core/system/operator_shares.h"
#include "internal/core/system/rotate_root.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/shamir.h"

namespace bao::core::sys {
namespace {

using base::SecretBytes;
using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr size_t kKeyBytes = 32;
constexpr std::string_view kKeyringKey = "core/keyring";

struct Shape {
  int64_t shares = 0, threshold = 0;
  bool verified = false;  // the new shares are asked for before they count
};

// The rotation under way. In memory of this node: who restarts it begins again.
struct Rotation {
  std::string nonce;
  Shape shape;
  std::vector<SecretBytes> given;       // old shares
  std::string verification_nonce;       // "" until the new key is made
  SecretBytes new_key;
  std::vector<SecretBytes> verifying;   // new shares
};

base::Status check_shape(const Shape& shape) {
  const char* problem = shape.shares < 1                              ? "shares must be at least one"
                        : shape.threshold < 1                         ? "threshold must be at least one"
                        : shape.shares > 1 && shape.threshold == 1    ? "threshold must be greater than one for multiple shares"
                        : shape.shares > 255                          ? "shares must be less than 256"
                        : shape.threshold > 255                       ? "threshold must be less than 256"
                        : shape.threshold > shape.shares              ? "threshold cannot be larger than shares"
                                                                      : nullptr;
  if (problem == nullptr) return {};
  // The reference prints its error value like this; clients compare the text.
  return base::invalid("invalid rotate seal configuration: %!w(*errors.errorString=&{" + std::string(problem) + "})");
}

base::Status add_new(std::vector<SecretBytes>& shares, SecretBytes share, const char* known) {
  for (const SecretBytes& other : shares) {
    if (other == share) return base::invalid(known);
  }
  shares.push_back(std::move(share));
  return {};
}

// One rotation at a time. The mutex is held over a ceremony's last step, storage included: nothing else waits for it.
class RootRotation {
 public:
  explicit RootRotation(Core::Parts& parts) : parts_(parts) {}

  Reply status() const {
    base::MutexLock lock(mutex_);
    return locked_status();
  }
  Reply begin(const Call& call);
  Reply cancel() {
    base::MutexLock lock(mutex_);
    rotation_.reset();
    return Response::none();
  }
  Reply update(const Call& call);
  Reply verification_status() const {
    base::MutexLock lock(mutex_);
    return locked_verification_status();
  }
  Reply verify(const Call& call);
  Reply restart_verification();
  // A new root key under the same unseal key, without shares.
  Reply rotate_now();

 private:
  Reply locked_status() const REQUIRES(mutex_);
  Reply locked_verification_status() const REQUIRES(mutex_);
  Reply finish(SecretBytes key) REQUIRES(mutex_);
  base::Status check_verification() REQUIRES(mutex_);
  base::Status perform(const SecretBytes& key, const Shape& shape) REQUIRES(mutex_);

  Core::Parts& parts_;
  mutable base::Mutex mutex_{base::Rank::core_state};
  std::optional<Rotation> rotation_ GUARDED_BY(mutex_);
};

using StoreBlob = std::function<base::Status(barrier::Transaction&, const SecretBytes& root_key)>;

// In force, unless the node is being sealed: whoever seals sets its state first and takes the keyring away then.
void put_in_force(Core::Parts& parts, std::shared_ptr<const barrier::Keyring> keyring) {
  const auto current = parts.barrier.keyring();
  if (!current || keyring->active_term() < current->active_term()) return;
  parts.barrier.set_keyring(std::move(keyring));
  const auto health = parts.life_cycle->health();
  if (!health.ok() || health->sealed) parts.barrier.seal();
}

// A fresh root key: the keyring under it and what the seal keeps of it change together or not at all.
base::Status change_root_key(Core::Parts& parts, const StoreBlob& store_blob) {
  const auto fresh = SecretBytes::take(crypto::random_bytes(kKeyBytes));
  std::shared_ptr<const barrier::Keyring> next;
  const auto changed = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    const auto current = parts.barrier.keyring();
    if (!current) return base::Error(base::Code::sealed, "Vault is sealed");
    ASSIGN_OR_RETURN(const auto envelope, all.get_plain(kKeyringKey));
    if (!envelope) return base::corrupt("core/keyring is missing");
    ASSIGN_OR_RETURN(const barrier::Keyring stored,
                     barrier::Keyring::unseal_from(kKeyringKey, *envelope, current->root_key()));
    next = std::make_shared<const barrier::Keyring>(stored.with_root_key(fresh.reveal()));
    TRY(barrier::put_keyring(all, *next));
    return store_blob(all, next->root_key());
  });
  if (!changed.ok()) return changed.error();
  put_in_force(parts, std::move(next));
  return {};
}

struct GivenShare {
  SecretBytes share;
  std::string nonce;
};

base::Result<GivenShare> read_given(const Call& call) {
  const std::string key = call.fields.string("key"), nonce = call.fields.string("nonce");
  if (key.empty()) return base::invalid("missing required field 'key'");
  if (nonce.empty()) return base::invalid("missing required field 'nonce'");
  auto share = read_share(key);
  if (!share.ok()) return base::invalid(share.error().message());
  return GivenShare{std::move(share).value(), nonce};
}

Reply RootRotation::locked_status() const {
  ASSIGN_OR_RETURN(const int required, share_threshold(parts_));
  Json data = Json::object();
  data.set("started", rotation_.has_value());
  data.set("t", rotation_ ? rotation_->shape.threshold : 0);
  data.set("n", rotation_ ? rotation_->shape.shares : 0);
  data.set("required", required);
  if (rotation_) {
    data.set("nonce", rotation_->nonce);
    data.set("progress", static_cast<int64_t>(rotation_->given.size()));
    data.set("verification_required", rotation_->shape.verified);
    data.set("verification_nonce", rotation_->verification_nonce);
  }
  return Response::of(std::move(data));
}

Reply RootRotation::begin(const Call& call) {
  base::MutexLock lock(mutex_);
  if (rotation_) return base::invalid("rotation already in progress");
  if (parts_.options.auto_seal) return base::invalid("new shares behind an auto seal are not available yet in this release");
  const Shape shape{call.fields.integer("secret_shares"), call.fields.integer("secret_threshold"),
                    call.fields.boolean("require_verification")};
  TRY(check_shape(shape));
  if (!call.fields.strings("pgp_keys").empty()) return base::invalid("PGP keys are not available yet in this release");
  rotation_.emplace();
  rotation_->nonce = crypto::random_uuid();
  rotation_->shape = shape;
  base::log_info("core", "rotation initialized", {{"nonce", rotation_->nonce}});
  return locked_status();
}

Reply RootRotation::update(const Call& call) {
  ASSIGN_OR_RETURN(GivenShare given, read_given(call));
  ASSIGN_OR_RETURN(const int threshold, share_threshold(parts_));
  base::MutexLock lock(mutex_);
  if (!rotation_) return base::invalid("no rotation in progress");
  if (!rotation_->verification_nonce.empty()) {
    return base::invalid("rotation already finished; verification must be performed; nonce for the verification operation is \"" +
                         rotation_->verification_nonce + "\"");
  }
  if (given.nonce != rotation_->nonce) {
    return base::invalid("incorrect nonce supplied; nonce for rotation is \"" + rotation_->nonce + "\"");
  }
  TRY(add_new(rotation_->given, std::move(given.share), "given key has already been provided during this rotation"));
  if (rotation_->given.size() < static_cast<size_t>(threshold)) return locked_status();
  const std::vector<SecretBytes> shares = std::exchange(rotation_->given, {});
  if (const auto valid = check_shares(parts_, shares, threshold); !valid.ok()) {
    base::log_error("core", "root key verification failed", {{"error", valid.error().message()}});
    return base::invalid("root key verification failed: " + valid.error().message());
  }
  return finish(SecretBytes::take(crypto::random_bytes(kKeyBytes)));
}

base::Result<std::vector<SecretBytes>> cut(const SecretBytes& key, const Shape& shape) {
  if (shape.shares > 1) return crypto::shamir_split(key, static_cast<int>(shape.shares), static_cast<int>(shape.threshold));
  std::vector<SecretBytes> whole;
  whole.push_back(key.clone());
  return whole;
}

// The new shares; they count at once, or after they were given back.
Reply RootRotation::finish(SecretBytes key) {
  const Shape shape = rotation_->shape;
  const std::string nonce = rotation_->nonce;
  ASSIGN_OR_RETURN(const auto shares, cut(key, shape));
  Json hex = Json::array(), base64 = Json::array();
  for (const SecretBytes& share : shares) {
    hex.push_back(codec::to_hex(share.reveal()));
    base64.push_back(codec::to_base64(share.reveal()));
  }
  std::string verification_nonce;
  if (shape.verified) {
    verification_nonce = rotation_->verification_nonce = crypto::random_uuid();
    rotation_->new_key = std::move(key);
  } else {
    TRY(perform(key, shape));
    rotation_.reset();
  }
  Json data = Json::object();
  data.set("complete", true);
  data.set("nonce", nonce);
  data.set("backup", false);
  data.set("pgp_fingerprints", nullptr);
  data.set("verification_required", shape.verified);
  data.set("verification_nonce", verification_nonce);
  data.set("keys", std::move(hex));
  data.set("keys_base64", std::move(base64));
  return Response::of(std::move(data));
}

// Root key, its blob under the new unseal key, and the seal's configuration change together or not at all.
base::Status RootRotation::perform(const SecretBytes& key, const Shape& shape) {
  return change_root_key(parts_, [&](barrier::Transaction& all, const SecretBytes& root_key) -> base::Status {
    ASSIGN_OR_RETURN(const std::string blob, seal::shamir_wrapper(key.clone())->wrap(seal::serialize_stored_keys(root_key)));
    all.put_plain("core/hsm/barrier-unseal-keys", blob);
    TRY(all.put("core/shamir-kek", key.reveal()));
    ASSIGN_OR_RETURN(const auto stored, all.get_plain("core/seal-config"));
    if (!stored) return base::corrupt("core/seal-config is missing");
    ASSIGN_OR_RETURN(seal::SealConfig config, seal::parse_seal_config(*stored));
    config.shares = static_cast<int>(shape.shares);
    config.threshold = static_cast<int>(shape.threshold);
    all.put_plain("core/seal-config", seal::serialize_seal_config(config));
    return {};
  });
}

Reply RootRotation::locked_verification_status() const {
  if (!rotation_) return base::invalid("no rotation configuration found");
  Json data = Json::object();
  data.set("nonce", rotation_->verification_nonce);
  data.set("started", !rotation_->verification_nonce.empty());
  data.set("t", rotation_->shape.threshold);
  data.set("n", rotation_->shape.shares);
  data.set("progress", static_cast<int64_t>(rotation_->verifying.size()));
  return Response::of(std::move(data));
}

// Takes the shares given back; they must make the new key.
base::Status RootRotation::check_verification() {
  const std::vector<SecretBytes> shares = std::exchange(rotation_->verifying, {});
  rotation_->verification_nonce = crypto::random_uuid();
  base::Result<SecretBytes> key = rotation_->shape.threshold == 1 ? base::Result<SecretBytes>(shares.front().clone())
                                                                  : crypto::shamir_combine(shares);
  if (key.ok() && *key == rotation_->new_key) return {};
  base::log_error("core", "rotation verification failed");
  return base::invalid("rotation verification failed; incorrect key shares supplied");
}

Reply RootRotation::verify(const Call& call) {
  ASSIGN_OR_RETURN(GivenShare given, read_given(call));
  base::MutexLock lock(mutex_);
  if (!rotation_) return base::invalid("no rotation in progress");
  if (rotation_->verification_nonce.empty()) return base::invalid("no rotation verification in progress");
  const std::string nonce = rotation_->verification_nonce;
  if (given.nonce != nonce) {
    return base::invalid("incorrect nonce supplied; nonce for this verify operation is \"" + nonce + "\"");
  }
  TRY(add_new(rotation_->verifying, std::move(given.share),
              "given key has already been provided during this verify operation"));
  if (std::cmp_less(rotation_->verifying.size(), rotation_->shape.threshold)) return locked_verification_status();
  TRY(check_verification());
  TRY(perform(rotation_->new_key, rotation_->shape));
  rotation_.reset();
  Json data = Json::object();
  data.set("complete", true);
  data.set("nonce", nonce);
  return Response::of(std::move(data));
}

Reply RootRotation::restart_verification() {
  base::MutexLock lock(mutex_);
  if (rotation_ && !rotation_->verification_nonce.empty()) {
    rotation_->verifying.clear();
    rotation_->verification_nonce = crypto::random_uuid();
  }
  return locked_verification_status();
}

Reply RootRotation::rotate_now() {
  base::MutexLock lock(mutex_);
  const seal::Wrapper* auto_seal = parts_.options.auto_seal.get();
  const auto changed = change_root_key(parts_, [&](barrier::Transaction& all, const SecretBytes& root_key) -> base::Status {
    std::unique_ptr<seal::Wrapper> shamir;
    if (auto_seal == nullptr) {
      ASSIGN_OR_RETURN(auto key, all.get("core/shamir-kek"));
      if (!key) return base::internal("failed to rotate barrier root key: the unseal key is not stored; rotate it with its shares");
      shamir = seal::shamir_wrapper(SecretBytes::take(std::move(*key)));
    }
    ASSIGN_OR_RETURN(const std::string blob,
                     (auto_seal == nullptr ? shamir.get() : auto_seal)->wrap(seal::serialize_stored_keys(root_key)));
    all.put_plain("core/hsm/barrier-unseal-keys", blob);
    return {};
  });
  if (!changed.ok()) return changed.error();
  return Response::none();
}

Path path_of(const char* pattern, std::vector<logical::Handler> handlers, const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.handlers = std::move(handlers);
  path.synopsis = synopsis;
  return path;
}

const std::vector<logical::Field>& share_fields() {
  static const std::vector<logical::Field> kFields = {{.name = "key", .description = "One share, in hex or base64."},
                                                      {.name = "nonce", .description = "The nonce of the operation."}};
  return kFields;
}

Path begin_path(const std::shared_ptr<RootRotation>& rotation) {
  Path path = path_of(
      "rotate/root/init",
      {{.operation = Operation::read, .effect = Reads{[rotation](const Call&, const storage::ReadView&) { return rotation->status(); }},
        .summary = "Read the progress of the rotation."},
       {.operation = Operation::update, .effect = Manages{[rotation](const Call& call) { return rotation->begin(call); }},
        .summary = "Start a rotation."},
       {.operation = Operation::remove, .effect = Manages{[rotation](const Call&) { return rotation->cancel(); }},
        .summary = "Cancel the rotation."}},
      "Starts, shows and cancels a rotation of the unseal key.");
  path.fields = {{.name = "secret_shares", .type = FieldType::integer, .description = "How many shares the new key is cut into."},
                 {.name = "secret_threshold", .type = FieldType::integer, .description = "How many of them suffice."},
                 {.name = "pgp_keys", .type = FieldType::comma_list, .description = "PGP public keys to encrypt the shares with."},
                 {.name = "backup", .type = FieldType::boolean, .description = "Whether to keep the encrypted shares."},
                 {.name = "require_verification", .type = FieldType::boolean, .description = "Whether the new shares must be given back first."}};
  return path;
}

}  // namespace

Paths rotate_root_paths(Core::Parts& parts) {
  const auto rotation = std::make_shared<RootRotation>(parts);
  Paths paths;
  paths.push_back(begin_path(rotation));
  paths.push_back(path_of("rotate/root/update",
                          {{.operation = Operation::update, .effect = Manages{[rotation](const Call& call) { return rotation->update(call); }},
                            .summary = "Give a share towards the rotation."}},
                          "Give a share towards the rotation."));
  paths.back().fields = share_fields();
  paths.push_back(path_of(
      "rotate/root/verify",
      {{.operation = Operation::read,
        .effect = Reads{[rotation](const Call&, const storage::ReadView&) { return rotation->verification_status(); }},
        .summary = "Read the progress of the verification."},
       {.operation = Operation::update, .effect = Manages{[rotation](const Call& call) { return rotation->verify(call); }},
        .summary = "Give a new share back."},
       {.operation = Operation::remove, .effect = Manages{[rotation](const Call&) { return rotation->restart_verification(); }},
        .summary = "Start the verification over."}},
      "Verifies that the new shares were received."));
  paths.back().fields = share_fields();
  const Reads no_backup{[](const Call&, const storage::ReadView&) -> Reply { return base::invalid("no backed-up keys found"); }};
  paths.push_back(path_of("rotate/root/backup", {{.operation = Operation::read, .effect = no_backup, .summary = "The kept shares."}},
                          "Shares that were kept encrypted."));
  paths.push_back(path_of("rotate/root",
                          {{.operation = Operation::update, .effect = Manages{[rotation](const Call&) { return rotation->rotate_now(); }},
                            .summary = "Rotate the root key."}},
                          "Rotate the root key without shares."));
  paths.back().access = Access::sudo;
  return paths;
}

}  // namespace bao::core::sys
