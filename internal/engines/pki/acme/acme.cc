#include "internal/engines/pki/acme/acme.h"

#include "internal/engines/pki/acme/config_paths.h"
#include "internal/engines/pki/acme/endpoints.h"
#include "internal/engines/pki/acme/external_key.h"
#include "internal/engines/pki/acme/layout.h"

namespace bao::engines::pki::acme {

std::vector<logical::Path> Acme::paths() {
  std::vector<logical::Path> paths = external_key_paths();
  paths.push_back(config_path(mount_));
  for (const auto part : {directory_paths, account_paths, key_change_paths, order_paths, authorization_paths, revoke_paths}) {
    for (logical::Path& path : part(*this)) paths.push_back(std::move(path));
  }
  return paths;
}

base::Status Acme::initialize(storage::WriteView& view) {
  validations_.begin();
  ASSIGN_OR_RETURN(const Config config, read_config(view));
  return config.enabled ? Nonces::renew_key(view) : base::Status();
}

void Acme::invalidate(std::string_view key) {
  if (key.empty() || key.starts_with(layout::kValidations)) validations_.mark();
}

}  // namespace bao::engines::pki::acme
