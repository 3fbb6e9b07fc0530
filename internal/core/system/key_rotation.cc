#include "internal/core/system/key_rotation.h"

#include <functional>
#include <memory>
#include <utility>

#include "internal/base/log.h"
#include "internal/codec/encoding.h"
#include "internal/core/system/operator_shares.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/shamir.h"

namespace bao::core::sys {

using base::SecretBytes;
using codec::Json;
using logical::Call;
using logical::Reply;
using logical::Response;

namespace {

constexpr size_t kKeyBytes = 32;
constexpr std::string_view kKeyringKey = "core/keyring";

base::Status check_shape(const RotationShape& shape, Target target) {
  const char* problem = shape.shares < 1                              ? "shares must be at least one"
                        : shape.threshold < 1                         ? "threshold must be at least one"
                        : shape.shares > 1 && shape.threshold == 1    ? "threshold must be greater than one for multiple shares"
                        : shape.shares > 255                          ? "shares must be less than 256"
                        : shape.threshold > 255                       ? "threshold must be less than 256"
                        : shape.threshold > shape.shares              ? "threshold cannot be larger than shares"
                                                                      : nullptr;
  if (problem == nullptr) return {};
  // The reference prints its error value like this; clients compare the text.
  return base::invalid(std::string("invalid ") + (target == Target::root ? "rotate seal" : "recovery") +
                       " configuration: %!w(*errors.errorString=&{" + problem + "})");
}

base::Status add_new(std::vector<SecretBytes>& shares, SecretBytes share, const char* known) {
  for (const SecretBytes& other : shares) {
    if (other == share) return base::invalid(known);
  }
  shares.push_back(std::move(share));
  return {};
}

using StoreBlob = std::function<base::Status(barrier::Transaction&, const SecretBytes& root_key)>;

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
  parts.barrier.adopt(std::move(next), *changed);
  return {};
}

// A fresh root key under the same unseal key, or under the configured seal.
base::Status change_stored_root_key(Core::Parts& parts) {
  const seal::Wrapper* auto_seal = parts.options.auto_seal.get();
  return change_root_key(parts, [&](barrier::Transaction& all, const SecretBytes& root_key) -> base::Status {
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

base::Result<std::vector<SecretBytes>> cut(const SecretBytes& key, const RotationShape& shape) {
  if (shape.shares > 1) return crypto::shamir_split(key, static_cast<int>(shape.shares), static_cast<int>(shape.threshold));
  std::vector<SecretBytes> whole;
  whole.push_back(key.clone());
  return whole;
}

base::Status put_shape(barrier::Transaction& all, std::string_view path, const RotationShape& shape) {
  ASSIGN_OR_RETURN(const auto stored, all.get_plain(path));
  if (!stored) return base::corrupt(std::string(path) + " is missing");
  ASSIGN_OR_RETURN(seal::SealConfig config, seal::parse_seal_config(*stored));
  config.shares = static_cast<int>(shape.shares);
  config.threshold = static_cast<int>(shape.threshold);
  all.put_plain(path, seal::serialize_seal_config(config));
  return {};
}

}  // namespace

Reply KeyRotation::locked_status() const {
  if (target_ == Target::recovery && !has_auto_seal()) {
    return base::invalid("unable to look up config: %!w(*errors.errorString=&{recovery not supported})");
  }
  ASSIGN_OR_RETURN(const int required, shares_required(parts_));
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

base::Result<RotationShape> KeyRotation::read_shape(const Call& call) const {
  RotationShape shape{call.fields.integer("secret_shares"), call.fields.integer("secret_threshold"),
              call.fields.boolean("require_verification")};
  const bool has_keys = !call.fields.strings("pgp_keys").empty();
  if (target_ == Target::root && has_auto_seal()) {
    if (has_keys) return base::invalid("PGP key encryption not supported when using stored keys");
    if (call.fields.boolean("backup")) return base::invalid("key backup not supported when using stored keys");
    if (shape.verified) {
      return base::invalid("requiring verification not supported when rotating the barrier key with recovery keys");
    }
    shape.shares = shape.threshold = 1;
  }
  TRY(check_shape(shape, target_));
  if (has_keys) return base::invalid("PGP keys are not available yet in this release");
  return shape;
}

// A node that was initialised without recovery shares has nobody to ask: it gets its first ones at once.
Reply KeyRotation::begin(const Call& call) {
  base::MutexLock lock(mutex_);
  TRY(check_active(parts_));
  if (rotation_) return base::invalid("rotation already in progress");
  if (target_ == Target::recovery && !has_auto_seal()) return base::invalid("recovery keys not supported");
  ASSIGN_OR_RETURN(const RotationShape shape, read_shape(call));
  ASSIGN_OR_RETURN(const int required, shares_required(parts_));
  rotation_.emplace();
  rotation_->nonce = crypto::random_uuid();
  rotation_->shape = shape;
  base::log_info("core", "rotation initialized", {{"nonce", rotation_->nonce}});
  if (target_ == Target::root || required > 0) return locked_status();
  ASSIGN_OR_RETURN(Response made, finish(SecretBytes::take(crypto::random_bytes(kKeyBytes))));
  made.data->erase("nonce");
  made.data->set("t", shape.threshold);
  made.data->set("n", shape.shares);
  return made;
}

base::Status KeyRotation::check_given(const std::vector<SecretBytes>& shares, int threshold) const {
  const auto valid = check_shares(parts_, shares, threshold);
  if (valid.ok()) return {};
  const std::string what = std::string(has_auto_seal() ? "recovery" : "root") + " key verification failed";
  base::log_error("core", what, {{"error", valid.error().message()}});
  return base::invalid(what + ": " + valid.error().message());
}

Reply KeyRotation::update(const Call& call) {
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
  TRY(check_given(shares, threshold));
  return finish(SecretBytes::take(crypto::random_bytes(kKeyBytes)));
}

// The new shares; they count at once, or after they were given back.
Reply KeyRotation::finish(SecretBytes key) {
  const RotationShape shape = rotation_->shape;
  const std::string nonce = rotation_->nonce;
  std::vector<SecretBytes> shares;
  if (target_ == Target::recovery || !has_auto_seal()) {
    ASSIGN_OR_RETURN(shares, cut(key, shape));
  }
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

base::Status KeyRotation::perform(const SecretBytes& key, const RotationShape& shape) {
  if (target_ == Target::recovery) return perform_recovery(key, shape);
  return has_auto_seal() ? change_stored_root_key(parts_) : perform_root(key, shape);
}

base::Status KeyRotation::perform_recovery(const SecretBytes& key, const RotationShape& shape) {
  ASSIGN_OR_RETURN(const std::string blob, parts_.options.auto_seal->wrap(key.reveal()));
  const auto done = parts_.barrier.transact([&](barrier::Transaction& all) {
    all.put_plain("core/recovery-key", blob);
    return put_shape(all, "core/recovery-config", shape);
  });
  return done.ok() ? base::Status() : base::Status(done.error());
}

// Root key, its blob under the new unseal key, and the seal's configuration change together or not at all.
base::Status KeyRotation::perform_root(const SecretBytes& key, const RotationShape& shape) {
  return change_root_key(parts_, [&](barrier::Transaction& all, const SecretBytes& root_key) -> base::Status {
    ASSIGN_OR_RETURN(const std::string blob, seal::shamir_wrapper(key.clone())->wrap(seal::serialize_stored_keys(root_key)));
    all.put_plain("core/hsm/barrier-unseal-keys", blob);
    TRY(all.put("core/shamir-kek", key.reveal()));
    return put_shape(all, "core/seal-config", shape);
  });
}

Reply KeyRotation::locked_verification_status() const {
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
base::Status KeyRotation::check_verification() {
  const std::vector<SecretBytes> shares = std::exchange(rotation_->verifying, {});
  rotation_->verification_nonce = crypto::random_uuid();
  base::Result<SecretBytes> key = rotation_->shape.threshold == 1 ? base::Result<SecretBytes>(shares.front().clone())
                                                                  : crypto::shamir_combine(shares);
  if (key.ok() && *key == rotation_->new_key) return {};
  base::log_error("core", "rotation verification failed");
  return base::invalid("rotation verification failed; incorrect key shares supplied");
}

Reply KeyRotation::verify(const Call& call) {
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

Reply KeyRotation::restart_verification() {
  base::MutexLock lock(mutex_);
  if (rotation_ && !rotation_->verification_nonce.empty()) {
    rotation_->verifying.clear();
    rotation_->verification_nonce = crypto::random_uuid();
  }
  return locked_verification_status();
}

Reply KeyRotation::rotate_now() {
  base::MutexLock lock(mutex_);
  TRY(change_stored_root_key(parts_));
  return Response::none();
}

}  // namespace bao::core::sys
