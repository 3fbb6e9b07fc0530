// Requests and roles into what stands in certificates: subjects, alternative names, usages. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/crypto/x509/alternative_names.h"
#include "internal/crypto/x509/name.h"
#include "internal/engines/pki/role_entry.h"
#include "internal/logical/field.h"

namespace bao::engines::pki {

struct SubjectFields {
  std::string common_name, serial_number;
  std::vector<std::string> ou, organization, country, locality, province, street_address, postal_code, user_ids;
  crypto::x509::Name name() const;
};
// Of a request for an authority (openbao-api.md 5, SUBJ).
SubjectFields subject_of(const logical::Fields& fields);
SubjectFields subject_of(const RoleEntry& role);
std::vector<std::string> without_repetitions(std::vector<std::string> items);

// What common_name, alt_names, ip_sans, uri_sans and other_sans of a request ask for. Errors: invalid for addresses and other names
// that are none, and names too long for DNS.
base::Result<crypto::x509::AlternativeNames> asked_names(const logical::Fields& fields, const std::string& common_name);
// A host or mail address goes into the alternative names; text that is neither doesn't.
base::Status add_name(crypto::x509::AlternativeNames& names, const std::string& name);

// Unknown names count for nothing.
uint16_t key_usages(const std::vector<std::string>& names);
// OIDs: those of the role's flags and names in a fixed order, then its OIDs.
std::vector<std::string> extended_usages(const RoleEntry& role);

}  // namespace bao::engines::pki
