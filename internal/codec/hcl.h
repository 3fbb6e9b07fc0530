// HCL version 1 as OpenBao reads it (policies, server configuration): attributes, blocks with labels, lists,
// objects, heredocs, comments (#, //, /* */). JSON given instead of HCL is accepted by the same function.
// Pure values; depth limited by kHclDepthMax; errors name line and column ("At 3:7: …").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::codec {

struct HclItem;

struct HclValue {
  enum class Kind { scalar, list, object };  // scalar: string, number, bool in `scalar`
  Kind kind = Kind::scalar;
  Json scalar;
  std::vector<HclValue> list;
  std::vector<HclItem> object;
  int line = 0, column = 0;
};

// `key "label" … { … }` or `key = value`. Repeated keys stay repeated items, in order.
struct HclItem {
  std::string key;
  std::vector<std::string> labels;  // path "secret/*" { } has one label
  HclValue value;
  bool assigned = false;            // written with '='
  int line = 0, column = 0;
};

// The top-level items of HCL text. For JSON, the members as items (an object of objects becomes labelled items only
// where the reader asks for labels: see hcl_label).
base::Result<std::vector<HclItem>> parse_hcl(std::string_view text);

// Treats items without label whose value is an object of objects (JSON, or path = { "x" = {…} }) as labelled items:
// returns every item of `key` with exactly one label. JSON arrays of objects are unfolded.
std::vector<HclItem> hcl_labelled(const std::vector<HclItem>& items, std::string_view key);

// The value as JSON: scalars as they are, objects by key (a repeated key becomes a list).
Json hcl_to_json(const HclValue& value);

}  // namespace bao::codec
