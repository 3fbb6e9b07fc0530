// ACME (RFC 8555) of one mount: its paths, and what it does by and by. The engine owns it and passes on what a backend is told.
// Thread-safe.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "internal/engines/pki/acme/mount.h"
#include "internal/engines/pki/acme/nonces.h"
#include "internal/engines/pki/acme/validation_queue.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki::acme {

class Acme {
 public:
  // `mount` lives longer.
  Acme(const Mount& mount, std::unique_ptr<Validations> validations) : mount_(mount), validations_(std::move(validations)) {}

  // Before those of roles and issuers. The handlers refer to this object.
  std::vector<logical::Path> paths();

  // As those of logical::Backend.
  base::Status initialize(storage::WriteView& view);
  void invalidate(std::string_view key);
  base::Status work(base::Time now, const logical::Backend::Transact& transact) { return validations_.work(now, transact); }

  const Mount& mount() const { return mount_; }
  Nonces& nonces() { return nonces_; }

 private:
  const Mount& mount_;
  ValidationQueue validations_;
  Nonces nonces_;
};

}  // namespace bao::engines::pki::acme
