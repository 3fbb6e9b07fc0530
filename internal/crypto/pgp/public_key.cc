#include "internal/crypto/pgp/public_key.h"


#include "internal/base/letters.h"
#include "internal/crypto/pgp/rnp_handles.h"

namespace bao::crypto::pgp {
namespace {

constexpr size_t kMessageBytesMax = kClearBytesMax + 16 * 1024;  // with the encrypted session key and what frames it

// Of the first key alone; what follows it in the input stays unread.
base::Status load_first(const Context& context, std::string_view binary) {
  ASSIGN_OR_RETURN(const Input input, input_of(binary));
  constexpr uint32_t kFlags = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SINGLE;
  return done(rnp_import_keys(context.get(), input.get(), kFlags, nullptr), "no key that can be read");
}

// "" behind the last one.
base::Result<std::string> next_fingerprint(const KeyIterator& iterator) {
  const char* fingerprint = nullptr;
  TRY(done(rnp_identifier_iterator_next(iterator.get(), &fingerprint), "librnp"));
  return std::string(fingerprint == nullptr ? "" : fingerprint);
}

struct Primary {
  KeyHandle key;
  std::string fingerprint;
};

base::Result<Primary> primary_of(const Context& context) {
  ASSIGN_OR_RETURN(const KeyIterator all, owned<KeyIterator>("librnp", [&](rnp_identifier_iterator_t* at) {
                     return rnp_identifier_iterator_create(context.get(), at, "fingerprint");
                   }));
  while (true) {
    ASSIGN_OR_RETURN(std::string fingerprint, next_fingerprint(all));
    if (fingerprint.empty()) return base::invalid("no primary key");
    ASSIGN_OR_RETURN(KeyHandle key, owned<KeyHandle>("librnp", [&](rnp_key_handle_t* at) {
                       return rnp_locate_key(context.get(), "fingerprint", fingerprint.c_str(), at);
                     }));
    bool primary = false;
    TRY(done(rnp_key_is_primary(key.get(), &primary), "librnp"));
    if (primary) return Primary{std::move(key), std::move(fingerprint)};
  }
}

// The key itself or the subkey of it that is valid now and meant for encryption.
base::Status check_encrypts(const Primary& primary) {
  const auto chosen = owned<KeyHandle>("librnp", [&](rnp_key_handle_t* at) {
    return rnp_key_get_default_key(primary.key.get(), "encrypt", 0, at);
  });
  if (chosen.ok()) return {};
  return base::invalid("the key " + primary.fingerprint + " has no valid encryption keys: expired, revoked, or made for signatures only");
}

base::Error unreadable(const base::Error& reason) { return base::invalid(reason.message()); }

}  // namespace

base::Result<PublicKey> PublicKey::parse(std::string_view binary) {
  if (binary.empty()) return base::invalid("EOF");
  if (binary.size() > kKeyBytesMax) return base::invalid("a key of more than " + std::to_string(kKeyBytesMax) + " bytes");
  // Armoured text ends here, too: the binary form is asked for.
  if ((static_cast<unsigned char>(binary[0]) & 0x80) == 0) return base::invalid("openpgp: invalid data: tag byte does not have MSB set");
  ASSIGN_OR_RETURN(const Context context, new_context());
  if (const auto loaded = load_first(context, binary); !loaded.ok()) return unreadable(loaded.error());
  auto primary = primary_of(context);
  if (!primary.ok()) return unreadable(primary.error());
  primary->fingerprint = base::lower_case(primary->fingerprint);
  TRY(check_encrypts(*primary));
  return PublicKey(binary, std::move(primary->fingerprint));
}

base::Result<std::string> PublicKey::encrypt(std::string_view clear) const {
  if (clear.size() > kClearBytesMax) return base::invalid("too much to encrypt for a PGP key");
  ASSIGN_OR_RETURN(const Context context, new_context());
  TRY(load_first(context, binary_));
  ASSIGN_OR_RETURN(const Primary primary, primary_of(context));
  ASSIGN_OR_RETURN(const Input input, input_of(clear));
  ASSIGN_OR_RETURN(const Output output, output_of_at_most(kMessageBytesMax));
  ASSIGN_OR_RETURN(const Encryption encryption, owned<Encryption>("librnp", [&](rnp_op_encrypt_t* at) {
                     return rnp_op_encrypt_create(at, context.get(), input.get(), output.get());
                   }));
  TRY(done(rnp_op_encrypt_add_recipient(encryption.get(), primary.key.get()), "no key to encrypt for"));
  TRY(done(rnp_op_encrypt_set_cipher(encryption.get(), RNP_ALGNAME_AES_256), "librnp"));
  TRY(done(rnp_op_encrypt_set_compression(encryption.get(), "Uncompressed", 0), "librnp"));
  TRY(done(rnp_op_encrypt_execute(encryption.get()), "cannot encrypt for a PGP key"));
  ASSIGN_OR_RETURN(const std::string_view message, written(output));
  return std::string(message);
}

}  // namespace bao::crypto::pgp
