#include "internal/core/audit/hashing.h"

#include <algorithm>
#include <array>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json_replace.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/sha256.h"

namespace bao::core::audit {
namespace {

using codec::Json;

constexpr size_t kBlock = 64;  // of SHA-256

std::string_view bytes_of(const std::array<uint8_t, 32>& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string padded_key(std::string_view salt, char pad) {
  std::string block = salt.size() > kBlock ? crypto::sha256(salt) : std::string(salt);
  block.resize(kBlock, '\0');
  for (char& c : block) c = static_cast<char>(c ^ pad);
  return block;
}

// Most strings are none, and that is seen at a glance.
bool is_time(std::string_view text) {
  constexpr size_t kShortest = std::string_view("2006-01-02T15:04:05Z").size();
  return text.size() >= kShortest && text[4] == '-' && text[7] == '-' && base::parse_rfc3339(text).ok();
}

class Hashed final : public codec::StringReplacement {
 public:
  Hashed(const Salted& salted, const std::vector<std::string>& clear) : salted_(salted), clear_(clear) {}
  void append(std::string& out, std::string_view text) const override {
    if (is_time(text)) return codec::write_json_string_to(out, text);
    out += '"';
    salted_.append_hash(out, text);
    out += '"';
  }
  // Whether a string is clear is decided by the nearest key above it, past lists.
  bool keeps_below(std::string_view key) const override { return std::find(clear_.begin(), clear_.end(), key) != clear_.end(); }
  bool keeps_nothing() const override { return clear_.empty(); }

 private:
  const Salted& salted_;
  const std::vector<std::string>& clear_;
};

// Who has no entity is counted by the policies of the token.
std::string client_id(const TokenEntry& token) {
  if (!token.entity_id.empty()) return token.entity_id;
  std::vector<std::string> policies = token.policies;
  std::sort(policies.begin(), policies.end());
  std::string text;
  for (const std::string& policy : policies) text += (text.empty() ? "" : "\x7f") + policy;
  text += std::string(1, '\0') + token.namespace_id;
  return codec::to_base64(crypto::sha256(text));
}

}  // namespace

Salted::Salted(std::string_view salt) : inner_(padded_key(salt, 0x36)), outer_(padded_key(salt, 0x5c)) {}

std::string Salted::hash(std::string_view text) const {
  std::string out;
  append_hash(out, text);
  return out;
}

void Salted::append_hash(std::string& out, std::string_view text) const {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto within = crypto::sha256_of({inner_, text});
  std::array<char, 64> digits;
  char* at = digits.data();
  for (const uint8_t byte : crypto::sha256_of({outer_, bytes_of(within)})) {
    *at++ = kHex[byte >> 4];
    *at++ = kHex[byte & 15];
  }
  out += "hmac-sha256:";
  out.append(digits.data(), digits.size());
}

void Salted::append_all_hashed(std::string& out, const Json& value, const std::vector<std::string>& clear) const {
  codec::write_json_replaced_to(out, value, Hashed(*this, clear));
}

std::shared_ptr<const TokenHashes::Hashes> Salted::of_token(const TokenEntry& token) const {
  if (auto known = tokens_.find(token)) return known;
  auto made = std::make_shared<TokenHashes::Hashes>();
  if (!token.id.empty()) made->id = hash(token.id);
  if (!token.accessor.empty()) made->accessor = hash(token.accessor);
  made->client_id = client_id(token);
  tokens_.keep(token, made);
  return made;
}

}  // namespace bao::core::audit
