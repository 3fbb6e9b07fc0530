// How answers look: tables, Go's forms of values, YAML, wrapped lines.
#include <gtest/gtest.h>

#include "internal/cli/columns.h"
#include "internal/cli/generate_root.h"
#include "internal/cli/go_values.h"
#include "internal/cli/kv_output.h"
#include "internal/cli/output.h"
#include "internal/cli/secret.h"
#include "internal/cli/wrap.h"
#include "internal/cli/yaml.h"

namespace bao::cli {
namespace {

codec::Json json(std::string_view text) { return codec::parse_json(text).value(); }

TEST(Table, AlignsAndUnderlinesTheHeading) {
  EXPECT_EQ(table({{"Key", "Value"}, {"a", "1"}, {"longer", ""}}),
            "Key       Value\n"
            "---       -----\n"
            "a         1\n"
            "longer    n/a");
  EXPECT_EQ(table({{"K"}, {"∞"}}), "K\n-\n∞");
  EXPECT_EQ(align({{"∞", "x"}, {"ab", "y"}}), "∞     x\nab    y");  // code points, not bytes
}

TEST(GoValue, IsPercentV) {
  EXPECT_EQ(go_value(json(R"({"b":[1,"x",null],"a":{"t":true}})")), "map[a:map[t:true] b:[1 x <nil>]]");
  EXPECT_EQ(go_value(json("1.50")), "1.50");
  EXPECT_EQ(go_quoted_list(json(R"(["a","b\"c"])")), "[\"a\" \"b\\\"c\"]");
  EXPECT_EQ(go_quoted_list(codec::Json()), "[]");
}

TEST(HumanDuration, DropsNoughts) {
  const std::pair<const char*, std::string> cases[] = {{"0", "0s"},        {"2764800", "768h"}, {"5400", "1h30m"}, {"65", "1m5s"},
                                                       {"3605", "1h5s"},   {"60", "1m"},        {"-5", "-5s"},     {"1.5", "1.5"},
                                                       {"\"x\"", "x"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(human_seconds(json(seconds)), text);
  EXPECT_TRUE(names_duration("max_lease_ttl"));
  EXPECT_TRUE(names_duration("period"));
  EXPECT_FALSE(names_duration("TTL"));
  EXPECT_FALSE(names_duration("settle"));
}

TEST(GoTime, IsTimeString) {
  EXPECT_EQ(go_time("2026-01-02T15:04:05.9Z"), "2026-01-02 15:04:05.9 +0000 UTC");
  EXPECT_EQ(go_time("2026-01-02T15:04:05+02:00"), "2026-01-02 15:04:05 +0200 +0200");
  EXPECT_EQ(rfc822("2026-01-02T15:04:05.9Z"), "02 Jan 26 15:04 UTC");
}

TEST(Yaml, QuotesOnlyWhatWouldBeReadAsSomethingElse) {
  const std::pair<const char*, std::string> cases[] = {
      {R"("v")", "v\n"},          {R"("120")", "\"120\"\n"},   {R"("true")", "\"true\"\n"}, {R"("")", "\"\"\n"},
      {R"("a: b")", "'a: b'\n"},  {R"("1.50")", "\"1.50\"\n"}, {"1.50", "1.5\n"},           {"12", "12\n"},
      {R"("2026-01-02T15:04:05Z")", "\"2026-01-02T15:04:05Z\"\n"},                            {R"("no")", "\"no\"\n"},
      {R"("a\nb")", "|-\n  a\n  b\n"},                         {R"("a\nb\n")", "|\n  a\n  b\n"},
      {R"({"y":1,"b":[1,{"c":"d"}],"e":{},"l":[]})", "b:\n- 1\n- c: d\ne: {}\nl: []\n\"y\": 1\n"},
      {R"({"m":{"n":null}})", "m:\n  \"n\": null\n"},
      // Past column 80 a line goes on at the next space.
      {R"({"m":"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 abcd efgh"})",
       "m: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 abcd\n  efgh\n"},
  };
  for (const auto& [text, yaml] : cases) EXPECT_EQ(write_yaml(json(text)), yaml) << text;
}

TEST(Wrap, BreaksLinesEvenly) {
  EXPECT_EQ(wrap("a short line", 2), "  a short line");
  EXPECT_EQ(wrap("* Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more secure SHA2-256 HMAC for "
                 "token obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.", 2),
            "  * Supplying a custom ID for the token uses the weaker SHA1 hashing instead\n"
            "  of the more secure SHA2-256 HMAC for token obfuscation. SHA1 hashed tokens\n"
            "  on the wire leads to less secure lookups.");
  const std::string long_word(100, 'x');
  EXPECT_EQ(wrap(long_word + " y"), long_word + "\ny");
}

TEST(KvHeading, IsAsWideAsItsTable) {
  EXPECT_EQ(kv_heading("Data", json(R"({"a":"b"})")), "== Data ==");
  EXPECT_EQ(kv_heading("Metadata", json(R"({"custom_metadata":null})")), "======= Metadata =======");
}

TEST(Secret, KeepsNullsAndOrder) {
  const auto secret = parse_secret(R"({"request_id":"r","lease_id":"","renewable":false,"lease_duration":0,"data":{"b":1,"a":2},
      "wrap_info":null,"warnings":null,"auth":null})");
  ASSERT_TRUE(secret.ok() && *secret);
  EXPECT_EQ(codec::write_json((*secret)->to_json()),
            R"({"request_id":"r","lease_id":"","lease_duration":0,"renewable":false,"data":{"a":2,"b":1},"warnings":null})");
}

TEST(Secret, TakesABodyWithoutEnvelopeAsData) {
  const auto health = parse_secret(R"({"sealed":false})");
  ASSERT_TRUE(health.ok() && *health);
  EXPECT_EQ(go_value((*health)->data), "map[sealed:false]");
  EXPECT_FALSE(*parse_secret(""));
  EXPECT_FALSE(*parse_secret(R"({"errors":[]})"));
  EXPECT_FALSE(parse_secret(R"({"errors":["no"],"x":1})").ok());
}

TEST(Secret, FieldsHaveTheirOwnNames) {
  const auto login = parse_secret(R"({"auth":{"client_token":"t","token_policies":["default"],"lease_duration":60}})");
  ASSERT_TRUE(login.ok() && *login);
  EXPECT_EQ((*login)->field("token")->as_string(), "t");
  EXPECT_EQ(go_value(*(*login)->field("token_policies")), "[default]");
  EXPECT_EQ((*login)->field("token_duration")->text(), "60");
  EXPECT_EQ((*login)->field("request_id"), nullptr);
  const auto kv = parse_secret(R"({"request_id":"r","lease_duration":9,"data":{"z":null,"k":"v"}})");
  EXPECT_EQ((*kv)->field("lease_duration")->text(), "9");
  EXPECT_EQ((*kv)->field("k")->as_string(), "v");
  EXPECT_EQ((*kv)->field("z"), nullptr);
  EXPECT_EQ((*kv)->field("data")->size(), 2u);
}

TEST(RootToken, IsDecodedByItsOneTimePassword) {
  EXPECT_EQ(*decode_root_token("HQgP", "abc"), "|jl");
  EXPECT_FALSE(decode_root_token("HQgP", "ab").ok());
  EXPECT_FALSE(decode_root_token("?", "a").ok());
}

}  // namespace
}  // namespace bao::cli
