// The envelope in which the API answers (openbao-api.md 1): what it holds, read from JSON and written back in the
// reference's order. A plain value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::cli {

struct Secret {
  std::string request_id, lease_id;
  int64_t lease_duration = 0;  // seconds
  bool renewable = false;
  codec::Json data;            // an object, or null
  codec::Json warnings;        // a list of strings, or null
  codec::Json auth;            // a record with every member of an auth block, or null
  codec::Json wrap_info;       // the same of a wrapping block

  bool wrapped() const { return !wrap_info.is_null(); }
  // data.keys when it is a list, else nullptr.
  const codec::Json* keys() const;
  // The value that -field NAME asks for; nullptr when there is none.
  const codec::Json* field(std::string_view name) const;
  codec::Json to_json() const;

 private:
  mutable codec::Json made_;  // holds what field() makes up
};

// Nothing for an empty body, and for a body with errors alone. A body without any member of the envelope is the data itself.
base::Result<std::optional<Secret>> parse_secret(std::string_view body);

// The auth block of a login that was only looked up: what lookup-self says, in the shape of a login's answer.
codec::Json auth_of_lookup(const Secret& lookup);
// An auth block with a token and nothing else.
codec::Json auth_of_token(const std::string& token);

}  // namespace bao::cli
