// Templates of Go's package text/template, with the functions that OpenBao adds: "{{ .requests.a.b.path | uppercase }}". README.md says what
// of the language there is. Immutable once parsed; any thread may fill it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::text_template {

struct Node;

class Template {
 public:
  // Errors: invalid: the line, and what cannot be read, is not defined, or is not there.
  static base::Result<Template> parse(std::string_view text);
  // A member that is missing is an error, as with the option missingkey=error. Errors: invalid; exhausted past a bound (limits.h).
  base::Result<std::string> fill(const codec::Json& data, base::Time now) const;

 private:
  explicit Template(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace bao::text_template
