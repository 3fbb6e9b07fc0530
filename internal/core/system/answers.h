// Shapes of answers that the groups of paths share. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/response.h"

namespace bao::core::sys {

// The answer with its data at top level too (openbao-api.md 1.5).
logical::Reply spread(codec::Json data);
// An error as the core words it ("1 error occurred:\n\t* text\n\n"), with that code, made where it is asked for. Words that stand in the source
// may be logged.
base::Error core_error(base::Code code, std::string composed, base::Words::Place place = base::Words::Place::current());
template <size_t N>
base::Error core_error(base::Code code, const char (&fixed)[N], base::Words::Place place = base::Words::Place::current()) {
  return {code, base::Words::of_node(logical::multierror(fixed), place)};
}
// "secret", "/secret" and "secret/" are "secret/".
std::string mount_path_of(std::string_view path);

}  // namespace bao::core::sys
