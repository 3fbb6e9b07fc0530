// A JSON value written with other texts in place of its strings, without a copy of it: for what must not show them.
#pragma once

#include <string>
#include <string_view>

#include "internal/codec/json.h"

namespace bao::codec {

class StringReplacement {
 public:
  virtual ~StringReplacement() = default;
  // Appends what stands in place of a string: a JSON value.
  virtual void append(std::string& out, std::string_view text) const = 0;
  // Whether strings below this key stay, down to the next key. Keys themselves always stay.
  virtual bool keeps_below(std::string_view key) const = 0;
  // keeps_below() is false for every key: stored text is gone through once, and not parsed.
  virtual bool keeps_nothing() const = 0;
};

// As write_json_to, but for the strings. Text of kind raw that is no JSON is replaced as if it were a string.
void write_json_replaced_to(std::string& out, const Json& value, const StringReplacement& replacement);

// The same for a JSON text, which stays as it is outside of strings; for a replacement that keeps nothing. False: it is no JSON, and
// `out` is as it was.
bool replace_json_strings(std::string& out, std::string_view text, const StringReplacement& replacement);

}  // namespace bao::codec
