#include "internal/engines/pki/authorities.h"

#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/extension.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/chain.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/layout.h"

namespace bao::engines::pki {
namespace {

using storage::ReadView;
using storage::WriteView;

constexpr char kDefault[] = "default";

base::Result<Issuer> read_issuer(const ReadView& view, const std::string& id) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(layout::kIssuers + id));
  if (!bytes) return base::corrupt("an issuer that was listed is not there");
  ASSIGN_OR_RETURN(IssuerEntry entry, IssuerEntry::parse(*bytes));
  auto certificate = x509::parse_certificate_pem(entry.certificate);
  if (!certificate.ok()) return base::corrupt("the certificate of issuer " + id + " can't be read: " + certificate.error().message());
  return Issuer{std::move(entry), std::move(*certificate)};
}

base::Result<Key> read_key(const ReadView& view, const std::string& id) {
  ASSIGN_OR_RETURN(auto bytes, view.get(layout::kKeys + id));
  if (!bytes) return base::corrupt("a key that was listed is not there");
  ASSIGN_OR_RETURN(KeyEntry entry, KeyEntry::parse(*bytes));
  base::wipe(*bytes);
  auto pair = x509::PrivateKey::parse_pem(entry.private_key->reveal());
  return Key{std::move(entry), pair.ok() ? std::optional(*pair) : std::nullopt};
}

// What a CA certificate allows its key: all where it doesn't say.
uint32_t usages_of(const x509::Certificate& certificate) {
  uint32_t usages = kAllUsages;
  if (!certificate.may_sign_crls()) usages &= ~static_cast<uint32_t>(kCrlSigning);
  return usages;
}

}  // namespace

base::Result<Authorities> Authorities::load(const ReadView& view) {
  Authorities all;
  ASSIGN_OR_RETURN(const auto issuer_ids, view.list(layout::kIssuers));
  for (const std::string& id : issuer_ids) {
    ASSIGN_OR_RETURN(Issuer issuer, read_issuer(view, id));
    all.issuers.emplace(id, std::move(issuer));
  }
  ASSIGN_OR_RETURN(const auto key_ids, view.list(layout::kKeys));
  for (const std::string& id : key_ids) {
    ASSIGN_OR_RETURN(Key key, read_key(view, id));
    all.keys.emplace(id, std::move(key));
  }
  ASSIGN_OR_RETURN(const auto issuer_config, view.get(layout::kIssuerConfig));
  if (issuer_config) {
    ASSIGN_OR_RETURN(all.issuer_config, IssuerConfig::parse(*issuer_config));
  }
  ASSIGN_OR_RETURN(const auto key_config, view.get(layout::kKeyConfig));
  if (key_config) {
    ASSIGN_OR_RETURN(all.key_config, KeyConfig::parse(*key_config));
  }
  ASSIGN_OR_RETURN(const auto urls, view.get(layout::kUrls));
  if (urls) {
    ASSIGN_OR_RETURN(const codec::Json json, parse_stored(*urls));
    ASSIGN_OR_RETURN(all.urls, UrlConfig::parse(json));
  } else {
    const std::vector<std::string> none;
    all.urls = UrlConfig{none, none, none, none};
  }
  ASSIGN_OR_RETURN(const auto cluster, view.get(layout::kCluster));
  if (cluster) {
    ASSIGN_OR_RETURN(all.cluster, ClusterConfig::parse(*cluster));
  }
  return all;
}

std::vector<Revoker> Authorities::revokers() const {
  std::vector<Revoker> all;
  for (const auto& [id, issuer] : issuers) {
    const IssuerEntry& entry = issuer.entry;
    Revoker revoker{.id = id, .name = entry.name, .is_default = id == issuer_config.default_id,
                    .certificate = std::make_shared<const x509::Certificate>(issuer.certificate)};
    if (const Key* key = key_of(issuer); key != nullptr && key->pair) {
      revoker.key = key->pair;
      revoker.signs_crls = (entry.usage & kCrlSigning) != 0;
      revoker.signs_ocsp = (entry.usage & kOcspSigning) != 0;
    }
    revoker.algorithm = static_cast<x509::SignatureAlgorithm>(entry.revocation_signature_algorithm);
    if (entry.revoked) revoker.revoked_at = base::Time(std::chrono::seconds(entry.revocation_time));
    if (auto filled = fill_in(urls_of(issuer), cluster, id); filled.ok()) revoker.delta_urls = std::move(filled->delta_crl_distribution_points);
    all.push_back(std::move(revoker));
  }
  return all;
}

base::Status rebuild_lists(WriteView& view, const Authorities& authorities, base::Time now) {
  return rebuild_crls(view, authorities.revokers(), now);
}

base::Result<const Issuer*> Authorities::find_issuer(std::string_view reference) const {
  std::string id(reference);
  if (reference == kDefault) {
    id = issuer_config.default_id;
    if (id.empty()) return base::invalid("no default issuer currently configured");
  }
  if (const auto found = issuers.find(id); found != issuers.end()) return &found->second;
  for (const auto& [unused, issuer] : issuers) {
    if (!reference.empty() && issuer.entry.name == reference) return &issuer;
  }
  return base::invalid("unable to find PKI issuer for reference: " + std::string(reference));
}

base::Result<const Key*> Authorities::find_key(std::string_view reference) const {
  std::string id(reference);
  if (reference == kDefault) {
    id = key_config.default_id;
    if (id.empty()) return base::invalid("no default key currently configured");
  }
  if (const auto found = keys.find(id); found != keys.end()) return &found->second;
  for (const auto& [unused, key] : keys) {
    if (!reference.empty() && key.entry.name == reference) return &key;
  }
  return base::invalid("unable to find PKI key for reference: " + std::string(reference));
}

const Key* Authorities::key_of(const Issuer& issuer) const {
  const auto found = keys.find(issuer.entry.key_id);
  return found == keys.end() ? nullptr : &found->second;
}

bool is_reference_name(std::string_view name) {
  const auto word = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  if (name.empty() || !word(static_cast<unsigned char>(name.front())) || !word(static_cast<unsigned char>(name.back()))) return false;
  return std::all_of(name.begin(), name.end(), [&](unsigned char c) { return word(c) || c == '-' || c == '.'; });
}

base::Status Authorities::check_new_issuer_name(const std::string& name) const {
  if (name.empty()) return {};
  if (name == kDefault) return base::invalid("reserved keyword 'default' can not be used as issuer name");
  if (!is_reference_name(name)) return base::invalid("issuer name contained invalid characters");
  if (find_issuer(name).ok()) return base::invalid("issuer name already in use");
  return {};
}

base::Status Authorities::check_new_key_name(const std::string& name) const {
  if (name.empty()) return {};
  if (name == kDefault) return base::invalid("reserved keyword 'default' can not be used as key name");
  if (!is_reference_name(name)) return base::invalid("key name contained invalid characters");
  if (find_key(name).ok()) return base::invalid("key name already in use");
  return {};
}

base::Result<Authorities::Filed> Authorities::file_key(WriteView& view, const x509::PrivateKey& pair, const std::string& name) {
  for (const auto& [id, key] : keys) {
    if (key.pair && key.pair->public_key() == pair.public_key()) return Filed{id, false};
  }
  KeyEntry entry;
  entry.id = crypto::random_uuid();
  entry.name = name;
  entry.type = x509::key_type_name(pair.type());
  entry.private_key = std::make_shared<const base::SecretBytes>(pair.traditional_pem());
  const std::string id = entry.id;
  const Key& key = keys.emplace(id, Key{std::move(entry), pair}).first->second;
  TRY(save(view, key));
  if (key_config.default_id.empty()) {
    key_config.default_id = id;
    TRY(save_key_config(view));
  }
  for (auto& [unused, issuer] : issuers) {
    if (!issuer.entry.key_id.empty() || !(issuer.certificate.public_key == pair.public_key())) continue;
    issuer.entry.key_id = id;
    TRY(save(view, issuer));
    if (issuer_config.default_id.empty()) {
      issuer_config.default_id = issuer.entry.id;
      TRY(save_issuer_config(view));
    }
  }
  return Filed{id, true};
}

base::Result<Authorities::Filed> Authorities::file_issuer(WriteView& view, const x509::Certificate& certificate, const std::string& name,
                                                          int64_t list_signature, base::Time now) {
  for (const auto& [id, issuer] : issuers) {
    if (issuer.certificate.der == certificate.der) return Filed{id, false};
  }
  IssuerEntry entry;
  entry.id = crypto::random_uuid();
  entry.name = name;
  entry.certificate = x509::pem(x509::kCertificateBlock, certificate.der);
  entry.serial_number = x509::serial_text(certificate.serial, ':');
  entry.usage = usages_of(certificate);
  entry.revocation_signature_algorithm = list_signature;
  entry.last_modified = base::format_rfc3339(now);
  for (const auto& [id, key] : keys) {
    if (key.pair && key.pair->public_key() == certificate.public_key) entry.key_id = id;
  }
  const std::string id = entry.id;
  const bool becomes_default = !entry.key_id.empty() && issuer_config.default_id.empty();
  issuers.emplace(id, Issuer{std::move(entry), certificate});
  TRY(rebuild_chains(view));  // which saves this one too: it had no chain
  if (becomes_default) {
    issuer_config.default_id = id;
    TRY(save_issuer_config(view));
  }
  return Filed{id, true};
}

base::Status Authorities::follow_latest(WriteView& view, const std::string& issuer_id) {
  if (!issuer_config.default_follows_latest_issuer || issuers.at(issuer_id).entry.key_id.empty()) return {};
  issuer_config.default_id = issuer_id;
  return save_issuer_config(view);
}

base::Status Authorities::choose_default_issuer(const std::string& reference) {
  if (reference.empty() || reference == kDefault) {
    return base::invalid("Invalid issuer specification; must be non-empty and can't be 'default'.");
  }
  const auto found = find_issuer(reference);
  if (!found.ok()) return found.error().within("Error resolving issuer reference");
  issuer_config.default_id = (*found)->entry.id;
  return {};
}

base::Status Authorities::choose_default_key(const std::string& reference) {
  if (reference.empty() || reference == kDefault) {
    return base::invalid("Invalid key specification; must be non-empty and can't be 'default'.");
  }
  const auto found = find_key(reference);
  if (!found.ok()) return found.error().within("Error resolving issuer reference");
  key_config.default_id = (*found)->entry.id;
  return {};
}

codec::Json issuer_config_answer(const Authorities& authorities) {
  return codec::Json::object({{"default", authorities.issuer_config.default_id},
                              {"default_follows_latest_issuer", authorities.issuer_config.default_follows_latest_issuer}});
}

base::Status Authorities::rebuild_chains(WriteView& view) {
  std::map<std::string, std::vector<std::string>> chains = chains_of(*this);
  for (auto& [id, issuer] : issuers) {
    if (issuer.entry.ca_chain == chains[id]) continue;
    issuer.entry.ca_chain = std::move(chains[id]);
    TRY(save(view, issuer));
  }
  return {};
}

base::Status Authorities::remove_issuer(WriteView& view, const std::string& id) {
  TRY(view.remove(layout::kIssuers + id));
  issuers.erase(id);
  if (issuer_config.default_id != id) return {};
  issuer_config.default_id.clear();
  return save_issuer_config(view);
}

base::Status Authorities::save(WriteView& view, const Issuer& issuer) const {
  return view.put(layout::kIssuers + issuer.entry.id, issuer.entry.write());
}
base::Status Authorities::save(WriteView& view, const Key& key) const {
  std::string text = key.entry.write();
  const base::Status done = view.put(layout::kKeys + key.entry.id, text);
  base::wipe(text);
  return done;
}
base::Status Authorities::save_issuer_config(WriteView& view) const { return view.put(layout::kIssuerConfig, issuer_config.write()); }
base::Status Authorities::save_key_config(WriteView& view) const { return view.put(layout::kKeyConfig, key_config.write()); }

}  // namespace bao::engines::pki
