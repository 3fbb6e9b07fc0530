// Where a certificate says that its issuer, its lists and its status are to be found: of the mount or of one issuer. Values.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/engines/pki/stored_json.h"
#include "internal/logical/field.h"

namespace bao::engines::pki {

struct UrlConfig {
  List issuing_certificates, crl_distribution_points, delta_crl_distribution_points, ocsp_servers;
  bool enable_templating = false;
  codec::Json stored{};  // as it was read

  static base::Result<UrlConfig> parse(const codec::Json& json);
  codec::Json record() const;
  bool empty() const;
};

struct ClusterConfig {
  std::string path, aia_path;
  codec::Json stored{};
  static base::Result<ClusterConfig> parse(std::string_view bytes);
  std::string write() const;
};

// What stands in certificates: templates filled in.
struct Urls {
  std::vector<std::string> issuing_certificates, crl_distribution_points, delta_crl_distribution_points, ocsp_servers;
  bool empty() const { return issuing_certificates.empty() && crl_distribution_points.empty() && ocsp_servers.empty(); }
};
// Errors: invalid, in the reference's words, where the cluster has no path that a template needs or the outcome is no URL.
base::Result<Urls> fill_in(const UrlConfig& config, const ClusterConfig& cluster, const std::string& issuer_id);
bool names_issuer_id(const UrlConfig& config);

bool is_url(std::string_view text);
// The first that is none, as an error about the parameter.
base::Status check_urls(const std::vector<std::string>& urls, std::string_view parameter);

}  // namespace bao::engines::pki
