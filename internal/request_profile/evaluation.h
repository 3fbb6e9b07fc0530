// From a written value to the value that is asked with. Owned by one run.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/request_profile/sources.h"

namespace bao::request_profile {

class Evaluation {
 public:
  explicit Evaluation(const Scope& scope) : scope_(scope) {}
  // Every source in it filled in, the innermost first. Errors: invalid.
  base::Result<codec::Json> value_of(const codec::Json& written);
  // The text without the values that sources gave so far, and without `also`: "(hidden)" in their place.
  std::string without_secrets(std::string text, const std::vector<std::string>& also) const;

 private:
  base::Result<codec::Json> object_of(const codec::Json& written);
  base::Result<codec::Json> from_source(const codec::Json& object);
  void hide(const codec::Json& value);

  const Scope& scope_;
  std::vector<std::string> hidden_;
};

}  // namespace bao::request_profile
