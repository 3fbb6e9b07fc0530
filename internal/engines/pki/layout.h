// Which keys of the mount hold what (openbao-storage.md 7).
#pragma once

#include <string>
#include <string_view>

namespace bao::engines::pki::layout {

inline constexpr char kIssuers[] = "config/issuer/";
inline constexpr char kKeys[] = "config/key/";
inline constexpr char kIssuerConfig[] = "config/issuers";
inline constexpr char kKeyConfig[] = "config/keys";
inline constexpr char kUrls[] = "urls";
inline constexpr char kCluster[] = "config/cluster";
inline constexpr char kRoles[] = "role/";
inline constexpr char kCelRoles[] = "cel/role/";
inline constexpr char kCertificates[] = "certs/";
inline constexpr char kRevoked[] = "revoked/";

inline std::string role(std::string_view name) { return std::string(kRoles).append(name); }
inline std::string cel_role(std::string_view name) { return std::string(kCelRoles).append(name); }

}  // namespace bao::engines::pki::layout
