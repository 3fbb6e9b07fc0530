// The keyring's JSON form and its copies with one change each (openbao-storage.md 1.2).
#include "internal/barrier/keyring.h"

#include "internal/base/time_format.h"
#include "internal/codec/compression.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"

namespace bao::barrier {
namespace {

using base::Result;
using base::SecretBytes;
using codec::Json;

constexpr int64_t kOperationsMax = 3'865'470'566;
constexpr int64_t kOperationsMin = 1'000'000;
constexpr size_t kKeyringBytesMax = 16u << 20;

std::shared_ptr<const SecretBytes> shared(std::string&& bytes) {
  return std::make_shared<const SecretBytes>(SecretBytes::take(std::move(bytes)));
}

RotationConfig sanitised(RotationConfig config) {
  if (config.operations_max == 0 || config.operations_max > kOperationsMax) config.operations_max = kOperationsMax;
  if (config.operations_max < kOperationsMin) config.operations_max = kOperationsMin;
  const base::Duration day = std::chrono::hours(24);
  if (config.interval.count() > 0 && config.interval < day) config.interval = day;
  return config;
}

int64_t integer(const Json* value) {
  if (value == nullptr || !value->is_number()) return 0;
  const auto number = value->as_int();
  return number.ok() ? *number : 0;
}

Result<KeyringKey> parse_key(const Json& json) {
  const int64_t term = integer(json.find_ignoring_case("Term"));
  if (term < 1 || term > UINT32_MAX) return base::corrupt("keyring: a key without a term");
  KeyringKey key;
  key.term = base::KeyTerm{static_cast<uint32_t>(term)};
  key.version = static_cast<uint32_t>(integer(json.find_ignoring_case("Version")));
  const Json* value = json.find_ignoring_case("Value");
  if (value == nullptr) return base::corrupt("keyring: a key without a value");
  ASSIGN_OR_RETURN(std::string bytes, codec::from_base64(value->as_string()));
  if (bytes.size() < 16 || bytes.size() > 32) return base::corrupt("keyring: a key of the wrong size");
  key.value = shared(std::move(bytes));
  const Json* installed = json.find_ignoring_case("InstallTime");
  ASSIGN_OR_RETURN(key.installed, base::parse_rfc3339(installed == nullptr ? "0001-01-01T00:00:00Z" : installed->as_string()));
  key.encryptions = static_cast<uint64_t>(integer(json.find_ignoring_case("encryptions")));
  return key;
}

Json key_json(const KeyringKey& key) {
  Json record = Json::record();
  record.set("Term", static_cast<int64_t>(key.term.value));
  record.set("Version", static_cast<int64_t>(key.version));
  record.set("Value", codec::to_base64(key.value->reveal()));
  record.set("InstallTime", base::format_rfc3339(key.installed));
  if (key.encryptions != 0) record.set("encryptions", key.encryptions);
  return record;
}

}  // namespace

std::string serialize_key(const KeyringKey& key) { return codec::write_json(key_json(key)); }

Keyring Keyring::generate(base::Time now) {
  Keyring keyring;
  keyring.root_key_ = shared(crypto::random_bytes(32));
  keyring.unknown_members_ = "{}";
  return keyring.with_new_term(now);
}

Result<Keyring> Keyring::parse(std::string_view stored) {
  ASSIGN_OR_RETURN(std::string json, codec::decompress_canary(stored, kKeyringBytesMax));
  ASSIGN_OR_RETURN(Json document, codec::parse_json(json));
  base::wipe(json);
  Keyring keyring;
  const Json* root = document.find_ignoring_case("MasterKey");
  const Json* keys = document.find_ignoring_case("Keys");
  if (root == nullptr || keys == nullptr || !keys->is_array() || keys->empty()) {
    return base::corrupt("keyring: no root key or no keys");
  }
  ASSIGN_OR_RETURN(std::string root_key, codec::from_base64(root->as_string()));
  keyring.root_key_ = shared(std::move(root_key));
  for (const Json& item : keys->items()) {
    ASSIGN_OR_RETURN(KeyringKey key, parse_key(item));
    keyring.keys_[key.term] = key;
  }
  if (const Json* rotation = document.find_ignoring_case("RotationConfig"); rotation != nullptr) {
    const Json* disabled = rotation->find_ignoring_case("Disabled");
    keyring.rotation_ = {disabled != nullptr && disabled->as_bool(), integer(rotation->find_ignoring_case("MaxOperations")),
                         base::Duration(integer(rotation->find_ignoring_case("Interval")))};
  }
  keyring.rotation_ = sanitised(keyring.rotation_);
  for (const char* known : {"MasterKey", "Keys", "RotationConfig"}) document.erase(known);
  keyring.unknown_members_ = codec::write_json(document);
  return keyring;
}

std::string Keyring::serialize() const {
  Json keys = Json::array();
  for (const auto& [term, key] : keys_) keys.push_back(key_json(key));
  Json record = Json::record();
  record.set("MasterKey", codec::to_base64(root_key_->reveal()));
  record.set("Keys", std::move(keys));
  record.set("RotationConfig", Json::record({{"Disabled", rotation_.disabled},
                                             {"MaxOperations", rotation_.operations_max},
                                             {"Interval", static_cast<int64_t>(rotation_.interval.count())}}));
  if (const auto unknown = codec::parse_json(unknown_members_); unknown.ok()) {
    for (const auto& [name, value] : unknown->members()) record.set(name, value);
  }
  return codec::write_json(record);
}

base::KeyTerm Keyring::active_term() const { return active().term; }

const KeyringKey* Keyring::find(base::KeyTerm term) const {
  const auto found = keys_.find(term);
  return found == keys_.end() ? nullptr : &found->second;
}

const KeyringKey& Keyring::active() const {
  ENSURE(!keys_.empty(), "a keyring has a key");
  return keys_.rbegin()->second;
}

const SecretBytes& Keyring::root_key() const { return *root_key_; }
const RotationConfig& Keyring::rotation() const { return rotation_; }

Keyring Keyring::with_new_term(base::Time now) const {
  Keyring next = *this;
  for (auto& [term, key] : next.keys_) key.encryptions = 0;  // counted for the active term only
  const uint32_t term = keys_.empty() ? 1 : active_term().value + 1;
  next.keys_[base::KeyTerm{term}] = {base::KeyTerm{term}, 1, shared(crypto::random_bytes(32)), now, 0};
  return next;
}

Keyring Keyring::with_root_key(std::string_view root_key) const {
  Keyring next = *this;
  next.root_key_ = shared(std::string(root_key));
  return next;
}

Keyring Keyring::with_rotation(RotationConfig config) const {
  Keyring next = *this;
  next.rotation_ = sanitised(config);
  return next;
}

Keyring Keyring::with_encryptions(uint64_t count) const {
  Keyring next = *this;
  next.keys_[active_term()].encryptions = count;
  return next;
}

Result<std::string> Keyring::seal_to(std::string_view path) const {
  std::string json = serialize();
  auto envelope = seal_envelope(base::KeyTerm{1}, *root_key_, path, json);
  base::wipe(json);
  return envelope;
}

Result<Keyring> Keyring::unseal_from(std::string_view path, std::string_view envelope, const SecretBytes& root_key) {
  ASSIGN_OR_RETURN(std::string json, open_envelope(root_key, path, envelope));
  auto keyring = parse(json);
  base::wipe(json);
  return keyring;
}

}  // namespace bao::barrier
