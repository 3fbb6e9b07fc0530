// Seal configurations, blobs (BlobInfo) and the two wrappers. Unknown JSON members survive a rewrite.
#include "internal/barrier/seal/seal.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/aead.h"
#include "internal/crypto/hash.h"

namespace bao::seal {
namespace {

using base::Result;
using base::SecretBytes;
using codec::Json;

constexpr size_t kKeyBytes = 32;
constexpr size_t kShareBytesMin = 16, kShareBytesMax = 33;  // the shortest key, the longest with its coordinate

struct Blob {
  std::string ciphertext, iv, key_id;
};

std::string serialize_blob(const Blob& blob) {
  std::string key_info, out;
  codec::put_bytes(key_info, 3, blob.key_id);
  codec::put_bytes(out, 1, blob.ciphertext);
  codec::put_bytes(out, 2, blob.iv);
  codec::put_message(out, 5, key_info);  // present even when empty: the reference demands it
  return out;
}

Result<Blob> parse_blob(std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(bytes));
  Blob blob;
  for (const auto& field : fields) {
    if (field.id == 1) blob.ciphertext = field.bytes;
    if (field.id == 2) blob.iv = field.bytes;
    if (field.id != 5) continue;
    ASSIGN_OR_RETURN(const auto key_info, codec::parse_wire(field.bytes));
    for (const auto& inner : key_info) {
      if (inner.id == 3) blob.key_id = inner.bytes;
    }
  }
  return blob;
}

// Opens nonce || ciphertext || tag.
Result<SecretBytes> open_combined(const SecretBytes& key, std::string_view combined) {
  if (combined.size() < crypto::kNonceBytes + crypto::kTagBytes) return base::corrupt("seal: a blob is cut short");
  ASSIGN_OR_RETURN(std::string plain, crypto::gcm_open(key.reveal(), combined.substr(0, crypto::kNonceBytes),
                                                       combined.substr(crypto::kNonceBytes)));
  return SecretBytes::take(std::move(plain));
}

class ShamirWrapper final : public Wrapper {
 public:
  explicit ShamirWrapper(SecretBytes kek) : kek_(std::move(kek)) {}
  std::string_view type() const override { return "shamir"; }
  Result<std::string> wrap(std::string_view plain) const override {
    const std::string nonce = crypto::random_bytes(crypto::kNonceBytes);
    ASSIGN_OR_RETURN(const std::string sealed, crypto::gcm_seal(kek_.reveal(), nonce, plain));
    return serialize_blob({nonce + sealed, "", ""});
  }
  // The nonce stands in the ciphertext; a blob that keeps it apart is refused, as in the reference.
  Result<SecretBytes> unwrap(std::string_view bytes) const override {
    ASSIGN_OR_RETURN(const Blob blob, parse_blob(bytes));
    return open_combined(kek_, blob.ciphertext);
  }

 private:
  const SecretBytes kek_;
};

class StaticWrapper final : public Wrapper {
 public:
  StaticWrapper(StaticSealKey current, std::vector<StaticSealKey> previous) : keys_(std::move(previous)) {
    keys_.insert(keys_.begin(), std::move(current));
  }
  std::string_view type() const override { return "static"; }
  Result<std::string> wrap(std::string_view plain) const override {
    const std::string nonce = crypto::random_bytes(crypto::kNonceBytes);
    ASSIGN_OR_RETURN(std::string sealed, crypto::gcm_seal(keys_[0].key.reveal(), nonce, plain));
    return serialize_blob({std::move(sealed), nonce, keys_[0].id});
  }
  Result<SecretBytes> unwrap(std::string_view bytes) const override {
    ASSIGN_OR_RETURN(const Blob blob, parse_blob(bytes));
    for (const StaticSealKey& key : keys_) {
      if (key.id == blob.key_id) return open_combined(key.key, blob.iv + blob.ciphertext);
    }
    return base::invalid("static seal: no configured key has the id \"" + blob.key_id + "\"");
  }

 private:
  std::vector<StaticSealKey> keys_;  // the current one first
};

Result<std::string> indirect_text(std::string_view text) {
  if (text.starts_with("env://")) {
    const std::string name(text.substr(6));
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return base::invalid("static seal: environment variable " + name + " is not set");
    return std::string(value);
  }
  if (!text.starts_with("file://")) return std::string(text);
  const std::string path(text.substr(7));
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::invalid("static seal: cannot read key file " + path);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

// By length: 64 hex, 44 base64, 43 base64url, 32 raw.
Result<std::string> decode_key(std::string_view text) {
  switch (text.size()) {
    case 64: return codec::from_hex(text);
    case 44: return codec::from_base64(text);
    case 43: return codec::from_base64url(text);
    case kKeyBytes: return std::string(text);
    default: return base::invalid("static seal: a key is 32 bytes, as hex, base64 or raw");
  }
}

}  // namespace

Result<SealConfig> parse_seal_config(std::string_view json) {
  ASSIGN_OR_RETURN(Json document, codec::parse_json(json));
  if (!document.is_object()) return base::corrupt("seal configuration: not a JSON object");
  SealConfig config;
  config.type = document["type"].as_string();
  if (config.type.empty()) config.type = "shamir";
  ASSIGN_OR_RETURN(const int64_t shares, document["secret_shares"].as_int());
  ASSIGN_OR_RETURN(const int64_t threshold, document["secret_threshold"].as_int());
  if (shares < 0 || shares > 255 || threshold < 0 || threshold > shares) {
    return base::corrupt("seal configuration: shares or threshold out of range");
  }
  config.shares = static_cast<int>(shares);
  config.threshold = static_cast<int>(threshold);
  for (const Json& key : document["pgp_keys"].items()) config.pgp_keys.push_back(key.as_string());
  config.backup = document["backup"].as_bool();
  for (const char* known : {"type", "secret_shares", "secret_threshold", "pgp_keys", "backup"}) document.erase(known);
  config.unknown_members = codec::write_json(document);
  return config;
}

std::string serialize_seal_config(const SealConfig& config) {
  Json record = Json::record();
  record.set("type", config.type);
  record.set("secret_shares", config.shares);
  record.set("secret_threshold", config.threshold);
  record.set("pgp_keys", config.pgp_keys.empty() ? Json() : Json::strings(config.pgp_keys));
  record.set("nonce", "");
  record.set("backup", config.backup);
  if (const auto unknown = codec::parse_json(config.unknown_members); unknown.ok()) {
    for (const auto& [name, value] : unknown->members()) record.set(name, value);
  }
  return codec::write_json(record);
}

std::unique_ptr<Wrapper> shamir_wrapper(SecretBytes kek) { return std::make_unique<ShamirWrapper>(std::move(kek)); }

std::unique_ptr<Wrapper> static_wrapper(StaticSealKey current, std::vector<StaticSealKey> previous) {
  return std::make_unique<StaticWrapper>(std::move(current), std::move(previous));
}

Result<SecretBytes> parse_static_key(std::string_view text) {
  ASSIGN_OR_RETURN(std::string content, indirect_text(text));
  if (content.size() != kKeyBytes) {
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
  }
  ASSIGN_OR_RETURN(std::string key, decode_key(content));
  base::wipe(content);
  if (key.size() != kKeyBytes) return base::invalid("static seal: a key is 32 bytes, as hex, base64 or raw");
  return SecretBytes::take(std::move(key));
}

// Text that is hex of another length is taken for base64, as the reference does.
Result<SecretBytes> parse_share(std::string_view text) {
  const auto fits = [](const std::string& bytes) { return bytes.size() >= kShareBytesMin && bytes.size() <= kShareBytesMax; };
  auto bytes = codec::from_hex(text);
  if (!bytes.ok() || !fits(*bytes)) bytes = codec::from_base64(text);
  if (!bytes.ok()) return base::invalid("'key' must be a valid hex or base64 string");
  SecretBytes share = SecretBytes::take(std::move(*bytes));
  if (share.size() < kShareBytesMin) return base::invalid("invalid key: key is shorter than minimum 16 bytes");
  if (share.size() > kShareBytesMax) return base::invalid("invalid key: key is longer than maximum 33 bytes");
  return share;
}

std::string serialize_stored_keys(const SecretBytes& root_key) {
  Json keys = Json::array({Json(codec::to_base64(root_key.reveal()))});
  std::string text = codec::write_json(keys);
  keys.wipe();
  return text;
}

Result<SecretBytes> parse_stored_keys(std::string_view json) {
  ASSIGN_OR_RETURN(Json document, codec::parse_json(json));
  if (!document.is_array() || document.size() != 1) {
    document.wipe();
    return base::corrupt("stored keys: expected exactly one root key");
  }
  auto decoded = codec::from_base64(document.items()[0].as_string());
  document.wipe();
  if (!decoded.ok()) return base::corrupt("stored keys: the root key is not base64");
  SecretBytes key = SecretBytes::take(std::move(*decoded));
  if (key.size() != 16 && key.size() != 24 && key.size() != kKeyBytes) {
    return base::corrupt("stored keys: a root key of the wrong size");
  }
  return key;
}

}  // namespace bao::seal
