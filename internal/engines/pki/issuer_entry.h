// What is stored of an issuer and of a key (openbao-storage.md 7), and of the mount's choice among them. Values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/codec/json.h"
#include "internal/engines/pki/url_config.h"

namespace bao::engines::pki {

enum class NotAfterBehavior : uint8_t { err = 0, truncate = 1, permit = 2 };
std::string_view behavior_name(NotAfterBehavior behavior);
std::optional<NotAfterBehavior> behavior_by_name(std::string_view name);

// A set of them is their sum; reading is always allowed.
enum IssuerUsage : uint32_t { kIssuing = 2, kCrlSigning = 4, kOcspSigning = 8, kAllUsages = 14 };
std::string usage_names(uint32_t usages);  // "crl-signing,issuing-certificates,ocsp-signing,read-only"
// Errors: invalid, in the reference's words.
base::Result<uint32_t> usages_by_names(const std::vector<std::string>& names);

struct IssuerEntry {
  std::string id, name, key_id;
  std::string certificate;  // PEM with a newline at its end, as are those of the chain
  std::vector<std::string> ca_chain{};
  List manual_chain{};      // issuer ids
  std::string serial_number{};  // "3a:0f"
  NotAfterBehavior not_after_behavior = NotAfterBehavior::err;
  uint32_t usage = kAllUsages;
  int64_t revocation_signature_algorithm = 0;  // x509::SignatureAlgorithm; 0: as the key wants
  bool revoked = false;
  int64_t revocation_time = 0;
  std::string revocation_time_utc = "0001-01-01T00:00:00Z";
  std::optional<UrlConfig> urls{};  // in place of the mount's
  std::string last_modified = "0001-01-01T00:00:00Z";
  int64_t version = 1;
  codec::Json stored{};

  static base::Result<IssuerEntry> parse(std::string_view bytes);
  std::string write() const;
};

struct KeyEntry {
  std::string id, name, type;  // "rsa", "ec", "ed25519"
  std::shared_ptr<const base::SecretBytes> private_key{};  // PEM; nullptr where it was parsed and is not to be stored again
  codec::Json stored{};        // without the key

  static base::Result<KeyEntry> parse(std::string_view bytes);
  std::string write() const;
};

struct IssuerConfig {
  std::string default_id;
  bool default_follows_latest_issuer = false;
  codec::Json stored{};
  static base::Result<IssuerConfig> parse(std::string_view bytes);
  std::string write() const;
};

struct KeyConfig {
  std::string default_id;
  codec::Json stored{};
  static base::Result<KeyConfig> parse(std::string_view bytes);
  std::string write() const;
};

}  // namespace bao::engines::pki
