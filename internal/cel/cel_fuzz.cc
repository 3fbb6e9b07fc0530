// Any text: parsed, checked and evaluated within its bounds. What parses must not need more than the budget.
#include "internal/cel/budget.h"
#include "internal/cel/check.h"
#include "internal/cel/evaluate.h"
#include "internal/cel/parser.h"

namespace {

const bao::cel::Types& types() {
  static const bao::cel::Types made = [] {
    using Kind = bao::cel::FieldType::Kind;
    bao::cel::Types all;
    all.messages["test.M"] = {"test.M", {{"s", Kind::string}, {"n", Kind::int64, true}, {"t", Kind::timestamp}}};
    return all;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tree = bao::cel::parse(text);
  if (!tree.ok()) return 0;
  const bao::cel::Environment environment{"test", &types()};
  (void)bao::cel::check(**tree, environment, {{"x", ""}}, text);
  bao::cel::Budget budget(100'000);
  (void)bao::cel::evaluate(**tree, environment, {{"x", bao::cel::Value(1)}}, budget);
  return 0;
}
