#include "internal/engines/pki/acme/identifier.h"

#include <algorithm>
#include <string_view>

#include "internal/crypto/x509/alternative_names.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;

constexpr size_t kNameMax = 253, kLabelMax = 63;

Failure failed(const std::string& value, const std::string& why) { return malformed("value argument (" + value + ") failed validation: " + why); }

bool is_label(std::string_view label) {
  const bool clean = std::all_of(label.begin(), label.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return clean && !label.empty() && label.size() <= kLabelMax && label.front() != '-' && label.back() != '-';
}

// As it would stand in a certificate: lower case, international labels in punycode.
bool is_name(std::string_view name) {
  if (name.size() > kNameMax) return false;
  while (true) {
    const size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

Outcome<Identifier> name_of(const std::string& value) {
  Identifier identifier{.type = "dns", .value = value, .original = value};
  if (value.find('*') != std::string::npos) {
    if (std::count(value.begin(), value.end(), '*') > 1) {
      return failed(value, "invalid wildcard: expected only one wildcard identifier in the given domain name");
    }
    if (!value.starts_with("*.")) return failed(value, "invalid wildcard: wildcard must be entire left-most label");
    identifier.wildcard = true;
    identifier.value = value.substr(2);
  }
  if (crypto::x509::parse_address(identifier.value)) {
    return malformed("refusing to accept argument (" + value + ") as DNS type identifier: parsed OK as IP address");
  }
  if (!is_name(identifier.value)) return failed(value, "not a domain name as it stands in certificates");
  return identifier;
}

Outcome<Identifier> address_of(const std::string& value) {
  const auto bytes = crypto::x509::parse_address(value);
  if (!bytes) return failed(value, "failed parsing as IP");
  return Identifier{.type = "ip", .value = value, .original = value, .ipv6 = bytes->size() == 16};
}

Outcome<std::string> text(const Json& item, const std::string& name) {
  const Json* value = item.find(name);
  if (value == nullptr) return malformed("missing " + name + " argument for value in 'identifiers'");
  if (!value->is_string()) return malformed("invalid type for " + name + " argument for value in 'identifiers'");
  return value->as_string();
}

Outcome<Identifier> ordered(const Json& item) {
  if (!item.is_object()) return malformed("invalid type for value in 'identifiers'");
  ASSIGN_OR_RETURN(const std::string type, text(item, "type"));
  ASSIGN_OR_RETURN(const std::string value, text(item, "value"));
  if (value.empty()) return malformed("value argument for value in 'identifiers' can not be blank");
  if (type == "ip") return address_of(value);
  if (type == "dns") return name_of(value);
  return Failure::because(ProblemType::unsupported_identifier, "unsupported identifier type " + type);
}

}  // namespace

Json Identifier::entry() const {
  return Json::record({{"type", type}, {"value", value}, {"original_value", original}, {"is_wildcard", wildcard}, {"is_ipv6", ipv6}});
}

Identifier Identifier::parse(const Json& entry) {
  return {entry["type"].as_string(), entry["value"].as_string(), entry["original_value"].as_string(), entry["is_wildcard"].as_bool(),
          entry["is_ipv6"].as_bool()};
}

Outcome<std::vector<Identifier>> ordered_identifiers(const Json& payload) {
  const Json* list = payload.find("identifiers");
  if (list == nullptr) return malformed("missing required identifiers argument");
  if (!list->is_array()) return malformed("invalid type for field 'identifiers'");
  if (list->empty()) return malformed("an order needs an identifier");
  if (list->size() > kIdentifiersMax) return malformed("an order has at most " + std::to_string(kIdentifiersMax) + " identifiers");
  std::vector<Identifier> identifiers;
  for (const Json& item : list->items()) {
    ASSIGN_OR_RETURN(Identifier identifier, ordered(item));
    identifiers.push_back(std::move(identifier));
  }
  return identifiers;
}

}  // namespace bao::engines::pki::acme
