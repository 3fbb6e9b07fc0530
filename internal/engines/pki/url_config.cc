#include "internal/engines/pki/url_config.h"

#include <algorithm>

namespace bao::engines::pki {
namespace {

using codec::Json;

bool any_contains(const List& list, std::string_view text) {
  return list && std::any_of(list->begin(), list->end(), [&](const std::string& url) { return url.find(text) != std::string::npos; });
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

base::Result<std::vector<std::string>> fill_in(const List& list, std::string_view parameter, bool templates, const ClusterConfig& cluster,
                                               const std::string& issuer_id) {
  std::vector<std::string> filled = list.value_or(std::vector<std::string>());
  if (!templates) return filled;
  for (std::string& url : filled) {
    const std::string before = url;
    for (const auto& [name, value] : {std::pair("cluster_path", cluster.path), std::pair("cluster_aia_path", cluster.aia_path)}) {
      const std::string field = "{{" + std::string(name) + "}}";
      if (url.find(field) == std::string::npos) continue;
      if (value.empty()) {
        const char* what = field == "{{cluster_path}}" ? "path" : "aia_path";
        return base::invalid("unable to template AIA URLs as we lack local cluster address information (" + std::string(what) + ")");
      }
      replace_all(url, field, value);
    }
    replace_all(url, "{{issuer_id}}", issuer_id);
    if (!is_url(url)) return base::invalid("error validating templated " + std::string(parameter) + "; invalid URI: " + before);
  }
  return filled;
}

}  // namespace

base::Result<UrlConfig> UrlConfig::parse(const Json& json) {
  UrlConfig config;
  config.issuing_certificates = list_of(json["issuing_certificates"]);
  config.crl_distribution_points = list_of(json["crl_distribution_points"]);
  config.delta_crl_distribution_points = list_of(json["delta_crl_distribution_points"]);
  config.ocsp_servers = list_of(json["ocsp_servers"]);
  config.enable_templating = json["enable_templating"].as_bool();
  config.stored = json;
  return config;
}

Json UrlConfig::record() const {
  return Json::record({{"issuing_certificates", list_json(issuing_certificates)},
                       {"crl_distribution_points", list_json(crl_distribution_points)},
                       {"delta_crl_distribution_points", list_json(delta_crl_distribution_points)},
                       {"ocsp_servers", list_json(ocsp_servers)},
                       {"enable_templating", enable_templating}});
}

bool UrlConfig::empty() const {
  for (const List* list : {&issuing_certificates, &crl_distribution_points, &delta_crl_distribution_points, &ocsp_servers}) {
    if (*list && !(*list)->empty()) return false;
  }
  return true;
}

base::Result<ClusterConfig> ClusterConfig::parse(std::string_view bytes) {
  ClusterConfig config;
  ASSIGN_OR_RETURN(config.stored, parse_stored(bytes));
  config.path = config.stored["path"].as_string();
  config.aia_path = config.stored["aia_path"].as_string();
  return config;
}

std::string ClusterConfig::write() const { return write_stored(Json::record({{"path", path}, {"aia_path", aia_path}}), stored); }

base::Result<Urls> fill_in(const UrlConfig& config, const ClusterConfig& cluster, const std::string& issuer_id) {
  const bool templates = config.enable_templating;
  Urls urls;
  ASSIGN_OR_RETURN(urls.issuing_certificates, fill_in(config.issuing_certificates, "issuing_certificates", templates, cluster, issuer_id));
  ASSIGN_OR_RETURN(urls.crl_distribution_points,
                   fill_in(config.crl_distribution_points, "crl_distribution_points", templates, cluster, issuer_id));
  ASSIGN_OR_RETURN(urls.delta_crl_distribution_points,
                   fill_in(config.delta_crl_distribution_points, "delta_crl_distribution_points", templates, cluster, issuer_id));
  ASSIGN_OR_RETURN(urls.ocsp_servers, fill_in(config.ocsp_servers, "ocsp_servers", templates, cluster, issuer_id));
  return urls;
}

bool names_issuer_id(const UrlConfig& config) {
  return config.enable_templating &&
         (any_contains(config.issuing_certificates, "{{issuer_id}}") || any_contains(config.crl_distribution_points, "{{issuer_id}}") ||
          any_contains(config.delta_crl_distribution_points, "{{issuer_id}}") || any_contains(config.ocsp_servers, "{{issuer_id}}"));
}

bool is_url(std::string_view text) {
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0 || text.size() == colon + 3) return false;
  const bool letter_first = std::isalpha(static_cast<unsigned char>(text[0])) != 0;
  const bool scheme = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](unsigned char c) {
    return std::isalnum(c) || c == '+' || c == '-' || c == '.';
  });
  const bool clean = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '{' || c == '}'; });
  return letter_first && scheme && clean;
}

base::Status check_urls(const std::vector<std::string>& urls, std::string_view parameter) {
  for (const std::string& url : urls) {
    if (!is_url(url)) {
      return base::invalid("invalid URL found in Authority Information Access (AIA) parameter " + std::string(parameter) + ": " + url);
    }
  }
  return {};
}

}  // namespace bao::engines::pki
