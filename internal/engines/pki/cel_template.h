// What a program made (a ValidationOutput) as a certificate's template and the rest of its decision. Pure.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/cel/message.h"
#include "internal/crypto/x509/certificate_template.h"

namespace bao::engines::pki {

struct CelDecision {
  std::string issuer_ref;  // "default" where the program says nothing
  bool use_pss = false, generate_lease = false, no_store = false;
  int signature_bits = 0;  // 0: what fits
  std::vector<std::string> warnings;
  std::string subject_key_id;  // of sign/ alone; "": the public key's
  std::string key_type;        // of issue/ alone
  int64_t key_bits = 0;
};

// ENSURE: the message is a ValidationOutput. Errors: invalid, "template is nil" and for what can't be written.
CelDecision decision_of(const cel::Message& output);
base::Result<crypto::x509::CertificateTemplate> template_from(const cel::Message& output, const crypto::x509::PublicKey& key);

}  // namespace bao::engines::pki
