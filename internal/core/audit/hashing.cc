#include "internal/core/audit/hashing.h"

#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::core::audit {

using codec::Json;

std::string Salted::hash(std::string_view text) const {
  return "hmac-sha256:" + codec::to_hex(crypto::hmac_sha256(salt_, text));
}

Json Salted::hash_all(const Json& value, const std::vector<std::string>& clear) const { return hash_below(value, clear, false); }

// Whether a string is clear is decided by the nearest key above it, past lists.
Json Salted::hash_below(const Json& value, const std::vector<std::string>& clear, bool is_clear) const {
  switch (value.kind()) {
    case Json::Kind::string: {
      const bool stays = is_clear || base::parse_rfc3339(value.as_string()).ok();
      return stays ? value : Json(hash(value.as_string()));
    }
    case Json::Kind::array: {
      std::vector<Json> items;
      items.reserve(value.items().size());
      for (const Json& item : value.items()) items.push_back(hash_below(item, clear, is_clear));
      return Json::array(std::move(items));
    }
    case Json::Kind::object:
    case Json::Kind::record: {
      std::vector<Json::Member> members;
      members.reserve(value.members().size());
      for (const auto& [name, member] : value.members()) {
        const bool named = std::find(clear.begin(), clear.end(), name) != clear.end();
        members.emplace_back(name, hash_below(member, clear, named));
      }
      return Json::object(std::move(members));
    }
    case Json::Kind::raw: {
      auto parsed = codec::parse_json(value.text());
      return parsed.ok() ? hash_below(*parsed, clear, is_clear) : Json(hash(value.text()));
    }
    default: return value;
  }
}

}  // namespace bao::core::audit
