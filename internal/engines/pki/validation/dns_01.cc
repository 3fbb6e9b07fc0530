// RFC 8555 8.4: the digest of the key authorization stands in a TXT record below the name.
#include "internal/base/secret.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/engines/pki/validation/attempt.h"

namespace bao::engines::pki::acme {

Verdict dns_01(const ValidationTask& task, const Attempt& attempt) {
  if (task.identifier_type != IdentifierType::dns) return {Problem::unauthorized, "dns-01: an address has no records"};
  const std::string name = "_acme-challenge." + task.identifier;
  const auto texts = net::look_up_texts(name, task.dns_resolver, attempt.patience);
  if (!texts.ok()) return {Problem::dns, "dns-01: " + texts.error().message()};
  const std::string expected = codec::to_base64url(crypto::sha256(task.key_authorization));
  for (const std::string& text : *texts) {
    if (base::equal_in_constant_time(text, expected)) return {};
  }
  return {Problem::incorrect_response, "dns-01: none of the TXT records of " + name + " (" + std::to_string(texts->size()) +
                                     ") is the digest of the key authorization"};
}

}  // namespace bao::engines::pki::acme
