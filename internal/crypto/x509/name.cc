#include "internal/crypto/x509/name.h"

#include <algorithm>
#include <array>

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension.h"
#include "internal/crypto/x509/text.h"

namespace bao::crypto::x509 {
namespace {

struct ShortName {
  std::string_view oid, text;
};
constexpr std::array<ShortName, 9> kShortNames{{{attribute::kCountry, "C"},
                                                {attribute::kOrganization, "O"},
                                                {attribute::kOrganizationalUnit, "OU"},
                                                {attribute::kCommonName, "CN"},
                                                {attribute::kSerialNumber, "SERIALNUMBER"},
                                                {attribute::kLocality, "L"},
                                                {attribute::kProvince, "ST"},
                                                {attribute::kStreetAddress, "STREET"},
                                                {attribute::kPostalCode, "POSTALCODE"}}};

std::string encoded_value(std::string_view value) { return der::element(is_printable_string(value) ? der::kPrintableString : der::kUtf8String, {value}); }

std::string encoded(const NameAttribute& attribute) { return der::sequence({der::oid(attribute.oid), encoded_value(attribute.value)}); }

std::string escaped(std::string_view value) {
  std::string text;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool special = std::string_view(",+\"\\<>;").find(c) != std::string_view::npos;
    const bool at_edge = (c == ' ' && (i == 0 || i + 1 == value.size())) || (c == '#' && i == 0);
    if (special || at_edge) text.push_back('\\');
    text.push_back(c);
  }
  return text;
}

std::string text_of(const NameAttribute& attribute) {
  for (const ShortName& name : kShortNames) {
    if (name.oid == attribute.oid) return std::string(name.text) + "=" + escaped(attribute.value);
  }
  std::string text = attribute.oid + "=#";
  for (const char c : encoded_value(attribute.value)) {
    text.push_back("0123456789abcdef"[static_cast<uint8_t>(c) >> 4]);
    text.push_back("0123456789abcdef"[static_cast<uint8_t>(c) & 15]);
  }
  return text;
}

base::Result<std::string> read_text(const der::Element& value) {
  switch (value.tag) {
    case der::kUtf8String:
    case der::kPrintableString:
    case der::kIa5String:
    case 0x12:  // NumericString
      if (!is_utf8(value.content)) return base::invalid("x509: invalid text in a name");
      return std::string(value.content);
    case der::kTeletexString: return utf8_of_latin1(value.content);
    case der::kBmpString: return utf8_of_utf16(value.content);
    default: return base::invalid("x509: unsupported kind of text in a name");
  }
}

base::Result<RelativeName> read_part(std::string_view content) {
  RelativeName part;
  der::Reader attributes(content);
  while (!attributes.at_end()) {
    ASSIGN_OR_RETURN(der::Reader attribute, attributes.open(der::kSequence));
    ASSIGN_OR_RETURN(const std::string_view oid, attribute.take(der::kOid));
    ASSIGN_OR_RETURN(const der::Element value, attribute.next());
    TRY(attribute.end());
    NameAttribute read;
    ASSIGN_OR_RETURN(read.oid, der::read_oid(oid));
    ASSIGN_OR_RETURN(read.value, read_text(value));
    part.push_back(std::move(read));
  }
  if (part.empty()) return der::malformed();
  return part;
}

}  // namespace

std::vector<std::string> Name::values(std::string_view oid) const {
  std::vector<std::string> found;
  for (const RelativeName& part : parts) {
    for (const NameAttribute& attribute : part) {
      if (attribute.oid == oid) found.push_back(attribute.value);
    }
  }
  return found;
}

std::string Name::last(std::string_view oid) const {
  const std::vector<std::string> found = values(oid);
  return found.empty() ? "" : found.back();
}

void Name::add(std::string_view oid, const std::vector<std::string>& added) {
  RelativeName part;
  for (const std::string& value : added) part.push_back({std::string(oid), value});
  if (!part.empty()) parts.push_back(std::move(part));
}

std::string Name::text() const {
  std::string text;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!text.empty()) text += ",";
    for (size_t i = 0; i < part->size(); ++i) text += (i == 0 ? "" : "+") + text_of((*part)[i]);
  }
  return text;
}

base::Result<std::string> encode(const Name& name) {
  std::string content;
  for (const RelativeName& part : name.parts) {
    std::vector<std::string> attributes;
    for (const NameAttribute& attribute : part) {
      if (!is_utf8(attribute.value)) return base::invalid("a name that is not UTF-8");
      attributes.push_back(encoded(attribute));
    }
    std::sort(attributes.begin(), attributes.end());
    std::string joined;
    for (const std::string& attribute : attributes) joined += attribute;
    content += der::element(der::kSet, {joined});
  }
  return der::sequence({content});
}

base::Result<Name> parse_name(std::string_view bytes) {
  der::Reader whole(bytes);
  ASSIGN_OR_RETURN(der::Reader parts, whole.open(der::kSequence));
  TRY(whole.end());
  Name name;
  while (!parts.at_end()) {
    ASSIGN_OR_RETURN(const std::string_view content, parts.take(der::kSet));
    ASSIGN_OR_RETURN(RelativeName part, read_part(content));
    name.parts.push_back(std::move(part));
  }
  return name;
}

}  // namespace bao::crypto::x509
