#include "internal/engines/pki/san_rules.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "internal/base/letters.h"
#include "internal/codec/json.h"
#include "internal/engines/pki/name_rules.h"
#include "internal/logical/response.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;

struct Network {
  std::string address;  // 4 or 16 bytes
  size_t bits = 0;
  bool contains(const std::string& other) const {
    if (other.size() != address.size()) return false;
    for (size_t bit = 0; bit < bits; ++bit) {
      const auto mask = static_cast<unsigned char>(0x80u >> (bit % 8));
      if (((static_cast<unsigned char>(address[bit / 8]) ^ static_cast<unsigned char>(other[bit / 8])) & mask) != 0) return false;
    }
    return true;
  }
};

std::optional<Network> parse_network(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = x509::parse_address(text.substr(0, slash));
  size_t bits = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
  if (!address || parsed.ec != std::errc() || parsed.ptr != end || bits > address->size() * 8) return std::nullopt;
  return Network{*address, bits};
}

base::Error refused(const base::Words& words) { return base::internal(logical::multierror(words)); }

}  // namespace

base::Result<OtherName> parse_other_name(const std::string& text) {
  const size_t semicolon = text.find(';');
  if (semicolon == std::string::npos) return base::invalid("expected a semicolon in other SAN \"" + text + "\"");
  const size_t colon = text.find(':', semicolon);
  if (colon == std::string::npos) return base::invalid("expected a colon in other SAN \"" + text + "\"");
  const std::string type = base::lower_case(text.substr(semicolon + 1, colon - semicolon - 1));
  if (type != "utf8" && type != "utf-8") {
    return base::invalid("only utf8 other SANs are supported; found non-supported type in other SAN \"" + text + "\"");
  }
  OtherName name{text.substr(0, semicolon), text.substr(colon + 1)};
  if (!x509::is_oid(name.oid)) return base::invalid("\"" + name.oid + "\" is no object identifier in other SAN \"" + text + "\"");
  return name;
}

base::Status check_other_names(const RoleEntry& role, const std::vector<OtherName>& names) {
  if (role.allowed_other_sans.size() == 1 && role.allowed_other_sans[0] == "*") return {};
  for (const OtherName& name : names) {
    bool known = false, allowed = false;
    for (const std::string& text : role.allowed_other_sans) {
      const auto pattern = parse_other_name(text);
      if (!pattern.ok() || pattern->oid != name.oid) continue;
      known = true;
      allowed = allowed || glob_matches(pattern->value, name.value);
    }
    if (!known) return base::invalid("other SAN OID " + name.oid + " not allowed by this role");
    if (!allowed) return base::invalid("other SAN " + name.value + " not allowed for OID " + name.oid + " by this role");
  }
  return {};
}

base::Status check_addresses(const RoleEntry& role, const std::vector<std::string>& addresses) {
  if (role.allowed_ip_sans_cidr.empty()) return {};
  for (const std::string& address : addresses) {
    const bool allowed = std::any_of(role.allowed_ip_sans_cidr.begin(), role.allowed_ip_sans_cidr.end(), [&](const std::string& text) {
      const auto network = parse_network(text);
      return network && network->contains(address);
    });
    if (!allowed) return base::invalid("the IP address \"" + x509::address_text(address) + "\" is not allowed in this role");
  }
  return {};
}

bool allows_pattern(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return glob_matches(pattern, text); });
}

bool allows_uri(const RoleEntry& role, const std::string& uri) {
  return allows_pattern(role.allowed_uri_sans, uri);
}

base::Result<x509::Policy> parse_policy(const std::string& text) {
  if (x509::is_oid(text)) return x509::Policy{text};
  const auto json = codec::parse_json(text);
  if (json.ok() && json->is_object() && x509::is_oid((*json)["oid"].as_string())) {
    return x509::Policy{(*json)["oid"].as_string(), (*json)["cps"].as_string(), (*json)["notice"].as_string()};
  }
  return refused("policy identifier \"" + text + "\" is neither a valid OID: strconv.Atoi: parsing \"" + text +
                 "\": invalid syntax, Nor JSON Policy Identifier: " +
                 (json.ok() ? "it has no valid member \"oid\"" : json.error().message()));
}

std::vector<std::string> policy_texts(const std::vector<std::string>& given) {
  if (given.empty() || !given.front().starts_with('[')) return given;
  std::string whole;
  for (const std::string& part : given) whole += (whole.empty() ? "" : ",") + part;
  if (!codec::parse_json(whole).ok()) return given;
  std::vector<std::string> texts(1);
  int depth = 0;
  bool in_string = false;
  for (size_t i = 1; i + 1 < whole.size(); ++i) {
    const char c = whole[i];
    if (c == '"' && whole[i - 1] != '\\') in_string = !in_string;
    if (!in_string && (c == '{' || c == '[')) ++depth;
    if (!in_string && (c == '}' || c == ']')) --depth;
    if (c == ',' && depth == 0 && !in_string) {
      texts.emplace_back();
    } else {
      texts.back() += c;
    }
  }
  return texts;
}

base::Status check_role_patterns(const RoleEntry& role) {
  for (const std::string& oid : role.ext_key_usage_oids) {
    if (!x509::is_oid(oid)) return base::invalid("\"" + oid + "\" could not be parsed as a valid oid for an extended key usage");
  }
  for (const std::string& policy : role.policy_identifiers) TRY(parse_policy(policy));
  for (const std::string& network : role.allowed_ip_sans_cidr) {
    if (!parse_network(network)) return base::invalid("error parsing allowed_ip_sans_cidr: invalid CIDR address: " + network);
  }
  for (const std::string& name : role.allowed_other_sans) {
    if (name == "*") continue;
    const auto parsed = parse_other_name(name);
    if (!parsed.ok()) return parsed.error().within("error parsing allowed_other_sans");
  }
  for (const std::string& validation : role.cn_validations) {
    if (validation != "email" && validation != "hostname" && validation != "disabled") {
      return refused("cn_validations value incorrect: unknown type: `" + validation + "`");
    }
  }
  return {};
}

}  // namespace bao::engines::pki
