#include "internal/engines/pki/chain.h"

#include <algorithm>

#include "internal/engines/pki/authorities.h"

namespace bao::engines::pki {
namespace {

using Parents = std::map<std::string, std::vector<std::string>>;

// Signatures are checked once for each pair whose names fit.
Parents parents_of(const Authorities& authorities) {
  Parents parents;
  for (const auto& [id, issuer] : authorities.issuers) {
    for (const auto& [other_id, other] : authorities.issuers) {
      if (id == other_id || issuer.certificate.issuer_der != other.certificate.subject_der) continue;
      if (x509::check_issued_by(issuer.certificate, other.certificate).ok()) parents[id].push_back(other_id);
    }
    // Roots first: a client that trusts one needs nothing of what follows.
    std::stable_sort(parents[id].begin(), parents[id].end(), [&](const std::string& a, const std::string& b) {
      return authorities.issuers.at(a).certificate.self_issued() && !authorities.issuers.at(b).certificate.self_issued();
    });
  }
  return parents;
}

std::vector<std::string> found_chain(const std::string& id, const Parents& parents) {
  std::vector<std::string> chain = {id};
  for (size_t next = 0; next < chain.size(); ++next) {
    const std::string at = chain[next];  // a copy: the vector grows
    for (const std::string& parent : parents.at(at)) {
      if (std::find(chain.begin(), chain.end(), parent) == chain.end()) chain.push_back(parent);
    }
  }
  return chain;
}

}  // namespace

std::map<std::string, std::vector<std::string>> chains_of(const Authorities& authorities) {
  const Parents parents = parents_of(authorities);
  std::map<std::string, std::vector<std::string>> chains;
  for (const auto& [id, issuer] : authorities.issuers) {
    const auto& manual = issuer.entry.manual_chain;
    for (const std::string& member : manual && !manual->empty() ? *manual : found_chain(id, parents)) {
      const auto found = authorities.issuers.find(member);
      if (found != authorities.issuers.end()) chains[id].push_back(found->second.entry.certificate);
    }
  }
  return chains;
}

}  // namespace bao::engines::pki
