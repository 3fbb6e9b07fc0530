// What another node stored of the keyring: new terms stand in core/upgrade/N under term N, a new root key in core/root-key
// under the active term, and the whole keyring under the root key (openbao-storage.md 1.2).
#include "internal/barrier/barrier.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"

namespace bao::barrier {
namespace {

base::Result<std::string> open_under(const Keyring& keyring, const std::string& path, const storage::Record& record) {
  ASSIGN_OR_RETURN(const base::KeyTerm term, envelope_term(record.value));
  const KeyringKey* key = keyring.find(term);
  if (key == nullptr) return base::corrupt(base::Words::of_node("barrier: no key of term " + std::to_string(term.value)));
  return open_envelope(*key->value, path, record.value);
}

base::Result<Keyring> with_upgrades(Keyring keyring, storage::Snapshot& snapshot) {
  while (true) {
    const std::string path = "core/upgrade/" + std::to_string(keyring.active_term().value);
    ASSIGN_OR_RETURN(const auto record, snapshot.get(path));
    if (!record) return keyring;
    ASSIGN_OR_RETURN(std::string json, open_under(keyring, path, *record));
    auto key = parse_key(json);
    base::wipe(json);
    if (!key.ok()) return key.error();
    if (key->term <= keyring.active_term()) return keyring;
    keyring = keyring.with_key(std::move(*key));
  }
}

base::Result<base::SecretBytes> stored_root_key(const Keyring& keyring, storage::Snapshot& snapshot) {
  const std::string path = "core/root-key";
  ASSIGN_OR_RETURN(const auto record, snapshot.get(path));
  if (!record) return keyring.root_key().clone();
  ASSIGN_OR_RETURN(std::string text, open_under(keyring, path, *record));
  auto json = codec::parse_json(text);
  base::wipe(text);
  const codec::Json* value = json.ok() ? json->find_ignoring_case("Value") : nullptr;
  if (value == nullptr) return base::corrupt("barrier: core/root-key cannot be read");
  auto bytes = codec::from_base64(value->as_string());
  json->wipe();
  if (!bytes.ok()) return base::corrupt("barrier: core/root-key cannot be read");
  return base::SecretBytes::take(std::move(*bytes));
}

}  // namespace

base::Status Barrier::follow() {
  const auto current = keyring();
  if (current == nullptr) return base::Error(base::Code::sealed, "Vault is sealed");
  const auto snapshot = backend_.snapshot();
  ASSIGN_OR_RETURN(const Keyring upgraded, with_upgrades(*current, *snapshot));
  ASSIGN_OR_RETURN(const auto stored, snapshot->get("core/keyring"));
  if (!stored) return base::corrupt("barrier: core/keyring is absent");
  auto whole = Keyring::unseal_from("core/keyring", stored->value, upgraded.root_key());
  if (!whole.ok()) {
    ASSIGN_OR_RETURN(const base::SecretBytes root_key, stored_root_key(upgraded, *snapshot));
    whole = Keyring::unseal_from("core/keyring", stored->value, root_key);
  }
  if (!whole.ok()) return whole.error();
  adopt(std::make_shared<const Keyring>(std::move(*whole)), snapshot->index());
  return {};
}

}  // namespace bao::barrier
