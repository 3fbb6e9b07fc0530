#include "internal/core/wrapping/jwt.h"

#include <algorithm>

#include "internal/codec/encoding.h"
#include "internal/crypto/jose.h"

namespace bao::core {

using base::Result;
using base::Status;
using codec::Json;

namespace {

constexpr std::string_view kKeyPath = "core/wrapping/jwtkey";
constexpr base::Duration kClockLeeway = std::chrono::seconds(5);

Result<crypto::Es512Key> signing_key(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(auto stored, all.get(kKeyPath));
  if (!stored) return base::internal("the key that signs wrapping tokens is missing");
  auto json = codec::parse_json(*stored);
  base::wipe(*stored);
  if (!json.ok()) return base::corrupt(std::string(kKeyPath) + " is no JSON");
  auto key = crypto::Es512Key::from_numbers(
      {(*json)["x"].text(), (*json)["y"].text(), base::SecretBytes((*json)["d"].text())});
  json->wipe();
  if (!key.ok()) return key.error().within(kKeyPath);
  return key;
}

// Unpadded base64 in Go's words.
Result<std::string> decoded(std::string_view text) {
  const size_t padding = text.find('=');
  const bool dangling = text.size() % 4 == 1;
  if (padding == std::string_view::npos && !dangling) return codec::from_base64url(text);
  const auto front = codec::from_base64url(text.substr(0, std::min(padding, text.size() - (dangling ? 1 : 0))));
  if (!front.ok() && front.error().message().find("input byte") != std::string::npos) return front.error();
  return base::invalid("illegal base64 data at input byte " + std::to_string(std::min(padding, text.size() - 1)));
}

Status check_header(std::string_view text) {
  ASSIGN_OR_RETURN(const Json header, codec::parse_json(text));
  const std::string& algorithm = header["alg"].as_string();
  if (algorithm != "ES512") {
    return base::invalid("unexpected signature algorithm \"" + algorithm + "\"; expected [\"ES512\"]");
  }
  if (header.find("crit") != nullptr) return base::invalid("unsupported crit header");
  return {};
}

base::Error refused(std::string_view why) { return base::denied("error validating wrapping token: " + std::string(why)); }

Result<std::string> token_of(std::string_view payload) {
  const auto claims = codec::parse_json(payload);
  if (!claims.ok()) return refused("wrapping token signature could not be validated: " + claims.error().message());
  const Json* type = claims->is_object() ? claims->find("type") : nullptr;
  if (type == nullptr) return refused("could not validate type claim");
  if (!type->is_string()) return refused("could not parse type claim");
  if (type->as_string() != "wrapping") return refused("unexpected type claim");
  std::string token = (*claims)["jti"].as_string();
  if (token.empty()) return refused("token is empty");
  return token;
}

}  // namespace

Status ensure_wrapping_key(storage::WriteView& all) {
  ASSIGN_OR_RETURN(const auto there, all.get(kKeyPath));
  if (there) return {};
  ASSIGN_OR_RETURN(const auto key, crypto::Es512Key::generate());
  ASSIGN_OR_RETURN(const auto numbers, key.numbers());
  Json stored = Json::record({{"type", "p521"},
                              {"x", Json::number(numbers.x)},
                              {"y", Json::number(numbers.y)},
                              {"d", Json::number(std::string(numbers.d.reveal()))}});
  std::string text = codec::write_json(stored) + "\n";
  stored.wipe();
  Status put = all.put(kKeyPath, text);
  base::wipe(text);
  return put;
}

Result<std::string> signed_wrapping_token(const storage::ReadView& all, const WrappingClaims& claims) {
  ASSIGN_OR_RETURN(const auto key, signing_key(all));
  const Json payload = Json::object({{"accessor", claims.accessor},
                                     {"addr", claims.address},
                                     {"exp", base::unix_seconds(claims.issued + claims.ttl)},
                                     {"iat", base::unix_seconds(claims.issued)},
                                     {"jti", claims.token},
                                     {"nbf", base::unix_seconds(claims.issued - kClockLeeway)},
                                     {"type", "wrapping"}});
  std::string out = codec::to_base64url(R"({"alg":"ES512","typ":"JWT"})") + "." + codec::to_base64url(codec::write_json(payload));
  ASSIGN_OR_RETURN(const std::string signature, key.sign(out));
  return out + "." + codec::to_base64url(signature);
}

bool looks_like_jwt(std::string_view token) {
  return token.size() > 3 && std::count(token.begin(), token.end(), '.') == 2 && token[3] != '.' && token[1] != '.';
}

Result<UnverifiedJwt> parse_jwt(std::string_view jwt) {
  const size_t first = jwt.find('.'), last = jwt.rfind('.');
  if (first == std::string_view::npos || first == last || jwt.find('.', first + 1) != last) {
    return base::invalid("compact JWS format must have three parts");
  }
  ASSIGN_OR_RETURN(const std::string header, decoded(jwt.substr(0, first)));
  UnverifiedJwt parsed;
  ASSIGN_OR_RETURN(parsed.payload, decoded(jwt.substr(first + 1, last - first - 1)));
  ASSIGN_OR_RETURN(parsed.signature, decoded(jwt.substr(last + 1)));
  TRY(check_header(header));
  parsed.signed_part = jwt.substr(0, last);
  return parsed;
}

Result<std::string> token_inside_jwt(const storage::ReadView& all, std::string_view jwt) {
  const auto parsed = parse_jwt(jwt);
  if (!parsed.ok()) return refused("wrapping token could not be parsed: " + parsed.error().message());
  ASSIGN_OR_RETURN(const auto key, signing_key(all));
  if (!key.verify(parsed->signed_part, parsed->signature)) {
    return refused("wrapping token signature could not be validated: go-jose/go-jose: error in cryptographic primitive");
  }
  return token_of(parsed->payload);
}

}  // namespace bao::core
