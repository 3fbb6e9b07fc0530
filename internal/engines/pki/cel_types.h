// What the programs of CEL roles may name: the messages of a certificate's template, their enumerations, and the variables.
#pragma once

#include "internal/cel/check.h"
#include "internal/cel/environment.h"

namespace bao::engines::pki {

// Container "openbao.pki" with CertTemplate, ValidationOutput, PKIX.Name and what else the reference declares. Lives for ever.
const cel::Environment& program_environment();
// Every variable that a program may use, those of sign/ included.
const cel::Declarations& program_declarations();

}  // namespace bao::engines::pki
