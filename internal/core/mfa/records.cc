#include "internal/core/mfa/records.h"

#include <array>
#include <utility>

#include "internal/codec/protobuf.h"

namespace bao::core::mfa {
namespace {

using base::Result;
using base::Status;
using codec::WireField;
using crypto::PasscodeHash;

constexpr std::array<std::pair<PasscodeHash, std::string_view>, 3> kAlgorithms = {
    {{PasscodeHash::sha1, "SHA1"}, {PasscodeHash::sha256, "SHA256"}, {PasscodeHash::sha512, "SHA512"}}};

base::Error corrupt(std::string_view what) { return {base::Code::corrupt, "mfa: stored " + std::string(what)}; }

// One field of either message that holds settings; false: it is none of them.
bool take(const WireField& field, TotpSettings& settings) {
  switch (field.id) {
    case 1: settings.issuer = field.bytes; return true;
    case 2: settings.period_seconds = static_cast<uint32_t>(field.number); return true;
    case 3: settings.algorithm = static_cast<PasscodeHash>(field.number); return true;
    case 4: settings.digits = static_cast<int>(field.number); return true;
    case 5: settings.skew = static_cast<uint32_t>(field.number); return true;
    case 6: settings.key_size = static_cast<uint32_t>(field.number); return true;
    default: return false;
  }
}

// Zero is left out of messages, so that everything begins at zero, not at the defaults.
TotpSettings nothing() { return {.issuer = "", .period_seconds = 0, .algorithm = PasscodeHash::sha1, .digits = 0, .skew = 0, .key_size = 0}; }

Status check(const TotpSettings& settings) {
  const bool known = settings.algorithm <= PasscodeHash::sha512;
  if (!known || (settings.digits != 6 && settings.digits != 8) || settings.period_seconds == 0 || settings.skew > 1) {
    return corrupt("settings of passcodes that cannot be");
  }
  return {};
}

void put(std::string& out, const TotpSettings& settings) {
  codec::put_bytes(out, 1, settings.issuer);
  codec::put_uint(out, 2, settings.period_seconds);
  codec::put_uint(out, 3, static_cast<uint64_t>(settings.algorithm));
  codec::put_uint(out, 4, static_cast<uint64_t>(settings.digits));
  codec::put_uint(out, 5, settings.skew);
  codec::put_uint(out, 6, settings.key_size);
}

Result<TotpMethod> parse_totp(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  TotpMethod totp{.settings = nothing(), .qr_size = 0, .max_validation_attempts = 0};
  for (const WireField& field : fields) {
    if (take(field, totp.settings)) continue;
    if (field.id == 7) totp.qr_size = static_cast<int32_t>(field.number);
    if (field.id == 8) totp.max_validation_attempts = static_cast<uint32_t>(field.number);
  }
  TRY(check(totp.settings));
  return totp;
}

std::string serialize(const TotpMethod& totp) {
  std::string out;
  put(out, totp.settings);
  codec::put_int(out, 7, totp.qr_size);
  codec::put_uint(out, 8, totp.max_validation_attempts);
  return out;
}

}  // namespace

std::string_view name_of(PasscodeHash algorithm) { return kAlgorithms[static_cast<size_t>(algorithm)].second; }

std::optional<PasscodeHash> hash_by_name(std::string_view name) {
  for (const auto& [algorithm, text] : kAlgorithms) {
    if (text == name) return algorithm;
  }
  return std::nullopt;
}

Result<Method> parse_method(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Method method;
  for (const WireField& field : fields) {
    switch (field.id) {
      case 1: method.type = field.bytes; break;
      case 2: method.name = field.bytes; break;
      case 3: method.id = field.bytes; break;
      case 6: {
        ASSIGN_OR_RETURN(method.totp, parse_totp(field.bytes));
        break;
      }
      case 10: method.namespace_id = field.bytes; break;
      default: method.unknown += field.whole;
    }
  }
  return method;
}

std::string serialize(const Method& method) {
  std::string out;
  codec::put_bytes(out, 1, method.type);
  codec::put_bytes(out, 2, method.name);
  codec::put_bytes(out, 3, method.id);
  if (method.totp) codec::put_message(out, 6, serialize(*method.totp));
  codec::put_bytes(out, 10, method.namespace_id);
  return out + method.unknown;
}

Result<Enforcement> parse_enforcement(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Enforcement enforcement;
  for (const WireField& field : fields) {
    switch (field.id) {
      case 1: enforcement.name = field.bytes; break;
      case 2: enforcement.namespace_id = field.bytes; break;
      case 3: enforcement.method_ids.emplace_back(field.bytes); break;
      case 4: enforcement.accessors.emplace_back(field.bytes); break;
      case 5: enforcement.types.emplace_back(field.bytes); break;
      case 6: enforcement.group_ids.emplace_back(field.bytes); break;
      case 7: enforcement.entity_ids.emplace_back(field.bytes); break;
      case 8: enforcement.id = field.bytes; break;
      default: enforcement.unknown += field.whole;
    }
  }
  return enforcement;
}

std::string serialize(const Enforcement& enforcement) {
  std::string out;
  codec::put_bytes(out, 1, enforcement.name);
  codec::put_bytes(out, 2, enforcement.namespace_id);
  codec::put_strings(out, 3, enforcement.method_ids);
  codec::put_strings(out, 4, enforcement.accessors);
  codec::put_strings(out, 5, enforcement.types);
  codec::put_strings(out, 6, enforcement.group_ids);
  codec::put_strings(out, 7, enforcement.entity_ids);
  codec::put_bytes(out, 8, enforcement.id);
  return out + enforcement.unknown;
}

Result<Secret> parse_secret(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Secret secret{.method_name = "", .settings = nothing(), .account_name = ""};
  for (const WireField& field : fields) {
    if (field.id == 1) secret.method_name = field.bytes;
    if (field.id != 2) continue;
    ASSIGN_OR_RETURN(const auto inner, codec::parse_wire(field.bytes));
    for (const WireField& item : inner) {
      if (!take(item, secret.settings) && item.id == 8) secret.account_name = item.bytes;
    }
  }
  TRY(check(secret.settings));
  return secret;
}

std::string serialize(const Secret& secret) {
  std::string totp, out;
  put(totp, secret.settings);
  codec::put_bytes(totp, 8, secret.account_name);
  codec::put_bytes(out, 1, secret.method_name);
  codec::put_message(out, 2, totp);
  return out;
}

}  // namespace bao::core::mfa
