// Revocation lists that somebody else keeps, signed by an issuer of the mount: lists joined and signed anew (resign-crls), and one made
// of given entries (sign-revocation-list). Nothing is stored.
#include <array>
#include <cstdio>
#include <map>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/revocation_paths.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using storage::ReadView;

// By serial number, so that each stands there once.
using Entries = std::map<std::string, x509::RevokedCertificate>;

base::Error of_entry(const char* member, size_t index, const std::string& what) {
  return base::invalid("failed parsing " + std::string(member) + " from entry " + std::to_string(index) + ": " + what);
}

base::Result<x509::CrlTemplate> template_of(const Call& call) {
  x509::CrlTemplate content;
  const int64_t number = call.fields.integer("crl_number"), base_number = call.fields.integer("delta_crl_base_number");
  if (number < 0) return base::invalid("crl_number parameter must be 0 or greater");
  if (base_number < -1) return base::invalid("delta_crl_base_number parameter must be -1 or greater");
  content.number = static_cast<uint64_t>(number);
  if (base_number >= 0) content.delta_base = static_cast<uint64_t>(base_number);
  const auto life = base::parse_api_duration(call.fields.string("next_update"));
  if (!life.ok()) return base::invalid("invalid value for next_update: " + life.error().message());
  if (*life <= base::Duration(0)) return base::invalid("next_update parameter must be greater than 0");
  content.this_update = std::chrono::floor<std::chrono::seconds>(call.now);
  content.next_update = std::chrono::floor<std::chrono::seconds>(call.now + *life);
  return content;
}

base::Status check_format(const Call& call) {
  const std::string format = call.fields.string("format");
  if (format == "pem" || format == "der") return {};
  return base::invalid("unknown format value of " + format);
}

base::Result<const Revoker*> signer_of(const std::vector<Revoker>& revokers, const Call& call) {
  const std::string reference = call.fields.string("issuer_ref");
  const Revoker* revoker = find_revoker(revokers, reference);
  if (!revoker) return base::invalid("failed to resolve issuer issuer_ref: unable to find PKI issuer for reference: " + reference);
  if (!revoker->signs_crls || !revoker->key) return base::invalid("the issuer " + reference + " may not sign revocation lists");
  return revoker;
}

Reply signed_list(const Call& call, const Revoker& revoker, const x509::CrlTemplate& content, const Entries& entries) {
  x509::RevokedList list;
  for (const auto& [serial, entry] : entries) TRY(list.add(entry));
  ASSIGN_OR_RETURN(const std::string der, x509::sign_crl(content, list, revoker.signer()));
  const std::string text = call.fields.string("format") == "der" ? codec::to_base64(der) : x509::pem(x509::kCrlBlock, der);
  return logical::Response::of(Json::object({{"crl", text}}));
}

base::Result<x509::Crl> read_list(const std::string& text, const Revoker& revoker) {
  const auto blocks = x509::parse_pem_bundle(text);
  if (!blocks.ok() || blocks->size() != 1) return base::invalid("invalid crl; should be one PEM block only");
  ASSIGN_OR_RETURN(x509::Crl crl, x509::parse_crl(blocks->front().der.reveal()));
  if (!crl.is_signed_by(revoker.certificate->public_key)) return base::invalid("the list is not signed by this issuer");
  return crl;
}

Reply resign(const RevokerSource& revokers, const Call& call, const ReadView& view) {
  TRY(check_format(call));
  ASSIGN_OR_RETURN(const x509::CrlTemplate content, template_of(call));
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  ASSIGN_OR_RETURN(const Revoker* revoker, signer_of(*all, call));
  Entries entries;
  size_t index = 0;
  for (const std::string& text : call.fields.strings("crls")) {
    auto crl = read_list(text, *revoker);
    if (!crl.ok()) return base::invalid("failed decoding crl " + std::to_string(index) + ": " + crl.error().message());
    for (x509::RevokedCertificate& entry : crl->revoked) {
      x509::RevokedCertificate& kept = entries.try_emplace(entry.serial, entry).first->second;
      kept.revoked_at = std::min(kept.revoked_at, entry.revoked_at);
    }
    ++index;
  }
  return signed_list(call, *revoker, content, entries);
}

// Pairs of hexadecimal digits, with or without separators.
base::Result<std::string> serial_of(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':' && c != '-' && c != ' ') digits.push_back(c);
  }
  const size_t wrong = digits.find_first_not_of("0123456789abcdefABCDEF");
  if (wrong != std::string::npos) {
    std::array<char, 64> text_of_error{};
    std::snprintf(text_of_error.data(), text_of_error.size(), "encoding/hex: invalid byte: U+%04X '%c'", static_cast<unsigned char>(digits[wrong]), digits[wrong]);
    return base::invalid(text_of_error.data());
  }
  if (digits.size() % 2 != 0) return base::invalid("encoding/hex: odd length hex string");
  ASSIGN_OR_RETURN(std::string serial, codec::from_hex(digits));
  serial.erase(0, serial.find_first_not_of('\0'));
  return serial;
}

base::Result<x509::Extension> extension_of(const Json& given) {
  x509::Extension extension;
  extension.oid = given["id"].as_string();
  extension.critical = given["critical"].as_bool();
  if (!x509::is_oid(extension.oid)) return base::invalid("not an OID: \"" + extension.oid + "\"");
  ASSIGN_OR_RETURN(extension.value, codec::from_base64(given["value"].as_string()));
  return extension;
}

base::Result<std::vector<x509::Extension>> extensions_of(const Json& given) {
  std::vector<x509::Extension> extensions;
  for (const Json& each : given.items()) {
    ASSIGN_OR_RETURN(x509::Extension extension, extension_of(each));
    const bool ours = extension.oid == x509::extension::kCrlNumber || extension.oid == x509::extension::kDeltaCrlIndicator ||
                      extension.oid == x509::extension::kAuthorityKeyId;
    if (ours) return base::invalid("the extension " + extension.oid + " is set by the server");
    extensions.push_back(std::move(extension));
  }
  return extensions;
}

base::Result<x509::RevokedCertificate> entry_of(const Json& given, size_t index) {
  x509::RevokedCertificate entry;
  if (!given["serial_number"].is_string()) return of_entry("serial_number", index, "missing 'serial_number' field");
  auto serial = serial_of(given["serial_number"].as_string());
  if (!serial.ok()) return of_entry("serial_number", index, "'serial_number' failed converting to bytes: " + serial.error().message());
  entry.serial = std::move(*serial);
  const Json& time = given["revocation_time"];
  if (time.is_null()) return of_entry("revocation_time", index, "missing 'revocation_time' field");
  const auto number = time.as_int();
  const auto moment = base::parse_rfc3339(time.text());
  if (number.ok()) entry.revoked_at = x509::Seconds(std::chrono::seconds(*number));
  else if (moment.ok()) entry.revoked_at = std::chrono::floor<std::chrono::seconds>(*moment);
  else return of_entry("revocation_time", index, "failed parsing time " + time.text() + ": could not parse string as date and time");
  auto extensions = extensions_of(given["extensions"]);
  if (!extensions.ok()) return of_entry("extensions", index, extensions.error().message());
  entry.extensions = std::move(*extensions);
  return entry;
}

Reply sign_given(const RevokerSource& revokers, const Call& call, const ReadView& view) {
  TRY(check_format(call));
  ASSIGN_OR_RETURN(x509::CrlTemplate content, template_of(call));
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  ASSIGN_OR_RETURN(const Revoker* revoker, signer_of(*all, call));
  Entries entries;
  size_t index = 0;
  const Json given_entries = call.fields.json("revoked_certs");
  for (const Json& given : given_entries.items()) {
    ASSIGN_OR_RETURN(x509::RevokedCertificate entry, entry_of(given, index));
    entries[entry.serial] = std::move(entry);
    ++index;
  }
  auto extensions = extensions_of(call.fields.json("extensions"));
  if (!extensions.ok()) return base::invalid("failed parsing extensions: " + extensions.error().message());
  content.extensions = std::move(*extensions);
  return signed_list(call, *revoker, content, entries);
}

using Endpoint = Reply (*)(const RevokerSource&, const Call&, const ReadView&);
logical::Path signing_path(const RevokerSource& revokers, const char* pattern, Endpoint endpoint, std::vector<logical::Field> fields) {
  logical::Path path;
  path.pattern = pattern;
  path.fields = {{"issuer_ref", FieldType::string, "Name or id of an issuer, or \"default\"."},
                 {"crl_number", FieldType::integer, "The number of the list."},
                 {"delta_crl_base_number", FieldType::integer, "The complete list that a delta list stands on; -1: a complete list.", -1},
                 {"next_update", FieldType::string, "How long the list is good for.", "72h"},
                 {"format", FieldType::string, "pem or der.", "pem"}};
  path.fields.insert(path.fields.end(), fields.begin(), fields.end());
  path.handlers = {{Operation::update, logical::Reads{[&revokers, endpoint](const Call& call, const ReadView& view) { return endpoint(revokers, call, view); }},
                    "Sign a revocation list."}};
  path.synopsis = "Combine and sign with the provided issuer different CRLs or entries";
  path.description = "The list is answered and not stored.";
  return path;
}

}  // namespace

std::vector<logical::Path> crl_signing_paths(const RevokerSource& revokers) {
  std::vector<logical::Path> paths;
  paths.push_back(signing_path(revokers, "issuer/{issuer_ref}/resign-crls", resign,
                               {{"crls", FieldType::string_list, "Revocation lists in PEM that this issuer's key signed."}}));
  paths.push_back(signing_path(revokers, "issuer/{issuer_ref}/sign-revocation-list", sign_given,
                               {{"revoked_certs", FieldType::list, "Entries: serial_number, revocation_time, extensions."},
                                {"extensions", FieldType::list, "Extensions of the list: id, critical, value in base64."}}));
  return paths;
}

}  // namespace bao::engines::pki
