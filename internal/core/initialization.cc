#include "internal/core/initialization.h"

#include "internal/barrier/seal/encrypted_shares.h"
#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/core/seal_storage.h"
#include "internal/core/wrapping/jwt.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/shamir.h"

namespace bao::core {

using base::Result;
using base::SecretBytes;
using base::Status;
using codec::Json;

namespace {

constexpr std::string_view kClusterInfoKey = "core/cluster/local/info";
constexpr std::string_view kHeaderKey = "core/index-header-hmac-key";
constexpr std::string_view kUnfinishedKey = "core/status/self-init", kUnfinished = "failed";  // until it is done
constexpr int kKeyBytes = 32;

struct Shares {
  SecretBytes key;
  std::vector<SecretBytes> shares;
};

// One share is the key itself. With PGP keys every share is encrypted for its holder.
Result<Shares> make_shares(const seal::SealConfig& config) {
  Shares made;
  made.key = SecretBytes::take(crypto::random_bytes(kKeyBytes));
  if (config.shares == 1) {
    made.shares.push_back(made.key.clone());
  } else {
    ASSIGN_OR_RETURN(made.shares, crypto::shamir_split(made.key, config.shares, config.threshold));
  }
  if (config.pgp_keys.empty()) return made;
  ASSIGN_OR_RETURN(const auto holders, seal::read_share_holders(config.pgp_keys, config.shares));
  ASSIGN_OR_RETURN(made.shares, seal::encrypt_shares(made.shares, holders));
  return made;
}

// As `pgp_key` of init says: base64 of the message, or the token itself.
Result<std::string> token_for(const std::string& token, const std::string& pgp_key) {
  if (pgp_key.empty()) return token;
  ASSIGN_OR_RETURN(const auto holder, seal::read_pgp_key(pgp_key));
  ASSIGN_OR_RETURN(const std::string message, holder.encrypt(token));
  return codec::to_base64(message);
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ",") + name;
  return out;
}

Status check_shares(int64_t shares, int64_t threshold, const std::vector<std::string>& pgp_keys) {
  if (shares > 1 && threshold < 2) return base::invalid("threshold must be greater than one for multiple shares");
  if (shares > 255) return base::invalid("shares must be less than 256");
  if (threshold > 255) return base::invalid("threshold must be less than 256");
  if (threshold > shares) return base::invalid("threshold cannot be larger than shares");
  if (shares < 0 || threshold < 0) return base::invalid("shares and threshold cannot be negative");
  const auto holders = seal::read_share_holders(pgp_keys, shares);
  return holders.ok() ? Status() : Status(holders.error());
}

Status check_shamir(const InitRequest& request) {
  const int64_t shares = request.secret_shares.value_or(0);
  const int64_t threshold = request.secret_threshold.value_or(0);
  if (shares < 1) return base::invalid("shares must be at least one");
  if (threshold < 1) return base::invalid("threshold must be at least one");
  return check_shares(shares, threshold, request.pgp_keys);
}

std::vector<std::string> given(std::initializer_list<std::pair<const char*, std::optional<int64_t>>> parameters) {
  std::vector<std::string> names;
  for (const auto& [name, value] : parameters) {
    if (value.value_or(0) != 0) names.push_back(name);
  }
  return names;
}

int64_t count_of(const std::vector<std::string>& texts) { return static_cast<int64_t>(texts.size()); }

// A record is kept as it is where it stands.
Status put_missing(barrier::Transaction& transaction, std::string_view key, const std::string& value) {
  ASSIGN_OR_RETURN(const auto there, transaction.get(key));
  return there ? Status() : transaction.put(key, value);
}

std::string new_cluster_info(const CoreOptions& options) {
  const std::string name = options.cluster_name.empty() ? "vault-cluster-" + codec::to_hex(crypto::random_bytes(4))
                                                        : options.cluster_name;
  return codec::write_json(Json::record({{"name", name}, {"id", crypto::random_uuid()}}));
}

// Which releases ran on this data; a record with an empty member would keep the reference from unsealing.
Status put_version(Core::Parts& parts, barrier::Transaction& transaction) {
  const CoreOptions& options = parts.options;
  if (options.version.empty() || options.commit_date.empty()) return {};
  return put_missing(transaction, "core/versions/" + options.version,
                     codec::write_json(Json::record({{"TimestampInstalled", base::format_rfc3339(parts.clock.now())},
                                                     {"Version", options.version},
                                                     {"BuildDate", options.commit_date}})));
}

Result<std::string> create_root_token(Core::Parts& parts, barrier::Transaction& transaction, const InitRequest& request) {
  TokenEntry entry;
  entry.policies = {"root"};
  entry.path = kFirstRootTokenPath;
  entry.display_name = "root";
  if (request.root_token_id) {  // a development server's, which the reference makes by auth/token/create
    entry.id = *request.root_token_id;
    entry.path = "auth/token/create";
    entry.display_name = "token";
  }
  logical::Auth auth;
  auth.display_name = entry.display_name;
  TRY(parts.tokens.create(transaction, logical::root_namespace(), entry, auth));
  return entry.id;
}

// The keyring under the seal: what turns shares, or the configured key, into the root key.
struct NewSeal {
  Shares barrier, recovery;
  std::string stored_keys;   // core/hsm/barrier-unseal-keys
  std::string recovery_key;  // core/recovery-key; "" for none
  seal::SealConfig barrier_config;
  std::optional<seal::SealConfig> recovery_config;
};

seal::SealConfig config_of(std::string_view type, int64_t shares, int64_t threshold, const std::vector<std::string>& pgp_keys) {
  seal::SealConfig config;
  config.type = type;
  config.shares = static_cast<int>(shares);
  config.threshold = static_cast<int>(threshold);
  config.pgp_keys = pgp_keys;
  return config;
}

Result<NewSeal> make_shamir_seal(const InitRequest& request, const barrier::Keyring& keyring) {
  NewSeal made;
  made.barrier_config = config_of("shamir", *request.secret_shares, *request.secret_threshold, request.pgp_keys);
  ASSIGN_OR_RETURN(made.barrier, make_shares(made.barrier_config));
  const auto wrapper = seal::shamir_wrapper(made.barrier.key.clone());
  ASSIGN_OR_RETURN(made.stored_keys, wrapper->wrap(seal::serialize_stored_keys(keyring.root_key())));
  return made;
}

Result<NewSeal> make_auto_seal(const InitRequest& request, const barrier::Keyring& keyring, const seal::Wrapper& wrapper) {
  NewSeal made;
  made.barrier_config = config_of(wrapper.type(), 1, 1, {});
  made.recovery_config =
      config_of("shamir", request.recovery_shares.value_or(0), request.recovery_threshold.value_or(0), request.recovery_pgp_keys);
  ASSIGN_OR_RETURN(made.stored_keys, wrapper.wrap(seal::serialize_stored_keys(keyring.root_key())));
  if (made.recovery_config->shares > 0) {
    ASSIGN_OR_RETURN(made.recovery, make_shares(*made.recovery_config));
    ASSIGN_OR_RETURN(made.recovery_key, wrapper.wrap(made.recovery.key.reveal()));
  }
  return made;
}

Status write_seal(barrier::Transaction& transaction, const barrier::Keyring& keyring, const NewSeal& made) {
  TRY(barrier::put_keyring(transaction, keyring));
  transaction.put_plain(kSealConfigKey, seal::serialize_seal_config(made.barrier_config));
  transaction.put_plain(kStoredKeysKey, made.stored_keys);
  if (!made.recovery_config) return transaction.put(kShamirKekKey, made.barrier.key.reveal());
  transaction.put_plain(kRecoveryConfigKey, seal::serialize_seal_config(*made.recovery_config));
  if (!made.recovery_key.empty()) transaction.put_plain(kRecoveryKeyKey, made.recovery_key);
  return {};
}

}  // namespace

Status check_init_request(const InitRequest& request, const seal::Wrapper* auto_seal) {
  const auto barrier_names =
      given({{"secret_shares", request.secret_shares}, {"secret_threshold", request.secret_threshold}, {"pgp_keys", count_of(request.pgp_keys)}});
  const auto recovery_names = given({{"recovery_shares", request.recovery_shares},
                                     {"recovery_threshold", request.recovery_threshold},
                                     {"recovery_pgp_keys", count_of(request.recovery_pgp_keys)}});
  const auto& unfit = auto_seal == nullptr ? recovery_names : barrier_names;
  if (!unfit.empty()) {
    return base::invalid("parameters " + joined(unfit) + " not applicable to seal type " +
                         std::string(auto_seal == nullptr ? "shamir" : auto_seal->type()));
  }
  if (auto_seal != nullptr) {
    const Status shares =
        check_shares(request.recovery_shares.value_or(0), request.recovery_threshold.value_or(0), request.recovery_pgp_keys);
    if (!shares.ok()) return shares.error().within("invalid recovery configuration");
  } else {
    const Status shares = check_shamir(request);
    if (!shares.ok()) return shares.error().within("invalid seal configuration");
  }
  if (request.root_token_pgp_key.empty()) return {};
  const auto holder = seal::read_pgp_key(request.root_token_pgp_key);
  return holder.ok() ? Status() : Status(holder.error().within("invalid root_token_pgp_key"));
}

Result<InitResult> initialize_storage(Core::Parts& parts, const InitRequest& request) {
  const seal::Wrapper* auto_seal = parts.options.auto_seal.get();
  const auto keyring = std::make_shared<const barrier::Keyring>(barrier::Keyring::generate(parts.clock.now()));
  auto made = auto_seal == nullptr ? make_shamir_seal(request, *keyring) : make_auto_seal(request, *keyring, *auto_seal);
  if (!made.ok()) return made.error();

  InitResult result;
  parts.barrier.set_keyring(keyring);
  const auto written = parts.barrier.transact([&](barrier::Transaction& transaction) -> Status {
    ASSIGN_OR_RETURN(const auto there, transaction.get_plain(kKeyringKey));
    if (there) return base::invalid("Vault is already initialized");
    TRY(write_seal(transaction, *keyring, *made));
    TRY(parts.tokens.initialize(transaction));
    TRY(complete_storage(parts, transaction));
    if (request.unfinished) TRY(transaction.put(kUnfinishedKey, kUnfinished));
    ASSIGN_OR_RETURN(const std::string token, create_root_token(parts, transaction, request));
    ASSIGN_OR_RETURN(result.root_token, token_for(token, request.root_token_pgp_key));
    return {};
  });
  if (!written.ok()) {
    parts.barrier.seal();
    return written.error();
  }
  result.shares = std::move(made->barrier.shares);
  result.recovery_shares = std::move(made->recovery.shares);
  base::log_info("core", "initialized", {{"seal", made->barrier_config.type}});
  return result;
}

Status complete_storage(Core::Parts& parts, barrier::Transaction& transaction) {
  TRY(parts.mounts->initialize(transaction));
  TRY(parts.policies.initialize(transaction, parts.clock.now()));
  TRY(put_missing(transaction, kClusterInfoKey, new_cluster_info(parts.options)));
  TRY(put_missing(transaction, kHeaderKey, crypto::random_uuid()));
  TRY(ensure_wrapping_key(transaction));
  TRY(put_missing(transaction, "core/audit", "{\"type\":\"audit\",\"entries\":null}\n"));
  TRY(put_missing(transaction, "core/local-audit", "{\"type\":\"audit\",\"entries\":null}\n"));
  return put_version(parts, transaction);
}

// Whatever stands there: other values are of later releases, and as little finished.
Result<bool> is_unfinished(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto mark, all.get(kUnfinishedKey));
  return mark.has_value();
}

Status put_finished(barrier::Transaction& transaction) { return transaction.remove(kUnfinishedKey); }

Result<ClusterInfo> read_cluster_info(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto stored, all.get(kClusterInfoKey));
  if (!stored) return base::corrupt(std::string(kClusterInfoKey) + " is missing");
  ASSIGN_OR_RETURN(const Json json, codec::parse_json(*stored));
  const Json* name = json.find_ignoring_case("name");
  const Json* id = json.find_ignoring_case("id");
  return ClusterInfo{name == nullptr ? "" : name->as_string(), id == nullptr ? "" : id->as_string()};
}

}  // namespace bao::core
