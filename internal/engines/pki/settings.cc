// config/issuers, config/keys, config/urls and config/cluster.
#include "internal/engines/pki/endpoints.h"
#include "internal/engines/pki/fields.h"
#include "internal/engines/pki/layout.h"
#include "internal/engines/pki/signer.h"

namespace bao::engines::pki {
namespace {

using codec::Json;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Response;

Reply read_issuers(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  return Response::of(issuer_config_answer(*authorities));
}

Reply write_issuers(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  TRY(authorities.choose_default_issuer(call.fields.string("default")));
  if (call.fields.has("default_follows_latest_issuer")) {
    authorities.issuer_config.default_follows_latest_issuer = call.fields.boolean("default_follows_latest_issuer");
  }
  TRY(authorities.save_issuer_config(view));
  Response response = Response::of(issuer_config_answer(authorities));
  if (authorities.issuers.at(authorities.issuer_config.default_id).entry.key_id.empty()) {
    response.warnings.push_back("This selected default issuer has no key associated with it. Some operations like issuing certificates and signing CRLs will be unavailable with the requested default issuer until a key is imported or the default issuer is changed.");
  }
  return response;
}

Reply read_keys(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  return Response::of(Json::object({{"default", authorities->key_config.default_id}}));
}

Reply write_keys(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  TRY(authorities.choose_default_key(call.fields.string("default")));
  TRY(authorities.save_key_config(view));
  return Response::of(Json::object({{"default", authorities.key_config.default_id}}));
}

Json answer_of(const UrlConfig& urls) {
  const Json record = urls.record();
  return Json::object(record.members());
}

Reply read_urls(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  return Response::of(answer_of(authorities->urls));
}

Reply write_urls(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  UrlConfig urls = authorities.urls;
  if (call.fields.has("enable_templating")) urls.enable_templating = call.fields.boolean("enable_templating");
  for (const auto& [name, list] : {std::pair("issuing_certificates", &urls.issuing_certificates),
                                   std::pair("crl_distribution_points", &urls.crl_distribution_points),
                                   std::pair("delta_crl_distribution_points", &urls.delta_crl_distribution_points),
                                   std::pair("ocsp_servers", &urls.ocsp_servers)}) {
    if (!call.fields.has(name)) continue;
    *list = call.fields.strings(name);
    if (!urls.enable_templating) TRY(check_urls(**list, name));
  }
  TRY(view.put(layout::kUrls, write_stored(urls.record(), urls.stored)));
  Response response = Response::of(answer_of(urls));
  if (const auto filled = fill_in(urls, authorities.cluster, "issuer-id"); !filled.ok()) {
    response.warnings.push_back("issuance may fail: " + filled.error().message() +
                                "\n\nConsider setting the cluster-local address if it is not already set.");
  }
  return response;
}

Json answer_of(const ClusterConfig& cluster) { return Json::object({{"path", cluster.path}, {"aia_path", cluster.aia_path}}); }

Reply read_cluster(const MountStore& store, const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const AuthoritiesPointer authorities, store.authorities(view));
  return Response::of(answer_of(authorities->cluster));
}

Reply write_cluster(const MountStore&, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(Authorities authorities, Authorities::load(view));
  ClusterConfig cluster = authorities.cluster;
  for (const auto& [name, member] : {std::pair("path", &cluster.path), std::pair("aia_path", &cluster.aia_path)}) {
    if (!call.fields.has(name)) continue;
    *member = call.fields.string(name);
    if (!is_url(*member)) return failure("invalid, non-URL " + std::string(name) + " given to cluster: " + *member);
  }
  TRY(view.put(layout::kCluster, cluster.write()));
  return Response::of(answer_of(cluster));
}

template <typename Read, typename Write>
void add(std::vector<Path>& paths, const MountStore& store, const char* pattern, FieldList fields, Read read, Write write,
         const char* synopsis) {
  Path path;
  path.pattern = pattern;
  path.fields = std::move(fields);
  path.handlers = {{Operation::read, logical::Reads{reading(read, store)}}, {Operation::update, logical::Writes{writing(write, store)}}};
  path.synopsis = synopsis;
  paths.push_back(std::move(path));
}

}  // namespace

void add_settings_paths(std::vector<Path>& paths, const MountStore& store) {
  add(paths, store, "config/issuers",
      {{"default", FieldType::string, "The default issuer: its id or name."},
       {"default_follows_latest_issuer", FieldType::boolean, "Whether a new issuer becomes the default."}},
      read_issuers, write_issuers, "Read and set the default issuer certificate for signing.");
  add(paths, store, "config/keys", {{"default", FieldType::string, "The default key: its id or name."}}, read_keys, write_keys,
      "Read and set the default key used for signing");
  add(paths, store, "config/urls",
      {{"issuing_certificates", FieldType::comma_list, "URLs of the issuer's certificate."},
       {"crl_distribution_points", FieldType::comma_list, "URLs of its lists."},
       {"delta_crl_distribution_points", FieldType::comma_list, "URLs of its delta lists."},
       {"ocsp_servers", FieldType::comma_list, "URLs of OCSP servers."},
       {"enable_templating", FieldType::boolean, "Whether those URLs are templates."}},
      read_urls, write_urls, "Set the URLs for the issuing CA, CRL distribution points, and OCSP servers.");
  add(paths, store, "config/cluster",
      {{"path", FieldType::string, "This mount's URL in the API."}, {"aia_path", FieldType::string, "Where its AIA documents are served."}},
      read_cluster, write_cluster, "Set cluster-local configuration, including address to this cluster.");
}

}  // namespace bao::engines::pki
