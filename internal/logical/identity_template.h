// Identity templates in the paths of policies and in roles: "secret/{{identity.entity.id}}/*" (openbao-api.md 2.4). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/logical/identity.h"

namespace bao::logical {

// Whether a text holds templates. Errors: invalid, "unbalanced templating characters".
base::Result<bool> is_templated(std::string_view text);

// The text with its templates filled. `identity`: nullptr where there is no entity. `blocked`: characters that no value may bring
// in, because they mean something there. Errors: invalid, when a directive is unknown or has no value, or its value holds such a
// character; what the text would grant is then granted to nobody.
base::Result<std::string> fill_template(std::string_view text, const Identity* identity, std::string_view blocked, base::Time now);

}  // namespace bao::logical
