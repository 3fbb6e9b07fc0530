// JSON values as YAML, in the form that the reference prints (sigs.k8s.io/yaml: keys sorted, two spaces, strings quoted only
// where they would be read as something else). A pure function.
#pragma once

#include <string>

#include "internal/codec/json.h"

namespace bao::cli {

// With a final newline.
std::string write_yaml(const codec::Json& value);

}  // namespace bao::cli
