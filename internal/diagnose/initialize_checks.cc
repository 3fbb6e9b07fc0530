#include "internal/diagnose/checks.h"
#include "internal/server/assembly.h"
#include "internal/server/self_initialization.h"

namespace bao::diagnose {

void check_initialize(const config::Config& config, Finding& into) {
  const request_profile::Profile& blocks = config.initialize;
  if (blocks.blocks.empty()) return into.skip("There are no initialize blocks.");
  if (const base::Status fine = server::check_initialize_blocks(blocks); !fine.ok()) return into.fail(fine.error().message() + ".");
  const auto seals = server::make_seals(config);
  if (seals.ok() && seals->current == nullptr) {
    into.fail("Self-initialization requires auto-unseal as there is no way to persist the Shamir's keys.");
  }
  const base::Status there = request_profile::check_host(blocks, server::this_machine());
  if (!there.ok()) into.warn("A first start would fail here: " + there.error().message() + ".");
}

}  // namespace bao::diagnose
