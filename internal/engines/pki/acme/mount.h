// What ACME needs of the mount it is part of: issuers, roles, certificates. The engine implements it; nothing here knows how.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/request.h"
#include "internal/engines/pki/acme/config.h"
#include "internal/engines/pki/acme/problem.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

struct Issued {
  std::string serial;     // "aa-bb-…"
  std::string issuer_id;
  crypto::x509::Seconds not_after{};
};

// The role and the issuer that a directory leads to.
class Issuing {
 public:
  virtual ~Issuing() = default;
  // Failures: rejected_identifier.
  virtual Outcome<> check_name(const std::string& name) const = 0;
  virtual Outcome<> check_address(const std::string& text) const = 0;
  // Signs and stores. What the request asks for was compared with the order. Failures: bad_csr.
  virtual Outcome<Issued> issue(storage::WriteView& view, const crypto::x509::CertificateRequest& request, base::Time now) const = 0;
};

// Thread-safe.
class Mount {
 public:
  virtual ~Mount() = default;
  // Where the mount is reached from outside: "https://ca.example/v1/pki". Errors: internal where nobody said.
  virtual base::Result<std::string> address(const storage::ReadView& view) const = 0;
  // `issuer` and `role` as the directory names them, "" where it doesn't. Failures: malformed for what there isn't, server_internal for
  // what the configuration doesn't allow.
  virtual Outcome<std::shared_ptr<const Issuing>> issuing(const storage::ReadView& view, const Config& config, const std::string& issuer,
                                                          const std::string& role) const = 0;
  // Whether the configuration names what there is. Errors: internal, in the reference's words.
  virtual base::Status check(const storage::ReadView& view, const Config& config) const = 0;
  // The stored certificate in DER; "" when there is none.
  virtual base::Result<std::string> certificate(const storage::ReadView& view, std::string_view serial) const = 0;
  // PEM of the issuer and of those above it. Errors: invalid.
  virtual base::Result<std::string> chain(const storage::ReadView& view, const std::string& issuer_id) const = 0;
  virtual base::Result<bool> is_revoked(const storage::ReadView& view, std::string_view serial) const = 0;
  // Of a stored certificate; what `revoke` answers.
  virtual base::Result<codec::Json> revoke(storage::WriteView& view, std::string_view der, base::Time now) const = 0;
};

}  // namespace bao::engines::pki::acme
