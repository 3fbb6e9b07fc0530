// All issuers and keys of a mount with its settings, parsed: what operations look into. A value, read whole from storage; those that
// change it save what they changed. Immutable once it is shared.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/key.h"
#include "internal/engines/pki/issuer_entry.h"
#include "internal/engines/pki/revoker.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

namespace x509 = crypto::x509;

struct Issuer {
  IssuerEntry entry;
  x509::Certificate certificate;
};

struct Key {
  KeyEntry entry;
  std::optional<x509::PrivateKey> pair;  // none where we can't read it
};

class Authorities {
 public:
  static base::Result<Authorities> load(const storage::ReadView& view);

  std::map<std::string, Issuer> issuers;  // by id
  std::map<std::string, Key> keys;
  IssuerConfig issuer_config;
  KeyConfig key_config;
  UrlConfig urls;  // empty lists where nothing is stored
  ClusterConfig cluster;

  // The issuers as revocation sees them, as they are now.
  std::vector<Revoker> revokers() const;

  // By id, name or "default". Errors: invalid, "unable to find PKI issuer for reference: x", "no default issuer currently configured".
  base::Result<const Issuer*> find_issuer(std::string_view reference) const;
  base::Result<const Key*> find_key(std::string_view reference) const;
  // The one it certifies, or nullptr.
  const Key* key_of(const Issuer& issuer) const;
  const UrlConfig& urls_of(const Issuer& issuer) const { return issuer.entry.urls ? *issuer.entry.urls : urls; }

  // Errors: invalid, in the reference's words; "" is no name and free.
  base::Status check_new_issuer_name(const std::string& name) const;
  base::Status check_new_key_name(const std::string& name) const;

  // Files a key, or finds it. The first one becomes the default; issuers that lacked it are joined with it.
  struct Filed {
    std::string id;
    bool is_new = false;
  };
  base::Result<Filed> file_key(storage::WriteView& view, const x509::PrivateKey& pair, const std::string& name);
  // The same for a certificate (DER). Chains of all issuers are made anew. `signature` is filed for its lists, 0 for none.
  base::Result<Filed> file_issuer(storage::WriteView& view, const x509::Certificate& certificate, const std::string& name,
                                  int64_t list_signature, base::Time now);
  // Makes a new issuer with its key the default where the mount is set up so.
  base::Status follow_latest(storage::WriteView& view, const std::string& issuer_id);
  // Not saved yet. Errors: invalid for "", "default" and what there isn't.
  base::Status choose_default_issuer(const std::string& reference);
  base::Status choose_default_key(const std::string& reference);
  // Makes every ca_chain anew and saves the issuers whose chain it changes.
  base::Status rebuild_chains(storage::WriteView& view);

  // Chains and lists are the caller's to make anew.
  base::Status remove_issuer(storage::WriteView& view, const std::string& id);
  base::Status save(storage::WriteView& view, const Issuer& issuer) const;
  base::Status save(storage::WriteView& view, const Key& key) const;
  base::Status save_issuer_config(storage::WriteView& view) const;
  base::Status save_key_config(storage::WriteView& view) const;
};

codec::Json issuer_config_answer(const Authorities& authorities);

// Makes all revocation lists anew, after a change of issuers in that transaction.
base::Status rebuild_lists(storage::WriteView& view, const Authorities& authorities, base::Time now);

// "name" as issuers and keys may have it.
bool is_reference_name(std::string_view name);

}  // namespace bao::engines::pki
