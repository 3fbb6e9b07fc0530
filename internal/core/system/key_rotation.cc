#include "internal/core/system/key_rotation.h"

#include <utility>

#include "internal/barrier/seal/encrypted_shares.h"
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

// nullptr: nothing is wrong with the numbers.
const char* wrong_numbers(const RotationShape& shape) {
  return shape.shares < 1                              ? "shares must be at least one"
         : shape.threshold < 1                         ? "threshold must be at least one"
         : shape.shares > 1 && shape.threshold == 1    ? "threshold must be greater than one for multiple shares"
         : shape.shares > 255                          ? "shares must be less than 256"
         : shape.threshold > 255                       ? "threshold must be less than 256"
         : shape.threshold > shape.shares              ? "threshold cannot be larger than shares"
                                                       : nullptr;
}

base::Status read_holders(RotationShape& shape) {
  if (const char* problem = wrong_numbers(shape); problem != nullptr) return base::invalid(problem);
  ASSIGN_OR_RETURN(shape.holders, seal::read_share_holders(shape.pgp_keys, shape.shares));
  return {};
}

base::Status add_new(std::vector<SecretBytes>& shares, SecretBytes share, const std::string& known) {
  for (const SecretBytes& other : shares) {
    if (other == share) return base::invalid(known);
  }
  shares.push_back(std::move(share));
  return {};
}

struct GivenShare {
  SecretBytes share;
  std::string nonce;
};

base::Result<GivenShare> read_given(const Call& call, const RotationApi& api) {
  const std::string key = call.fields.string("key"), nonce = call.fields.string("nonce");
  if (key.empty()) return base::invalid(api.key_missing);
  if (nonce.empty() && !api.nonce_missing.empty()) return base::invalid(api.nonce_missing);
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

}  // namespace

Reply KeyRotation::locked_status() const {
  if (!supported()) return base::invalid(api_.nothing_to_show);
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
    if (!rotation_->shape.holders.empty()) {
      data.set("pgp_fingerprints", Json::strings(seal::fingerprints_of(rotation_->shape.holders)));
      data.set("backup", rotation_->shape.backup);
    }
  }
  return Response::of(std::move(data));
}

// The root key behind an auto seal has no shares: those of the recovery key vouch for its change, and nothing is handed out.
base::Status KeyRotation::check_applicable(const RotationShape& shape) const {
  const std::string& why = api_.with_stored_keys;
  if (!shape.pgp_keys.empty()) return base::invalid("PGP key encryption not supported " + why);
  if (shape.backup) return base::invalid("key backup not supported " + why);
  if (!shape.verified) return {};
  return base::invalid("requiring verification not supported when " + std::string(api_.name == "rekey" ? "rekeying" : "rotating") +
                       " the barrier key with recovery keys");
}

base::Result<RotationShape> KeyRotation::read_shape(const Call& call) const {
  RotationShape shape;
  shape.shares = call.fields.integer("secret_shares");
  shape.threshold = call.fields.integer("secret_threshold");
  shape.pgp_keys = call.fields.strings("pgp_keys");
  shape.backup = call.fields.boolean("backup");
  shape.verified = call.fields.boolean("require_verification");
  if (shape.backup && shape.pgp_keys.empty() && !api_.backup_without_holders.empty()) return base::invalid(api_.backup_without_holders);
  if (!shape.pgp_keys.empty() && std::cmp_not_equal(shape.pgp_keys.size(), shape.shares) && !api_.wrong_number_of_holders.empty()) {
    return base::invalid(api_.wrong_number_of_holders);
  }
  if (!has_shares()) {
    TRY(check_applicable(shape));
    shape.shares = shape.threshold = api_.stored_shares;
    return shape;
  }
  const auto read = read_holders(shape);
  if (!read.ok()) {
    return base::invalid(api_.invalid_shape + api_.shape_reason_begin + std::string(read.error().message()) + api_.shape_reason_end);
  }
  return shape;
}

// A node that was initialised without recovery shares has nobody to ask: it gets its first ones at once.
Reply KeyRotation::begin(const Call& call) {
  base::MutexLock lock(mutex_);
  TRY(check_active(parts_));
  if (rotation_) return base::invalid(api_.name + " already in progress");
  if (!supported()) return base::invalid(api_.unsupported);
  ASSIGN_OR_RETURN(RotationShape shape, read_shape(call));
  ASSIGN_OR_RETURN(const int required, shares_required(parts_));
  rotation_.emplace();
  rotation_->nonce = crypto::random_uuid();
  rotation_->shape = std::move(shape);
  base::log_info("core", api_.name + " initialized", {{"nonce", rotation_->nonce}});
  if (api_.target == Target::root || required > 0 || !api_.gives_first_shares) return locked_status();
  ASSIGN_OR_RETURN(Response made, finish(SecretBytes::take(crypto::random_bytes(kKeyBytes))));
  made.data->erase("nonce");
  made.data->set("t", call.fields.integer("secret_threshold"));
  made.data->set("n", call.fields.integer("secret_shares"));
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
  ASSIGN_OR_RETURN(GivenShare given, read_given(call, api_));
  ASSIGN_OR_RETURN(const int threshold, share_threshold(parts_));
  base::MutexLock lock(mutex_);
  if (!rotation_) return base::invalid(api_.nothing_in_progress);
  if (!rotation_->verification_nonce.empty()) {
    return base::invalid(api_.finished + "; verification must be performed; nonce for the verification operation is \"" +
                         rotation_->verification_nonce + "\"");
  }
  if (given.nonce != rotation_->nonce) {
    return base::invalid("incorrect nonce supplied; nonce for " + api_.nonce_of + " is \"" + rotation_->nonce + "\"");
  }
  TRY(add_new(rotation_->given, std::move(given.share), "given key has already been provided during " + api_.repeated_during));
  if (rotation_->given.size() < static_cast<size_t>(threshold)) return locked_status();
  const std::vector<SecretBytes> shares = std::exchange(rotation_->given, {});
  TRY(check_given(shares, threshold));
  return finish(SecretBytes::take(crypto::random_bytes(kKeyBytes)));
}

// What the holders get of a new key: its shares, or messages that only they can read; those are kept here, too, where that was asked for.
base::Result<std::vector<SecretBytes>> KeyRotation::handed_out(const SecretBytes& key) {
  if (!has_shares()) return std::vector<SecretBytes>();
  const RotationShape& shape = rotation_->shape;
  ASSIGN_OR_RETURN(std::vector<SecretBytes> shares, cut(key, shape));
  if (shape.holders.empty()) return shares;
  ASSIGN_OR_RETURN(shares, seal::encrypt_shares(shares, shape.holders));
  if (shape.backup) {
    const std::string backup = seal::serialize_backup(rotation_->nonce, seal::fingerprints_of(shape.holders), shares);
    TRY(put_backup(parts_, api_.target == Target::root ? kUnsealKeysBackup : kRecoveryKeysBackup, backup, api_.backup_form));
  }
  return shares;
}

// The new shares; they count at once, or after they were given back.
Reply KeyRotation::finish(SecretBytes key) {
  ASSIGN_OR_RETURN(const std::vector<SecretBytes> shares, handed_out(key));
  Json hex = Json::array(), base64 = Json::array();
  for (const SecretBytes& share : shares) {
    hex.push_back(codec::to_hex(share.reveal()));
    base64.push_back(codec::to_base64(share.reveal()));
  }
  const RotationShape& shape = rotation_->shape;
  Json data = Json::object();
  data.set("complete", true);
  data.set("nonce", rotation_->nonce);
  data.set("backup", shape.backup && !shares.empty());
  data.set("pgp_fingerprints", shape.holders.empty() ? Json() : Json::strings(seal::fingerprints_of(shape.holders)));
  data.set("verification_required", shape.verified);
  data.set("verification_nonce", shape.verified ? crypto::random_uuid() : "");
  data.set("keys", std::move(hex));
  data.set("keys_base64", std::move(base64));
  if (shape.verified) {
    rotation_->verification_nonce = data["verification_nonce"].as_string();
    rotation_->new_key = std::move(key);
  } else {
    TRY(perform(key));
    rotation_.reset();
  }
  return Response::of(std::move(data));
}

base::Status KeyRotation::perform(const SecretBytes& key) {
  if (api_.target == Target::recovery) return put_recovery_key(parts_, key, rotation_->shape);
  return has_auto_seal() ? renew_root_key(parts_) : put_unseal_key(parts_, key, rotation_->shape);
}

Reply KeyRotation::locked_verification_status() const {
  if (!rotation_) return base::invalid("no " + api_.name + " configuration found");
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
  base::log_error("core", api_.name + " verification failed");
  return base::invalid(api_.name + " verification failed; incorrect key shares supplied");
}

Reply KeyRotation::verify(const Call& call) {
  ASSIGN_OR_RETURN(GivenShare given, read_given(call, api_));
  base::MutexLock lock(mutex_);
  if (!rotation_) return base::invalid("no " + api_.name + " in progress");
  if (rotation_->verification_nonce.empty()) return base::invalid("no " + api_.name + " verification in progress");
  const std::string nonce = rotation_->verification_nonce;
  if (given.nonce != nonce) {
    return base::invalid("incorrect nonce supplied; nonce for this verify operation is \"" + nonce + "\"");
  }
  TRY(add_new(rotation_->verifying, std::move(given.share),
              "given key has already been provided during this verify operation"));
  if (std::cmp_less(rotation_->verifying.size(), rotation_->shape.threshold)) return locked_verification_status();
  TRY(check_verification());
  TRY(perform(rotation_->new_key));
  rotation_.reset();
  Json data = Json::object();
  data.set("complete", true);
  data.set("nonce", nonce);
  return Response::of(std::move(data));
}

Reply KeyRotation::restart_verification(const Call&) {
  base::MutexLock lock(mutex_);
  if (rotation_ && !rotation_->verification_nonce.empty()) {
    rotation_->verifying.clear();
    rotation_->verification_nonce = crypto::random_uuid();
  }
  return locked_verification_status();
}

}  // namespace bao::core::sys
