#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "internal/base/time_format.h"
#include "internal/crypto/tls.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/diagnose/checks.h"
#include "internal/server/listeners.h"

namespace bao::diagnose {
namespace {

using crypto::x509::Certificate;

struct Chain {
  std::vector<Certificate> leaves, intermediates, roots;
};

bool is_authority(const Certificate& certificate) { return certificate.basic_constraints && certificate.basic_constraints->ca; }

base::Result<Chain> read_chain(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open()) return base::invalid("Failed to read certificate file: open " + file + ": no such file, or not to be read.");
  ASSIGN_OR_RETURN(const auto blocks, crypto::x509::parse_pem_bundle(text));
  if (blocks.empty()) return base::invalid("No certificates found in certificate file.");
  Chain chain;
  for (const auto& block : blocks) {
    if (block.holds_key()) continue;
    auto certificate = crypto::x509::parse_certificate(block.der.reveal());
    if (!certificate.ok()) return base::invalid("A PEM block does not parse to a certificate: " + certificate.error().message() + ".");
    auto& kind = !is_authority(*certificate) ? chain.leaves : certificate->self_issued() ? chain.roots : chain.intermediates;
    kind.push_back(std::move(*certificate));
  }
  return chain;
}

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

void warn_of_expiry(const char* kind, const std::vector<Certificate>& certificates, const std::string& where, Finding& into) {
  for (const Certificate& certificate : certificates) {
    const auto lifetime = certificate.not_after - certificate.not_before;
    const auto left = certificate.not_after - now();
    if (now() < certificate.not_before) into.warn(where + kind + " certificate is not valid yet: is the clock right?");
    if (left > lifetime * 15 / 100) continue;
    into.warn(where + kind + " certificate (serial " + certificate.serial + ") is expired or near expiry. Time to expire is: " +
              (left.count() > 0 ? base::format_go_duration(left) : "none") + ".");
  }
}

base::Status check_dates(const Certificate& certificate) {
  if (now() > certificate.not_after) return base::invalid("certificate has expired or is not yet valid");
  return {};
}

// Of those that the file holds: what is not there a client has itself.
base::Status check_signed(const Certificate& certificate, const Chain& chain) {
  TRY(check_dates(certificate));
  if (chain.intermediates.empty() && chain.roots.empty()) return {};
  for (const auto* issuers : {&chain.intermediates, &chain.roots}) {
    const auto issued = [&](const Certificate& issuer) { return check_issued_by(certificate, issuer).ok(); };
    if (std::any_of(issuers->begin(), issuers->end(), issued)) return {};
  }
  return base::invalid("certificate signed by unknown authority");
}

base::Status check_chain(const Chain& chain) {
  if (chain.leaves.empty()) return base::invalid("No leaf certificates detected.");
  for (const Certificate& root : chain.roots) {
    if (const auto checked = check_signed(root, chain); !checked.ok()) return base::invalid("Failed to verify root certificate: " + checked.error().message() + ".");
  }
  for (size_t i = 0; i < chain.intermediates.size(); ++i) {
    const bool highest = chain.roots.empty() && i + 1 == chain.intermediates.size();  // its issuer is with the clients
    const auto checked = highest ? check_dates(chain.intermediates[i]) : check_signed(chain.intermediates[i], chain);
    if (!checked.ok()) return base::invalid("Failed to verify intermediate certificate: " + checked.error().message() + ".");
  }
  for (const Certificate& leaf : chain.leaves) {
    const auto checked = check_signed(leaf, chain);
    if (!checked.ok()) return base::invalid("Failed to verify primary provided leaf certificate: " + checked.error().message() + ".");
  }
  return {};
}

base::Status check_files(const config::Listener& listener, const http::ListenerOptions& options, Finding& into) {
  const std::string where = listener.address + ": ";
  ASSIGN_OR_RETURN(const Chain chain, read_chain(listener.tls_cert_file));
  if (chain.leaves.size() > 1) into.warn(where + "More than one leaf certificate detected. Please ensure that there is one unique leaf certificate.");
  warn_of_expiry("Leaf", chain.leaves, where, into);
  warn_of_expiry("Intermediate", chain.intermediates, where, into);
  warn_of_expiry("Root", chain.roots, where, into);
  TRY(check_chain(chain));
  const auto loaded = crypto::TlsContext::server(options.tls_files);  // the key is that of the certificate, the versions are known
  if (!loaded.ok()) return loaded.error();
  if (!listener.tls_require_and_verify_client_cert) return {};
  ASSIGN_OR_RETURN(const Chain authorities, read_chain(listener.tls_client_ca_file));
  if (authorities.roots.empty()) return base::invalid("No root certificate found in CA certificate file.");
  warn_of_expiry("Root", authorities.roots, where, into);
  return {};
}

}  // namespace

void check_listener_tls(const config::Config& config, Finding& into) {
  const auto options = server::listener_options(config);
  if (!options.ok()) return into.fail(options.error().message());
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    const config::Listener& listener = config.listeners[i];
    const std::string where = "Listener at address " + listener.address + ": ";
    if (listener.type == "unix") {
      into.warn(where + "Unix socket being used in a listener config stanza.");
      continue;
    }
    if (listener.tls_disable) {
      into.warn(where + "TLS is disabled in a listener config stanza.");
      continue;
    }
    if (listener.tls_disable_client_certs) {
      into.warn(where + "TLS for a listener is turned on without requiring client certificates.");
      if (listener.tls_require_and_verify_client_cert)
        into.warn(where + "tls_disable_client_certs and tls_require_and_verify_client_cert are mutually exclusive.");
    }
    const base::Status checked = check_files(listener, (*options)[i], into);
    if (!checked.ok()) into.fail(listener.address + ": " + checked.error().message());
  }
}

}  // namespace bao::diagnose
