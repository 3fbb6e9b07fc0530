// Distinguished names (RFC 5280 4.1.2.4). Values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::crypto::x509 {

namespace attribute {
inline constexpr char kCommonName[] = "2.5.4.3";
inline constexpr char kSerialNumber[] = "2.5.4.5";
inline constexpr char kCountry[] = "2.5.4.6";
inline constexpr char kLocality[] = "2.5.4.7";
inline constexpr char kProvince[] = "2.5.4.8";
inline constexpr char kStreetAddress[] = "2.5.4.9";
inline constexpr char kOrganization[] = "2.5.4.10";
inline constexpr char kOrganizationalUnit[] = "2.5.4.11";
inline constexpr char kPostalCode[] = "2.5.4.17";
inline constexpr char kUserId[] = "0.9.2342.19200300.100.1.1";
}  // namespace attribute

struct NameAttribute {
  std::string oid;
  std::string value;  // UTF-8
  bool operator==(const NameAttribute&) const = default;
};
// Attributes that stand together; mostly one.
using RelativeName = std::vector<NameAttribute>;

struct Name {
  std::vector<RelativeName> parts;

  bool empty() const { return parts.empty(); }
  // Every value of that attribute, in order.
  std::vector<std::string> values(std::string_view oid) const;
  // The last value of it, "" when absent.
  std::string last(std::string_view oid) const;
  // One part of all the values, which may be none: as the reference writes several organizations.
  void add(std::string_view oid, const std::vector<std::string>& values);
  void add(std::string_view oid, std::string value) { parts.push_back({{std::string(oid), std::move(value)}}); }
  // Most specific first, as RFC 2253 writes it: "CN=a,O=b".
  std::string text() const;
  bool operator==(const Name&) const = default;
};

// PrintableString where the value allows it, else UTF8String; parts with several attributes are sorted, as DER wants.
// ENSURE: the OIDs are OIDs. Errors: invalid for text that is not UTF-8.
base::Result<std::string> encode(const Name& name);
// Every kind of string becomes UTF-8. Errors: invalid.
base::Result<Name> parse_name(std::string_view der);

}  // namespace bao::crypto::x509
