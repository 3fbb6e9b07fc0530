// Identity templates in policy paths: "secret/{{identity.entity.id}}/*" (openbao-api.md 2.4). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/core/policy/policy.h"

namespace bao::core {

// Whether a path holds templates. Errors: invalid, "unbalanced templating characters".
base::Result<bool> is_templated(std::string_view path);

struct TemplateRules {
  bool allow_wildcards = false;  // values may hold '*' and '+'
  bool allow_slashes = false;
};

// The path with its templates filled. Errors: invalid, when a directive is unknown, has no value, or its value holds a
// character that may not stand there; the caller then drops the path.
base::Result<std::string> fill_template(std::string_view path, const TemplateValues& values, const TemplateRules& rules,
                                        base::Time now);

}  // namespace bao::core
