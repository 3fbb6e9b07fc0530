#include "internal/engines/kv/key_policy.h"

#include <algorithm>
#include <charconv>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/aead.h"
#include "internal/crypto/hash.h"
#include "internal/engines/kv/path_cache.h"

namespace bao::engines::kv {
namespace {

using codec::Json;

constexpr size_t kKeyBytes = 32;

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0 && path.substr(0, slash) != ".") segments.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

// Splits "<version>:<base64>".
base::Result<std::pair<int64_t, std::string>> split_ciphertext(std::string_view text) {
  const size_t colon = text.find(':');
  int64_t version = 0;
  if (colon == text.npos || std::from_chars(text.data(), text.data() + colon, version).ptr != text.data() + colon) {
    return base::corrupt("a metadata name has no key version");
  }
  ASSIGN_OR_RETURN(auto bytes, codec::from_base64(text.substr(colon + 1)));
  if (bytes.size() < crypto::kNonceBytes + crypto::kTagBytes) return base::corrupt("a metadata name is too short");
  return std::pair(version, std::move(bytes));
}

Json key_entry(const Json& key, const Json& hmac_key, std::string time, int64_t convergent_version, int64_t created) {
  return Json::record({{"key", key},
                       {"hmac_key", hmac_key},
                       {"time", std::move(time)},
                       {"ec_x", nullptr},
                       {"ec_y", nullptr},
                       {"ec_d", nullptr},
                       {"rsa_key", nullptr},
                       {"rsa_public_key", nullptr},
                       {"public_key", ""},
                       {"convergent_version", convergent_version},
                       {"creation_time", created},
                       {"certificate_chain", nullptr}});
}

}  // namespace

struct KeyPolicy::DerivedKeys {
  std::unique_ptr<const crypto::GcmKey> encryption;
  base::SecretBytes hmac;
};

KeyPolicy::KeyPolicy() : cache_(std::make_unique<PathCache>()) {}
KeyPolicy::KeyPolicy(KeyPolicy&&) noexcept = default;
KeyPolicy::~KeyPolicy() = default;

base::Result<KeyPolicy> KeyPolicy::parse(std::string_view json) {
  ASSIGN_OR_RETURN(const Json policy, codec::parse_json(json));
  const bool fits = policy["derived"].as_bool() && policy["convergent_encryption"].as_bool() &&
                    policy["type"].text() == "0" && policy["kdf"].text() == "1";
  if (!fits) return base::corrupt("the metadata key policy is of another kind");
  KeyPolicy parsed;
  for (const auto& [version, entry] : policy["keys"].members()) {
    ASSIGN_OR_RETURN(std::string key, codec::from_base64(entry["key"].as_string()));
    int64_t number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    if (key.size() != kKeyBytes || number < 1) return base::corrupt("a key of the metadata key policy is malformed");
    parsed.keys_.emplace(number, base::SecretBytes::take(std::move(key)));
  }
  ASSIGN_OR_RETURN(parsed.latest_, policy["latest_version"].as_int());
  if (!parsed.keys_.contains(parsed.latest_)) return base::corrupt("the metadata key policy lacks its latest key");
  parsed.root_ = policy["storage_prefix"].as_string() + "/metadata";
  return parsed;
}

base::Result<KeyPolicy::DerivedKeys> KeyPolicy::derive(int64_t version, const std::string& context) const {
  const auto key = keys_.find(version);
  if (key == keys_.end()) return base::corrupt("a metadata name was encrypted by an unknown key version");
  std::string bytes = crypto::hkdf_sha256(key->second.reveal(), "", context, 2 * kKeyBytes);
  DerivedKeys derived{std::make_unique<const crypto::GcmKey>(base::SecretBytes(std::string_view(bytes).substr(0, kKeyBytes))),
                      base::SecretBytes(std::string_view(bytes).substr(kKeyBytes))};
  base::wipe(bytes);
  return derived;
}

base::Result<std::string> KeyPolicy::encrypt_segment(const std::string& context, std::string_view segment) const {
  ASSIGN_OR_RETURN(const DerivedKeys keys, derive(latest_, context));
  std::string sealed = crypto::hmac_sha256(keys.hmac.reveal(), segment).substr(0, crypto::kNonceBytes);
  const std::string nonce = sealed;
  TRY(keys.encryption->seal_to(sealed, nonce, segment));
  return codec::to_base62(std::to_string(latest_) + ":" + codec::to_base64(sealed));
}

base::Result<std::string> KeyPolicy::encrypt_path(std::string_view path) const {
  if (auto cached = cache_->find(path)) return std::move(*cached);
  std::string encrypted, context = root_;
  for (const std::string_view segment : segments_of(path)) {
    if (segment == "..") return base::invalid("relative paths not supported");
    ASSIGN_OR_RETURN(const std::string name, encrypt_segment(context, segment));
    if (!encrypted.empty()) encrypted += '/';
    encrypted += name;
    context += '/';
    context += segment;
  }
  cache_->put(path, encrypted);
  return encrypted;
}

base::Result<std::vector<std::string>> KeyPolicy::decrypt_names(std::string_view folder,
                                                                const std::vector<std::string>& encrypted) const {
  std::string context = root_;
  for (const std::string_view segment : segments_of(folder)) context.append("/").append(segment);
  std::map<int64_t, DerivedKeys> derived;
  std::vector<std::string> names;
  names.reserve(encrypted.size());
  for (std::string_view name : encrypted) {
    const bool is_folder = name.ends_with('/');
    if (is_folder) name.remove_suffix(1);
    ASSIGN_OR_RETURN(const std::string text, codec::from_base62(name));
    ASSIGN_OR_RETURN(const auto ciphertext, split_ciphertext(text));
    auto keys = derived.find(ciphertext.first);
    if (keys == derived.end()) {
      ASSIGN_OR_RETURN(DerivedKeys fresh, derive(ciphertext.first, context));
      keys = derived.emplace(ciphertext.first, std::move(fresh)).first;
    }
    const std::string_view bytes = ciphertext.second;
    ASSIGN_OR_RETURN(std::string clear, keys->second.encryption->open(bytes.substr(0, crypto::kNonceBytes),
                                                                      bytes.substr(crypto::kNonceBytes)));
    names.push_back(std::move(clear) + (is_folder ? "/" : ""));
  }
  std::sort(names.begin(), names.end());
  return names;
}

NewKeyPolicy make_key_policy(std::string_view storage_prefix, base::Time now) {
  const Json key = codec::to_base64(crypto::random_bytes(kKeyBytes));
  const Json hmac_key = codec::to_base64(crypto::random_bytes(kKeyBytes));
  const Json entry = key_entry(key, hmac_key, base::format_rfc3339(now), 3, base::unix_seconds(now));
  const Json zero = key_entry(nullptr, nullptr, base::format_rfc3339(base::kZeroTime), 0, 0);
  const Json policy = Json::record({{"name", "metadata"},
                                    {"keys", Json::object({{"1", entry}})},
                                    {"derived", true},
                                    {"kdf", 1},
                                    {"convergent_encryption", true},
                                    {"exportable", false},
                                    {"min_decryption_version", 1},
                                    {"min_encryption_version", 0},
                                    {"latest_version", 1},
                                    {"archive_version", 1},
                                    {"archive_min_version", 0},
                                    {"min_available_version", 0},
                                    {"deletion_allowed", false},
                                    {"convergent_version", -1},
                                    {"type", 0},
                                    {"backup_info", nullptr},
                                    {"restore_info", nullptr},
                                    {"allow_plaintext_backup", false},
                                    {"version_template", "{{version}}:"},
                                    {"storage_prefix", storage_prefix},
                                    {"auto_rotate_period", 0},
                                    {"Imported", false},
                                    {"AllowImportedKeyRotation", false},
                                    {"soft_deleted", false}});
  const Json archive = Json::record({{"keys", Json::array({zero, entry})}});
  return {codec::write_json(policy), codec::write_json(archive)};
}

}  // namespace bao::engines::kv
