#include "internal/crypto/hash.h"
#include "internal/diagnose/checks.h"
#include "internal/server/assembly.h"

namespace bao::diagnose {

void check_seal(const config::Config& config, Finding& into) {
  const auto seals = server::make_seals(config);
  if (seals.ok()) return;
  into.fail("Seal creation resulted in the following error: " + seals.error().message() + ".");
  into.advise("For assistance with the seal stanza, see the server's documentation of its configuration.");
}

void check_auto_unseal(const config::Config& config, Finding& into) {
  const auto seals = server::make_seals(config);
  if (!seals.ok()) return into.fail("Diagnose could not create a barrier seal object.");
  if (!seals->current) return into.skip("Skipping barrier encryption test. Only supported for auto-unseal.");
  const std::string probe = "diagnose-" + crypto::random_uuid();
  const auto sealed = seals->current->wrap(probe);
  if (!sealed.ok()) return into.fail("Error encrypting with seal barrier: " + sealed.error().message() + ".");
  const auto opened = seals->current->unwrap(*sealed);
  if (!opened.ok()) return into.fail("Error decrypting with seal barrier: " + opened.error().message() + ".");
  if (opened->reveal() != probe) into.fail("Barrier returned incorrect decrypted value for mock data.");
}

}  // namespace bao::diagnose
