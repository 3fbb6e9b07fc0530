// The operations of the engine, one function each, and the paths they stand under. Pure but for the view and random numbers.
#pragma once

#include <string>
#include <vector>

#include "internal/engines/pki/mount_store.h"
#include "internal/engines/pki/role_templates.h"
#include "internal/logical/path.h"

namespace bao::engines::pki {

using logical::Call;
using logical::Reply;
using storage::ReadView;
using storage::WriteView;

// Handlers of functions that take the store first.
template <typename Function>
logical::ReadHandler reading(Function function, const MountStore& store) {
  return [function, &store](const Call& call, const ReadView& view) -> Reply { return function(store, call, view); };
}
template <typename Function>
logical::WriteHandler writing(Function function, const MountStore& store) {
  return [function, &store](const Call& call, WriteView& view) -> Reply { return function(store, call, view); };
}

// Each file's paths.
void add_role_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_cel_role_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_cel_issue_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_issue_paths(std::vector<logical::Path>& paths, const MountStore& store, const IdentityOf& identity_of);
void add_root_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_intermediate_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_import_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_issuer_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_key_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_settings_paths(std::vector<logical::Path>& paths, const MountStore& store);
void add_certificate_paths(std::vector<logical::Path>& paths, const MountStore& store);

inline constexpr char kNoUrls[] =
    "This mount hasn't configured any authority information access (AIA) fields; this may make it harder for systems to find missing "
    "certificates in the chain or to validate revocation status of certificates. Consider updating /config/urls or the newly generated "
    "issuer with this information.";
inline constexpr char kNoSubject[] =
    "This issuer certificate was generated without a Subject; this makes it likely that issuing leaf certs with this certificate will "
    "cause TLS validation libraries to reject this certificate.";

}  // namespace bao::engines::pki
