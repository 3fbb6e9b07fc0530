// Extensions of certificates and requests (RFC 5280 4.2), and the small values in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bao::crypto::x509 {

struct Extension {
  std::string oid;
  bool critical = false;
  std::string value;  // DER
  bool operator==(const Extension&) const = default;
};

namespace extension {
inline constexpr char kSubjectKeyId[] = "2.5.29.14";
inline constexpr char kKeyUsage[] = "2.5.29.15";
inline constexpr char kAlternativeNames[] = "2.5.29.17";
inline constexpr char kBasicConstraints[] = "2.5.29.19";
inline constexpr char kCrlNumber[] = "2.5.29.20";
inline constexpr char kReasonCode[] = "2.5.29.21";
inline constexpr char kDeltaCrlIndicator[] = "2.5.29.27";
inline constexpr char kIssuingDistributionPoint[] = "2.5.29.28";
inline constexpr char kNameConstraints[] = "2.5.29.30";
inline constexpr char kCrlDistributionPoints[] = "2.5.29.31";
inline constexpr char kCertificatePolicies[] = "2.5.29.32";
inline constexpr char kAuthorityKeyId[] = "2.5.29.35";
inline constexpr char kExtendedKeyUsage[] = "2.5.29.37";
inline constexpr char kFreshestCrl[] = "2.5.29.46";
inline constexpr char kAuthorityInformationAccess[] = "1.3.6.1.5.5.7.1.1";
inline constexpr char kOcspNoCheck[] = "1.3.6.1.5.5.7.48.1.5";
}  // namespace extension

// A set of them is their sum. Bit i is bit i of RFC 5280's KeyUsage.
enum KeyUsage : uint16_t {
  kDigitalSignature = 1, kContentCommitment = 2, kKeyEncipherment = 4, kDataEncipherment = 8, kKeyAgreement = 16,
  kCertSign = 32, kCrlSign = 64, kEncipherOnly = 128, kDecipherOnly = 256,
};

namespace extended_usage {
inline constexpr char kAny[] = "2.5.29.37.0";
inline constexpr char kServerAuth[] = "1.3.6.1.5.5.7.3.1";
inline constexpr char kClientAuth[] = "1.3.6.1.5.5.7.3.2";
inline constexpr char kCodeSigning[] = "1.3.6.1.5.5.7.3.3";
inline constexpr char kEmailProtection[] = "1.3.6.1.5.5.7.3.4";
inline constexpr char kIpsecEndSystem[] = "1.3.6.1.5.5.7.3.5";
inline constexpr char kIpsecTunnel[] = "1.3.6.1.5.5.7.3.6";
inline constexpr char kIpsecUser[] = "1.3.6.1.5.5.7.3.7";
inline constexpr char kTimeStamping[] = "1.3.6.1.5.5.7.3.8";
inline constexpr char kOcspSigning[] = "1.3.6.1.5.5.7.3.9";
inline constexpr char kMicrosoftServerGatedCrypto[] = "1.3.6.1.4.1.311.10.3.3";
inline constexpr char kNetscapeServerGatedCrypto[] = "2.16.840.1.113730.4.1";
inline constexpr char kMicrosoftCommercialCodeSigning[] = "1.3.6.1.4.1.311.2.1.22";
inline constexpr char kMicrosoftKernelCodeSigning[] = "1.3.6.1.4.1.311.61.1.1";
}  // namespace extended_usage

struct BasicConstraints {
  bool ca = false;
  std::optional<int> path_length;  // counts for a CA only
  bool operator==(const BasicConstraints&) const = default;
};

// A certificate policy with what may go with it (RFC 5280 4.2.1.4).
struct Policy {
  std::string oid;
  std::string practice_statement{};  // URI; "" for none
  std::string notice{};              // text for the user; "" for none
  bool operator==(const Policy&) const = default;
};

// Dotted numbers that are read and written here: "1.2.3", the first 0 to 2, the second below 40 under 0 and 1, none beyond
// kOidNumberMax.
inline constexpr uint64_t kOidNumberMax = (uint64_t{1} << 56) - 1;
bool is_oid(std::string_view text);

// The value of such an extension.
std::string encode_basic_constraints(const BasicConstraints& constraints);
std::string encode_key_usage(uint16_t usages);
// ENSURE: OIDs are OIDs.
std::string encode_extended_key_usages(const std::vector<std::string>& oids);

}  // namespace bao::crypto::x509
