// Issuers of PKI mounts as the commands about them read and compare them.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/cli/session.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"

namespace bao::cli {

struct PkiIssuer {
  crypto::x509::Certificate certificate;
  std::vector<crypto::x509::Certificate> chain;  // ca_chain
  std::string key_id;                            // of the mount's key; "" when it has none
};
// `path`: MOUNT/issuer/REF, or another whose answer holds a certificate and its chain. Errors: the server's, and invalid for answers
// without certificates.
base::Result<PkiIssuer> read_issuer(Session& session, const std::string& path);

// What speaks for `issuer` having issued a certificate.
struct IssuerMatch {
  bool subject = false;    // the issuer's name stands in the certificate
  bool key_id = false;     // its key identifier does
  bool signature = false;  // its key made the signature, and it may sign certificates
  bool path = false;       // it is in the chain that the mount knows of the certificate
  bool trust = false;      // who trusts it alone trusts the certificate as a TLS server's, now
  // subject_match, path_match, trust_match, key_id_match, signature_match.
  codec::Json to_json() const;
};
// Errors, as of Go's x509: invalid for a certificate that isn't valid now, or an issuer of it that isn't, and where one is for other
// usages: nothing can be said of trust then.
base::Result<IssuerMatch> match_issuer(const PkiIssuer& issuer, const PkiIssuer& issued, crypto::x509::Seconds now);

}  // namespace bao::cli
