// Somebody with an OpenPGP key pair, for tests: gives the public half away and reads what is encrypted for it. Tests alone include this.
#pragma once

#include <string>
#include <string_view>

#include "internal/crypto/pgp/rnp_handles.h"

namespace bao::crypto::pgp {

class Recipient {
 public:
  enum class For { encryption, signatures };
  explicit Recipient(For purpose = For::encryption) : context_(new_context().value()) {
    const char* subkey = purpose == For::encryption ? RNP_ALGNAME_ECDH : nullptr;
    const char* curve = purpose == For::encryption ? "Curve25519" : nullptr;
    rnp_key_handle_t key = nullptr;
    (void)rnp_generate_key_ex(context_.get(), RNP_ALGNAME_EDDSA, subkey, 0, 0, nullptr, curve, "operator@example.com", nullptr, &key);
    key_.reset(key);
  }

  // Binary, as PublicKey::parse takes it.
  std::string public_key() const { return exported(RNP_KEY_EXPORT_PUBLIC); }
  std::string private_key() const { return exported(RNP_KEY_EXPORT_SECRET); }
  std::string fingerprint() const {
    char* text = nullptr;
    (void)rnp_key_get_fprint(key_.get(), &text);
    const Text owner(text);
    return owner == nullptr ? "" : owner.get();
  }
  void revoke() const { (void)rnp_key_revoke(key_.get(), 0, nullptr, nullptr, nullptr); }
  // "" for what is not for this key.
  std::string read(std::string_view message) const {
    const Input input = input_of(message).value();
    const Output output = output_of_at_most(1 << 20).value();
    if (rnp_decrypt(context_.get(), input.get(), output.get()) != RNP_SUCCESS) return "";
    return std::string(written(output).value());
  }

 private:
  std::string exported(uint32_t half) const {
    const Output output = output_of_at_most(1 << 20).value();
    (void)rnp_key_export(key_.get(), output.get(), half | RNP_KEY_EXPORT_SUBKEYS);
    return std::string(written(output).value());
  }

  const Context context_;
  KeyHandle key_;
};

}  // namespace bao::crypto::pgp
