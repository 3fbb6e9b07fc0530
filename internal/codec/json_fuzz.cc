// What parses must parse again from what was written, to the same value.
#include "internal/base/ensure.h"
#include "internal/codec/json_replace.h"

namespace {

// Every string becomes empty.
class Emptied final : public bao::codec::StringReplacement {
 public:
  void append(std::string& out, std::string_view) const override { out += "\"\""; }
  bool keeps_below(std::string_view) const override { return false; }
  bool keeps_nothing() const override { return true; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = bao::codec::parse_json(text);
  if (!value.ok()) return 0;
  const std::string written = bao::codec::write_json(*value);
  const auto again = bao::codec::parse_json(written);
  ENSURE(again.ok() && bao::codec::write_json(*again) == written, "a written value reads back");
  std::string of_text, of_value;
  ENSURE(bao::codec::replace_json_strings(of_text, written, Emptied()), "what is written is gone through");
  bao::codec::write_json_replaced_to(of_value, *value, Emptied());
  ENSURE(of_text == of_value, "strings of a text are those of its value");
  return 0;
}
