// The keyring's JSON form and its copies with one change each (openbao-storage.md 1.2).
#include "internal/barrier/keyring.h"

#include <type_traits>

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

// Wipes what it watches when a function ends, on every way out.
template <typename Text>
class Wiped {
 public:
  explicit Wiped(Text& text) : text_(text) {}
  ~Wiped() {
    if constexpr (std::is_same_v<Text, Json>) text_.wipe(); else base::wipe(text_);
  }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  Text& text_;
};

// Takes a member out, whatever the case of its letters, as Go's decoder finds it; null when absent.
Json take(Json& object, std::string_view name) {
  const Json* found = object.find_ignoring_case(name);
  if (found == nullptr) return {};
  Json value = *found;
  while (const Json* next = object.find_ignoring_case(name)) {
    for (auto& member : object.members()) {
      if (&member.second == next) {
        member.second.wipe();
        object.erase(std::string(member.first));
        break;
      }
    }
  }
  return value;
}

Result<int64_t> integer(const Json& value, std::string_view name) {
  if (value.is_null()) return 0;
  const auto number = value.as_int();
  if (!value.is_number() || !number.ok() || *number < 0) {
    return base::corrupt("keyring: " + std::string(name) + " is no number of its range");
  }
  return *number;
}

Result<std::shared_ptr<const SecretBytes>> key_bytes(Json text) {
  const Wiped guard(text);
  ASSIGN_OR_RETURN(std::string bytes, codec::from_base64(text.as_string()));
  auto key = shared(std::move(bytes));
  if (key->size() != 16 && key->size() != 24 && key->size() != 32) {
    return base::corrupt("keyring: a key of the wrong size");
  }
  return key;
}

// Takes the known members out of `json`; what is left is kept.
Result<KeyringKey> read_key(Json& json) {
  if (!json.is_object()) return base::corrupt("keyring: a key is no object");
  ASSIGN_OR_RETURN(const int64_t term, integer(take(json, "Term"), "Term"));
  if (term < 1 || term > UINT32_MAX) return base::corrupt("keyring: a key without a term");
  KeyringKey key;
  key.term = base::KeyTerm{static_cast<uint32_t>(term)};
  ASSIGN_OR_RETURN(const int64_t version, integer(take(json, "Version"), "Version"));
  key.version = static_cast<uint32_t>(version);
  ASSIGN_OR_RETURN(const auto bytes, key_bytes(take(json, "Value")));
  key.value = std::make_shared<const crypto::GcmKey>(bytes->clone());
  const Json installed = take(json, "InstallTime");
  ASSIGN_OR_RETURN(key.installed, base::parse_rfc3339(installed.is_null() ? "0001-01-01T00:00:00Z" : installed.as_string()));
  ASSIGN_OR_RETURN(const int64_t encryptions, integer(take(json, "encryptions"), "encryptions"));
  key.encryptions = static_cast<uint64_t>(encryptions);
  key.unknown_members = codec::write_json(json);
  return key;
}

Result<RotationConfig> parse_rotation(Json& json) {
  RotationConfig config;
  if (json.is_null()) {
    json = Json::object();
    return config;
  }
  if (!json.is_object()) return base::corrupt("keyring: the rotation rule is no object");
  config.disabled = take(json, "Disabled").as_bool();
  ASSIGN_OR_RETURN(config.operations_max, integer(take(json, "MaxOperations"), "MaxOperations"));
  ASSIGN_OR_RETURN(const int64_t interval, integer(take(json, "Interval"), "Interval"));
  config.interval = base::Duration(interval);
  return config;
}

void add_members(Json& record, const std::string& unknown_members) {
  const auto unknown = codec::parse_json(unknown_members);
  ENSURE(unknown.ok(), "members that were kept parse again");
  for (const auto& [name, value] : unknown->members()) record.set(name, value);
}

Json key_json(const KeyringKey& key) {
  Json record = Json::record();
  record.set("Term", static_cast<int64_t>(key.term.value));
  record.set("Version", static_cast<int64_t>(key.version));
  record.set("Value", codec::to_base64(key.value->bytes().reveal()));
  record.set("InstallTime", base::format_rfc3339(key.installed));
  if (key.encryptions != 0) record.set("encryptions", key.encryptions);
  add_members(record, key.unknown_members);
  return record;
}

}  // namespace

std::string serialize_key(const KeyringKey& key) {
  Json record = key_json(key);
  const Wiped guard(record);
  return codec::write_json(record);
}

Keyring Keyring::generate(base::Time now) {
  Keyring keyring;
  keyring.root_key_ = shared(crypto::random_bytes(32));
  return keyring.with_new_term(now);
}

Result<KeyringKey> parse_key(std::string_view text) {
  ASSIGN_OR_RETURN(Json json, codec::parse_json(text));
  const Wiped guard(json);
  return read_key(json);
}

Result<Keyring> Keyring::parse(std::string_view stored) {
  ASSIGN_OR_RETURN(std::string json, codec::decompress_canary(stored, kKeyringBytesMax));
  const Wiped json_guard(json);
  ASSIGN_OR_RETURN(Json document, codec::parse_json(json));
  const Wiped document_guard(document);
  if (!document.is_object()) return base::corrupt("keyring: not a JSON object");
  Keyring keyring;
  ASSIGN_OR_RETURN(keyring.root_key_, key_bytes(take(document, "MasterKey")));
  Json keys = take(document, "Keys");
  const Wiped keys_guard(keys);
  if (!keys.is_array() || keys.empty()) return base::corrupt("keyring: no keys");
  for (Json& item : keys.items()) {
    ASSIGN_OR_RETURN(KeyringKey key, read_key(item));
    keyring.keys_[key.term] = std::move(key);
  }
  Json rotation = take(document, "RotationConfig");
  ASSIGN_OR_RETURN(const RotationConfig config, parse_rotation(rotation));
  keyring.rotation_ = sanitised(config);
  keyring.unknown_rotation_members_ = codec::write_json(rotation);
  keyring.unknown_members_ = codec::write_json(document);
  return keyring;
}

std::string Keyring::serialize() const {
  Json keys = Json::array();
  for (const auto& [term, key] : keys_) keys.push_back(key_json(key));
  Json rotation = Json::record({{"Disabled", rotation_.disabled},
                                {"MaxOperations", rotation_.operations_max},
                                {"Interval", static_cast<int64_t>(rotation_.interval.count())}});
  add_members(rotation, unknown_rotation_members_);
  Json record = Json::record();
  const Wiped guard(record);
  record.set("MasterKey", codec::to_base64(root_key_->reveal()));
  record.set("Keys", std::move(keys));
  record.set("RotationConfig", std::move(rotation));
  add_members(record, unknown_members_);
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
  auto fresh = std::make_shared<const crypto::GcmKey>(SecretBytes::take(crypto::random_bytes(32)));
  next.keys_[base::KeyTerm{term}] = {base::KeyTerm{term}, 1, std::move(fresh), now, 0};
  return next;
}

Keyring Keyring::with_key(KeyringKey key) const {
  Keyring next = *this;
  next.keys_[key.term] = std::move(key);
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
  auto envelope = seal_envelope(base::KeyTerm{1}, crypto::GcmKey(root_key_->clone()), path, json);
  base::wipe(json);
  return envelope;
}

Result<Keyring> Keyring::unseal_from(std::string_view path, std::string_view envelope, const SecretBytes& root_key) {
  ASSIGN_OR_RETURN(std::string json, open_envelope(crypto::GcmKey(root_key.clone()), path, envelope));
  auto keyring = parse(json);
  base::wipe(json);
  return keyring;
}

}  // namespace bao::barrier
