#include "internal/core/mfa/credentials.h"

#include <algorithm>

namespace bao::core::mfa {
namespace {

using base::Result;
using base::Status;

constexpr std::string_view kPasscode = "passcode=";

base::Error bad_header(std::string_view missing) {
  return base::invalid("invalid data in header \"X-Vault-MFA\"; missing method " + std::string(missing));
}

Status take(const std::string& header, Credentials& credentials) {
  const size_t colon = header.find(':');
  std::vector<std::string>& values = credentials[header.substr(0, colon)];
  if (colon == std::string::npos) return {};
  if (colon == 0) return bad_header("name or ID");
  if (colon + 1 == header.size()) return bad_header("value");
  values.push_back(header.substr(colon + 1));
  return {};
}

}  // namespace

Result<Credentials> credentials_of(const std::vector<std::string>& headers) {
  Credentials credentials;
  for (const std::string& header : headers) {
    if (!header.empty()) TRY(take(header, credentials));
  }
  return credentials;
}

Result<Credentials> credentials_of(const codec::Json& payload) {
  const auto invalid = [] { return base::invalid("invalid mfa payload"); };
  if (!payload.is_object()) return invalid();
  Credentials credentials;
  for (const auto& [method, values] : payload.members()) {
    std::vector<std::string>& supplied = credentials[method];
    if (!values.is_array() && !values.is_null()) return invalid();
    if (values.is_null()) continue;
    for (const codec::Json& value : values.items()) {
      if (!value.is_string()) return invalid();
      supplied.push_back(value.as_string());
    }
  }
  return credentials;
}

Result<std::string> passcode_of(const std::vector<std::string>& values) {
  std::string passcode;
  for (const std::string& value : values) {
    if (value.empty()) continue;
    const bool named = value.starts_with(kPasscode);
    if (!named && value.find('=') != std::string::npos) return base::invalid("found an invalid MFA cred");
    if (!passcode.empty()) return base::invalid("found multiple passcodes for the same MFA method");
    passcode = named ? value.substr(kPasscode.size()) : value;
    if (passcode.empty()) return base::invalid("invalid passcode");
  }
  return passcode;
}

}  // namespace bao::core::mfa
