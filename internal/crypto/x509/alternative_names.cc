#include "internal/crypto/x509/alternative_names.h"

#include <arpa/inet.h>

#include <array>

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension.h"
#include "internal/crypto/x509/text.h"

namespace bao::crypto::x509 {
namespace {

// GeneralName's choices.
enum Choice { kOther = 0, kEmail = 1, kDns = 2, kUri = 6, kAddress = 7 };
constexpr size_t kIpv4Bytes = 4, kIpv6Bytes = 16;

base::Status append_all(std::string& content, int choice, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!is_ascii(name)) return base::invalid("x509: \"" + name + "\" cannot be encoded as an IA5String");
    content += der::element(der::context(choice), {name});
  }
  return {};
}

base::Status append_others(std::string& content, const std::vector<OtherName>& others) {
  for (const OtherName& other : others) {
    if (!is_oid(other.oid)) return base::invalid("not an OID: \"" + other.oid + "\"");
    if (!is_utf8(other.value)) return base::invalid("an alternative name that is not UTF-8");
    const std::string text = der::element(der::kUtf8String, {other.value});
    content += der::element(der::context_constructed(kOther), {der::oid(other.oid), der::element(der::context_constructed(0), {text})});
  }
  return {};
}

// Nothing for names whose value is no UTF-8 text.
base::Result<std::optional<OtherName>> read_other(std::string_view content) {
  der::Reader at(content);
  ASSIGN_OR_RETURN(const std::string_view oid, at.take(der::kOid));
  ASSIGN_OR_RETURN(der::Reader wrapped, at.open(der::context_constructed(0)));
  TRY(at.end());
  ASSIGN_OR_RETURN(const der::Element value, wrapped.next());
  if (value.tag != der::kUtf8String || !is_utf8(value.content)) return std::optional<OtherName>();
  OtherName other;
  ASSIGN_OR_RETURN(other.oid, der::read_oid(oid));
  other.value = value.content;
  return std::optional<OtherName>(std::move(other));
}

base::Status read_one(const der::Element& name, AlternativeNames& names) {
  const auto text = [&name](std::vector<std::string>& to) -> base::Status {
    if (!is_ascii(name.content)) return base::invalid("x509: an alternative name that is no IA5String");
    to.emplace_back(name.content);
    return {};
  };
  if (name.tag == der::context(kEmail)) return text(names.emails);
  if (name.tag == der::context(kDns)) return text(names.dns);
  if (name.tag == der::context(kUri)) return text(names.uris);
  if (name.tag == der::context(kAddress)) {
    if (name.content.size() != kIpv4Bytes && name.content.size() != kIpv6Bytes) return base::invalid("x509: cannot parse IP address of length " + std::to_string(name.content.size()));
    names.addresses.emplace_back(name.content);
  }
  if (name.tag == der::context_constructed(kOther)) {
    ASSIGN_OR_RETURN(auto other, read_other(name.content));
    if (other) names.others.push_back(std::move(*other));
  }
  return {};
}

}  // namespace

base::Result<std::string> encode(const AlternativeNames& names) {
  std::string content;
  TRY(append_others(content, names.others));
  TRY(append_all(content, kDns, names.dns));
  TRY(append_all(content, kEmail, names.emails));
  for (const std::string& address : names.addresses) {
    if (address.size() != kIpv4Bytes && address.size() != kIpv6Bytes) return base::invalid("an address of neither 4 nor 16 bytes");
    content += der::element(der::context(kAddress), {address});
  }
  TRY(append_all(content, kUri, names.uris));
  return der::sequence({content});
}

base::Result<AlternativeNames> parse_alternative_names(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader at, whole.open(der::kSequence));
  TRY(whole.end());
  AlternativeNames names;
  while (!at.at_end()) {
    ASSIGN_OR_RETURN(const der::Element name, at.next());
    TRY(read_one(name, names));
  }
  return names;
}

std::optional<std::string> parse_address(std::string_view text) {
  const std::string terminated(text);
  std::array<char, kIpv6Bytes> bytes{};
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return std::string(bytes.data(), kIpv4Bytes);
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) != 1) return std::nullopt;
  // A mapped IPv4 address is one, as Go takes it.
  const std::string address(bytes.data(), kIpv6Bytes);
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  return address.starts_with(kMapped) ? address.substr(kMapped.size()) : address;
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != kIpv4Bytes && bytes.size() != kIpv6Bytes) return "";
  inet_ntop(bytes.size() == kIpv4Bytes ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace bao::crypto::x509
