// The key of a new authority: made, or chosen among those of the mount; and what else requests for authorities share.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/crypto/x509/signature.h"
#include "internal/engines/pki/authorities.h"
#include "internal/logical/field.h"

namespace bao::engines::pki {

// "internal", "exported" or "existing". Errors: invalid.
base::Result<std::string> exported_kind(const logical::Fields& fields);

struct ChosenKey {
  x509::PrivateKey key;
  std::string name;  // for a new one
};
base::Result<x509::PrivateKey> make_key(const std::string& type, int64_t bits);
base::Result<ChosenKey> choose_key(const Authorities& authorities, const logical::Fields& fields, const std::string& exported);
// By signature_bits and use_pss.
base::Result<x509::SignatureAlgorithm> chosen_signature(const logical::Fields& fields, const x509::PrivateKey& key);
// By max_path_length.
x509::BasicConstraints constraints_of(const logical::Fields& fields);

}  // namespace bao::engines::pki
