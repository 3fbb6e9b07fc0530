#include "internal/codec/hcl.h"

#include <gtest/gtest.h>

#include "internal/codec/hcl_format.h"

namespace bao::codec {
namespace {

// The items as JSON text: {"key": value}, labels as nested objects.
std::string shown(std::string_view text) {
  const auto items = parse_hcl(text);
  if (!items.ok()) return items.error().message();
  HclValue root;
  root.kind = HclValue::Kind::object;
  root.object = *items;
  return write_json(hcl_to_json(root));
}

std::string formatted(std::string_view text) {
  const auto out = format_hcl(text);
  return out.ok() ? *out : out.error().message();
}

TEST(Hcl, ReadsAttributesBlocksAndComments) {
  EXPECT_EQ(shown("a = 1 # one\nb = \"x\" // two\n/* three */ c { d = [true, 1.5, \"y\",] }\ne \"l\" { }\n"),
            R"({"a":1,"b":"x","c":{"d":[true,1.5,"y"]},"e":{"l":{}}})");
  EXPECT_EQ(shown("a = 0x1F\nb = 017\nc = -3\nd = 1e3\n"), R"({"a":31,"b":15,"c":-3,"d":1000.0})");
}

TEST(Hcl, RepeatedKeysStayRepeated) {
  EXPECT_EQ(shown("a { x = 1 }\na { x = 2 }\n"), R"({"a":[{"x":1},{"x":2}]})");
  EXPECT_EQ(parse_hcl("a = 1\na = 2", HclDuplicates::refuse).error().message(),
            "The argument \"a\" at 2:1 was already set. Each argument can only be defined once");
}

TEST(Hcl, StringsAndHeredocs) {
  EXPECT_EQ(shown(R"(a = "q\"\\\n\u00e9\x41\101")"), R"({"a":"q\"\\\néAA"})");
  EXPECT_EQ(shown(R"(a = "x ${f("y")} z")"), R"({"a":"x ${f(\"y\")} z"})");
  EXPECT_EQ(shown("a = <<EOT\n one\n  two\nEOT\n"), R"({"a":" one\n  two\n"})");
  EXPECT_EQ(shown("a = <<-EOT\n    one\n      two\n    EOT\n"), R"({"a":"one\n  two\n"})");
}

TEST(Hcl, ErrorsNameLineAndColumn) {
  EXPECT_EQ(shown("path {"), "At 1:8: object expected closing RBRACE got: EOF");
  EXPECT_EQ(shown("a = = 1"), "At 1:5: Unknown token: 1:5 ASSIGN =");
  EXPECT_EQ(shown("a\n"), "At 2:1: key 'a' expected start of object ('{') or assignment ('=')");
  EXPECT_EQ(shown("a = \"x\nb = 1"), "At 1:7: literal not terminated");
  EXPECT_EQ(shown("a = [1 2]"), "At 1:8: error parsing list, expected comma or list end, got: NUMBER");
  EXPECT_EQ(shown("é = @"), "At 1:5: illegal char");
}

TEST(Hcl, JsonIsUnfoldedIntoBlocks) {
  const auto items = parse_hcl(R"({"listener": [{"tcp": {"a": 1}}, {"unix": {"a": 2}}], "n": null, "s": {"x": 1, "y": {}}})");
  ASSERT_TRUE(items.ok());
  ASSERT_EQ(items->size(), 4u);
  EXPECT_EQ((*items)[0].labels, std::vector<std::string>{"tcp"});
  EXPECT_EQ((*items)[1].labels, std::vector<std::string>{"unix"});
  EXPECT_EQ((*items)[2].value.scalar.as_string(), "");
  EXPECT_TRUE((*items)[3].labels.empty());
}

TEST(Hcl, DeepNestingIsRefused) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a {";
  EXPECT_FALSE(parse_hcl(deep).ok());
  EXPECT_FALSE(parse_hcl("a = " + std::string(100'000, '[')).ok());
  EXPECT_FALSE(parse_hcl(std::string("{\"a\":") + std::string(100'000, '{')).ok());
}

TEST(HclFormat, LaysOutAsTheReferenceDoes) {
  EXPECT_EQ(formatted("path \"a\" {\ncapabilities=[\"read\",\"list\"]\n}\n"),
            "path \"a\" {\n  capabilities = [\"read\", \"list\"]\n}\n");
  EXPECT_EQ(formatted("# head\na \"x\" {\n  long_name = 1 # one\n  b = \"two\" # two\n}\nc {}\nd {}\n"),
            "# head\na \"x\" {\n  long_name = 1     # one\n  b         = \"two\" # two\n}\n\nc {}\nd {}\n");
  EXPECT_EQ(formatted("a {\n  # only a comment\n}\n"), "a {\n  # only a comment\n}\n");
  EXPECT_EQ(formatted("a = [\n1, # one\n2,\n]\n"), "a = [\n  1, # one\n  2,\n]\n");
  EXPECT_EQ(formatted("a {\n    b = <<EOT\nkeeps\n  its lines\nEOT\n}\n"), "a {\n  b = <<EOT\nkeeps\n  its lines\nEOT\n}\n");
  EXPECT_EQ(formatted(""), "\n");
}

TEST(HclFormat, IsStable) {
  const std::string once = formatted("a{b=1\nc=[1,2]\n\nd{e=\"f\"}}\n# end\n");
  EXPECT_EQ(formatted(once), once);
}

}  // namespace
}  // namespace bao::codec
