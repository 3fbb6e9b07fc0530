#include "internal/barrier/keyring_comparison.h"

namespace bao::barrier {
namespace {

bool same_key(const KeyringKey* a, const KeyringKey* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return base::equal_in_constant_time(a->value->bytes().reveal(), b->value->bytes().reveal());
}

bool same_keyring(const Keyring& a, const Keyring& b) {
  if (a.active_term() != b.active_term()) return false;
  if (!base::equal_in_constant_time(a.root_key().reveal(), b.root_key().reveal())) return false;
  for (base::KeyTerm term{1}; term <= a.active_term(); ++term.value) {
    if (!same_key(a.find(term), b.find(term))) return false;
  }
  return true;
}

}  // namespace

base::Result<KeyringComparison> compare_with_stored(Barrier& barrier) {
  const auto in_force = barrier.keyring();
  if (in_force == nullptr) return base::Error(base::Code::sealed, "Vault is sealed");
  const auto snapshot = barrier.backend().snapshot();
  KeyringComparison comparison{true, snapshot->index()};
  ASSIGN_OR_RETURN(const auto stored, snapshot->get("core/keyring"));
  if (!stored) return base::corrupt("barrier: core/keyring is absent");
  // Under another root key: it is another keyring.
  const auto whole = Keyring::unseal_from("core/keyring", stored->value, in_force->root_key());
  comparison.same = whole.ok() && same_keyring(*in_force, *whole);
  return comparison;
}

}  // namespace bao::barrier
