#include <gtest/gtest.h>

#include "internal/logical/field.h"

namespace bao::logical {
namespace {

using codec::Json;

// The value as JSON text, or "! error".
std::string read_as(FieldType type, std::string_view json) {
  const auto value = coerce(type, *codec::parse_json(json));
  return value.ok() ? codec::write_json(*value) : "! " + value.error().message();
}

TEST(Coerce, Strings) {
  EXPECT_EQ(read_as(FieldType::string, "true"), "\"1\"");
  EXPECT_EQ(read_as(FieldType::string, "1.50"), "\"1.50\"");
  EXPECT_EQ(read_as(FieldType::string, "[]"), "! '' expected type 'string', got unconvertible type '[]interface {}'");
  EXPECT_EQ(read_as(FieldType::lower_string, "\"AbC\""), "\"abc\"");
  EXPECT_EQ(read_as(FieldType::name_string, "\"a/b\""), "! field does not match the formatting rules");
}

TEST(Coerce, Numbers) {
  EXPECT_EQ(read_as(FieldType::integer, "\"0x10\""), "16");
  EXPECT_EQ(read_as(FieldType::integer, "\"\""), "0");
  EXPECT_EQ(read_as(FieldType::integer, "null"), "0");
  EXPECT_EQ(read_as(FieldType::integer, "true"), "1");
  EXPECT_EQ(read_as(FieldType::integer, "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(read_as(FieldType::integer, "2.0"), "! '' cannot parse value as 'int': strconv.ParseInt: invalid syntax");
  EXPECT_EQ(read_as(FieldType::integer, "9223372036854775808"), "! '' cannot parse value as 'int': strconv.ParseInt: value out of range");
  EXPECT_EQ(read_as(FieldType::integer, "{}"), "! '' expected type 'int', got unconvertible type 'map[string]interface {}'");
  EXPECT_EQ(read_as(FieldType::floating, "\"1.25\""), "1.25");
  EXPECT_EQ(read_as(FieldType::floating, "\"x\""), "! '' cannot parse value as 'float64': strconv.ParseFloat: invalid syntax");
}

TEST(Coerce, Booleans) {
  EXPECT_EQ(read_as(FieldType::boolean, "\"True\""), "true");
  EXPECT_EQ(read_as(FieldType::boolean, "0"), "false");
  EXPECT_EQ(read_as(FieldType::boolean, "\"\""), "false");
  EXPECT_EQ(read_as(FieldType::boolean, "2"), "! '' cannot parse value as 'bool': strconv.ParseBool: invalid syntax");
}

TEST(Coerce, DurationsAreSeconds) {
  EXPECT_EQ(read_as(FieldType::duration, "\"1h30m\""), "5400");
  EXPECT_EQ(read_as(FieldType::duration, "\"2d\""), "172800");
  EXPECT_EQ(read_as(FieldType::duration, "90"), "90");
  EXPECT_EQ(read_as(FieldType::duration, "\"-5m\""), "! cannot provide negative value '-300'");
  EXPECT_EQ(read_as(FieldType::signed_duration, "\"-5m\""), "-300");
  EXPECT_EQ(read_as(FieldType::duration, "\"soon\""), "! time: invalid duration \"soon\"");
  EXPECT_EQ(read_as(FieldType::duration, "\"bad\""), "! strconv.ParseInt: parsing \"ba\": invalid syntax");
  EXPECT_EQ(read_as(FieldType::duration, "true"), "! could not parse duration from input");
}

TEST(Coerce, Maps) {
  EXPECT_EQ(read_as(FieldType::map, "[{\"a\":1},{\"b\":2}]"), "{\"a\":1,\"b\":2}");
  EXPECT_EQ(read_as(FieldType::map, "[]"), "{}");
  EXPECT_EQ(read_as(FieldType::map, "[\"x\"]"), "! '[0]' expected type 'map[string]interface {}', got unconvertible type 'string'");
  EXPECT_EQ(read_as(FieldType::map, "1"), "! '' expected type 'map[string]interface {}', got unconvertible type 'json.Number'");
  EXPECT_EQ(read_as(FieldType::pairs, "{\"a\":true,\"b\":5}"), "{\"a\":\"1\",\"b\":\"5\"}");
  EXPECT_EQ(read_as(FieldType::pairs, "[\"a=b=c\",\"d=\"]"), "{\"a\":\"b=c\",\"d\":\"\"}");
  EXPECT_EQ(read_as(FieldType::pairs, "null"), "null");
  EXPECT_EQ(read_as(FieldType::pairs, "\"x\""), "! invalid key pair \"x\"");
}

TEST(Coerce, Lists) {
  EXPECT_EQ(read_as(FieldType::list, "\"a,b\""), "[\"a,b\"]");
  EXPECT_EQ(read_as(FieldType::string_list, "\"a,b\""), "[\"a,b\"]");
  EXPECT_EQ(read_as(FieldType::comma_list, "\" a, b\""), "[\"a\",\"b\"]");
  EXPECT_EQ(read_as(FieldType::comma_list, "[\"a,b\",1,null]"), "[\"a,b\",\"1\",\"\"]");
  EXPECT_EQ(read_as(FieldType::comma_list, "[{}]"),
            "! decoding failed due to the following error(s):\n\n'[0]' expected type 'string', got unconvertible type "
            "'map[string]interface {}'");
  EXPECT_EQ(read_as(FieldType::comma_int_list, "\"1,2\""), "[1,2]");
  EXPECT_EQ(read_as(FieldType::comma_int_list, "3"), "[3]");
  EXPECT_EQ(read_as(FieldType::comma_int_list, "[\"one\"]"),
            "! decoding failed due to the following error(s):\n\n'[0]' cannot parse value as 'int': strconv.ParseInt: invalid syntax");
}

TEST(Coerce, Times) {
  EXPECT_EQ(read_as(FieldType::time, "\"2026-01-02T03:04:05+01:00\""), "\"2026-01-02T02:04:05Z\"");
  EXPECT_EQ(read_as(FieldType::time, "0"), "\"1970-01-01T00:00:00Z\"");
  EXPECT_EQ(read_as(FieldType::time, "\"then\""), "! could not parse string as date and time");
}

const std::vector<Field>& schema() {
  static const std::vector<Field> kSchema = {{"name", FieldType::string, ""},
                                             {"ttl", FieldType::duration, "", Json("1h")},
                                             {"count", FieldType::integer, "", Json(3)}};
  return kSchema;
}

TEST(Fields, CapturesWinAndSayWhatTheyReplace) {
  const auto data = codec::parse_json(R"({"name":"body","z":1,"b":2,"count":null})");
  const auto fields = Fields::read(schema(), {{"name", "path"}}, *data);
  ASSERT_TRUE(fields.ok());
  EXPECT_EQ(fields->string("name"), "path");
  EXPECT_EQ(fields->integer("count"), 0);
  EXPECT_TRUE(fields->has("count"));
  EXPECT_FALSE(fields->has("ttl"));
  EXPECT_EQ(fields->duration("ttl"), std::chrono::hours(1));
  const std::vector<std::string> expected = {
      "Endpoint ignored these unrecognized parameters: [b z]",
      "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [name]"};
  EXPECT_EQ(field_warnings(*fields), expected);
}

TEST(Fields, NullDurationsAreNotGiven) {
  const auto fields = Fields::read(schema(), {}, *codec::parse_json(R"({"ttl":null})"));
  EXPECT_EQ(fields->duration("ttl"), std::chrono::hours(1));
  EXPECT_TRUE(field_warnings(*fields).empty());
}

}  // namespace
}  // namespace bao::logical
