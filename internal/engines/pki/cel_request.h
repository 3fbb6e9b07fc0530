// What a program gets to see: the request's fields, the time, and with sign/ the certificate request.
#pragma once

#include "internal/base/result.h"
#include "internal/cel/environment.h"
#include "internal/logical/path.h"

namespace bao::engines::pki {

enum class CelKind : uint8_t { issue, sign };

// Errors: invalid for a "csr" that was given and is none.
base::Result<cel::Variables> program_variables(const logical::Call& call, CelKind kind);

}  // namespace bao::engines::pki
