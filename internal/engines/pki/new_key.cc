#include "internal/engines/pki/new_key.h"

#include "internal/engines/pki/role_entry.h"

namespace bao::engines::pki {

base::Result<std::string> exported_kind(const logical::Fields& fields) {
  const std::string kind = fields.string("exported");
  if (kind == "internal" || kind == "exported" || kind == "existing") return kind;
  if (kind == "kms") return base::invalid("keys of external key management systems are not supported");
  return base::invalid("the \"exported\" path parameter must be \"internal\", \"existing\", exported\" or \"kms\"");
}

base::Result<x509::PrivateKey> make_key(const std::string& type, int64_t bits) {
  if (type == "any") return base::invalid("unknown key type any");
  ASSIGN_OR_RETURN(const int64_t counted, key_bits_for(type, bits));
  const x509::KeyType kind = type == "rsa" ? x509::KeyType::rsa : type == "ec" ? x509::KeyType::ec : x509::KeyType::ed25519;
  return x509::PrivateKey::generate(kind, static_cast<int>(counted));
}

base::Result<ChosenKey> choose_key(const Authorities& authorities, const logical::Fields& fields, const std::string& exported) {
  if (exported == "existing") {
    if (fields.has("key_type") || fields.has("key_bits")) {
      return base::invalid("invalid parameter for the kms/existing path parameter, key_type nor key_bits arguments can be set in this mode");
    }
    const auto found = authorities.find_key(fields.string("key_ref"));
    if (!found.ok()) return found.error().within("failed to lookup public key from existing key");
    if (!(*found)->pair) return base::invalid("failed to lookup public key from existing key: the key can't be read");
    return ChosenKey{*(*found)->pair, ""};
  }
  const std::string name = fields.string("key_name");
  TRY(authorities.check_new_key_name(name));
  ASSIGN_OR_RETURN(x509::PrivateKey key, make_key(fields.string("key_type"), fields.integer("key_bits")));
  return ChosenKey{std::move(key), name};
}

base::Result<x509::SignatureAlgorithm> chosen_signature(const logical::Fields& fields, const x509::PrivateKey& key) {
  const bool rsa = key.type() == x509::KeyType::rsa;
  const int bits = rsa ? static_cast<int>(fields.integer("signature_bits")) : 0;
  return x509::choose_signature(key.public_key(), bits, fields.boolean("use_pss") ? x509::Padding::pss : x509::Padding::pkcs1);
}

x509::BasicConstraints constraints_of(const logical::Fields& fields) {
  x509::BasicConstraints constraints{.ca = true, .path_length = {}};
  const int64_t length = fields.integer("max_path_length");
  if (length >= 0) constraints.path_length = static_cast<int>(length);
  return constraints;
}

}  // namespace bao::engines::pki
