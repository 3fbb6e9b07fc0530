// The fields that operations share (openbao-api.md 5: SAN, SUBJ, VAL, KEY, CA, KU).
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "internal/logical/field.h"

namespace bao::engines::pki {

using FieldList = std::vector<logical::Field>;

FieldList name_fields();      // names, "format" and "private_key_format"
FieldList subject_fields();
FieldList validity_fields();
FieldList key_fields();
FieldList authority_fields(); // max_path_length, permitted_dns_domains
FieldList usage_fields();
FieldList paging_fields();
// All of those lists, one after another; captures first.
FieldList joined(std::initializer_list<FieldList> lists);

logical::Field capture(const char* name, const char* description);

}  // namespace bao::engines::pki
