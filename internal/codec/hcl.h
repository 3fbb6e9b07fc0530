// HCL version 1 as OpenBao reads it (policies, server configuration): attributes, blocks with labels, lists, objects,
// heredocs, comments (#, //, /* */). JSON given instead of HCL is accepted by the same function.
// Pure values; depth limited by kHclDepthMax; errors are Code::invalid and name line and column ("At 3:7: …") in the
// reference's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::codec {

struct HclItem;

struct HclValue {
  enum class Kind { scalar, list, object };
  Kind kind = Kind::scalar;
  Json scalar;  // a string, a boolean, or a number (integers in decimal; real numbers keep a '.' or an exponent)
  std::vector<HclValue> list;
  std::vector<HclItem> object;
  int line = 0, column = 0;
};

// `key "label" … { … }` or `key = value`. Repeated keys stay repeated items, in order.
struct HclItem {
  std::string key;
  std::vector<std::string> labels;  // path "secret/*" { } has one label
  HclValue value;
  bool assigned = false;            // written with '=' (or as JSON)
  int assign_line = 0;              // of the '=', 0 for blocks
  int line = 0, column = 0;
};

enum class HclDuplicates { allow, refuse };  // refuse: an argument assigned twice is an error (HCL only)

// The top-level items of HCL text. For JSON (text that begins with '{') the members as items: an object whose members
// are all objects is unfolded into labelled items, an array of objects into repeated ones.
base::Result<std::vector<HclItem>> parse_hcl(std::string_view text, HclDuplicates duplicates = HclDuplicates::allow);

// Whether parse_hcl takes the text as JSON.
bool is_hcl_json(std::string_view text);

// "At 3:7: <message>", as parse_hcl words its errors.
base::Error hcl_error(int line, int column, std::string_view message);

// The value as JSON: scalars as they are, objects by key (a repeated key becomes a list, labels become nested objects).
Json hcl_to_json(const HclValue& value);

}  // namespace bao::codec
