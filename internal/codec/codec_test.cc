// What readers of data at rest and clients of the API rely on: nothing of a JSON value is lost, bytes have Go's forms,
// damaged input is refused.
#include <gtest/gtest.h>

#include "internal/codec/compression.h"
#include "internal/codec/crc32c.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/codec/protobuf.h"

namespace bao::codec {
namespace {

std::string rewritten(std::string_view text) {
  const auto value = parse_json(text);
  return value.ok() ? write_json(*value) : "error: " + value.error().message();
}

TEST(Json, NumbersStayAsTheyWereGiven) {
  for (const char* text : {"123456789012345678901234567890", "1.50", "1E2", "-0", "0", "-12", "0.1e-7",
                           "18446744073709551615", "-9223372036854775808"}) {
    EXPECT_EQ(rewritten(text), text);
  }
}

TEST(Json, ObjectsAreWrittenSortedAndRecordsInOrder) {
  EXPECT_EQ(rewritten(R"({"b":1,"a":{"z":null,"y":[true,false,{}]}, "b":2})"), R"({"a":{"y":[true,false,{}],"z":null},"b":2})");
  EXPECT_EQ(write_json(Json::record({{"b", 1}, {"a", "x"}})), R"({"b":1,"a":"x"})");
}

// Long texts are looked at in words.
TEST(Json, AnEscapeIsFoundWhereverItStands) {
  for (int code = 0; code < 0x80; ++code) {
    const std::string character(1, static_cast<char>(code));
    const std::string alone = write_json(character);
    for (size_t before = 0; before < 18; ++before) {
      for (const size_t after : {0u, 3u, 8u, 17u}) {
        const std::string text = std::string(before, 'a') + character + std::string(after, 'z');
        const std::string written = write_json(text);
        EXPECT_EQ(written, '"' + std::string(before, 'a') + alone.substr(1, alone.size() - 2) + std::string(after, 'z') + '"');
        const auto read = parse_json(written);
        ASSERT_TRUE(read.ok()) << written;
        EXPECT_EQ(read->as_string(), text);
        EXPECT_EQ(parse_json('"' + text + '"').ok(), code >= 0x20 && code != 0x22 && code != 0x5c) << code;
      }
    }
  }
}

TEST(Json, StringsAreEscapedAsGoDoes) {
  EXPECT_EQ(write_json(Json("<a&b>\"\\\n\t\x01\u2028ü")), "\"\\u003ca\\u0026b\\u003e\\\"\\\\\\n\\t\\u0001\\u2028ü\"");
  EXPECT_EQ(rewritten("\"\\ud83d\\ude00\""), "\"😀\"");
}

TEST(Json, BadUtf8BecomesTheReplacementCharacter) {
  EXPECT_EQ(rewritten("\"a\xff" "b\""), "\"a\xef\xbf\xbd" "b\"");
  EXPECT_EQ(write_json(Json(std::string("a\xff\xc3" "b\xc3\xa9"))), "\"a\\ufffd\\ufffdb\xc3\xa9\"");
}

TEST(Json, WhatIsNoJsonIsRefused) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "nul", "01", "1 2", "\"a", "{'a':1}", "[1}", "+1", ".5"}) {
    EXPECT_FALSE(parse_json(text).ok()) << text;
  }
}

TEST(Json, LimitsHoldAndDeepNestingNeitherRecursesNorPasses) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(parse_json(deep).error().message(), "invalid character '[' exceeded max depth");
  EXPECT_FALSE(parse_json(R"(["a","b","c"])", {.strings_max = 2}).ok());
  EXPECT_TRUE(parse_json(R"(["a","b","c"])", {.strings_max = 3}).ok());
  EXPECT_FALSE(parse_json(R"(["aaaaaaaaaaaaaaaaaaaaaaaa"])", {.bytes_max = 16}).ok());
}

TEST(Json, TrailingBytesAreTheCallersChoice) {
  EXPECT_FALSE(parse_json("{} {}").ok());
  EXPECT_TRUE(parse_json("{} {}", {}, Trailing::tolerate_json).ok());
}

TEST(Json, ErrorsSayWhatGoSays) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "EOF"}, {"  ", "EOF"}, {"{", "unexpected EOF"}, {"{\"a\":\"x", "unexpected EOF"}, {"nul", "unexpected EOF"},
      {"broken", "invalid character 'b' looking for beginning of value"},
      {"{broken", "invalid character 'b'"}, {"{,}", "invalid character ','"}, {"{'a':1}", "invalid character '\\''"},
      {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
      {"{\"a\" \"b\"}", "invalid character '\"' after object key"},
      {"{\"a\":\"b\" \"c\"}", "invalid character '\"' after object key:value pair"},
      {"{\"a\":}", "invalid character '}' looking for beginning of value"},
      {"[1 2]", "invalid character '2' after array element"},
      {"{\"a\":tru}", "invalid character '}' in literal true (expecting 'e')"},
      {"{\"a\":01}", "invalid character '1' after object key:value pair"},
      {"[-]", "invalid character ']' in numeric literal"},
      {"[1.]", "invalid character ']' after decimal point in numeric literal"},
      {"[1e]", "invalid character ']' in exponent of numeric literal"},
      {"[\"\\q\"]", "invalid character 'q' in string escape code"},
      {"[\"\\u12g4\"]", "invalid character 'g' in \\u hexadecimal character escape"},
      {"[\"x\ny\"]", "invalid character '\\n' in string literal"},
      {"[\xc3\xa9]", "invalid character 'Ã' looking for beginning of value"},
      {"[\x01]", "invalid character '\\x01' looking for beginning of value"},
      {"{\"a\":1} trailing", "invalid character 'a' in literal true (expecting 'u')"},
      {"{\"a\":1}}", "invalid character '}' looking for beginning of value"},
      {"{\"a\":1},", "invalid character ',' looking for beginning of value"},
      {"{\"a\":1}\"x", "unexpected EOF"}, {"{\"a\":1}nul", "unexpected EOF"},
  };
  for (const auto& [text, message] : kCases) {
    const auto parsed = parse_json(text, {}, Trailing::tolerate_json);
    EXPECT_EQ(parsed.ok() ? "no error" : parsed.error().message(), message) << text;
  }
  EXPECT_EQ(parse_json("{} x").error().message(), "invalid character 'x' after top-level value");
}

TEST(Json, TokensBehindTheValueMayBreakOffBetweenTwoOfThem) {
  for (const char* text : {"{}{\"a\":1}", "{} {\"b\"", "{}[1,", "{}[", "{} 1 \"x\" null", "{}{\"a\":"}) {
    EXPECT_TRUE(parse_json(text, {}, Trailing::tolerate_json).ok()) << text;
  }
  EXPECT_FALSE(parse_json("{}[\"a\",\"b\"]", {.strings_max = 1}, Trailing::tolerate_json).ok());
}

TEST(Json, NumbersOfAnySizeAndLoneSurrogatesAreKept) {
  EXPECT_EQ(rewritten("[1e999,-0,-1E-400]"), "[1e999,-0,-1E-400]");
  EXPECT_EQ(rewritten(R"(["\ud800x","\udc00\ud800","\ud83d\ude00"])"), "[\"\xef\xbf\xbdx\",\"\xef\xbf\xbd\xef\xbf\xbd\",\"😀\"]");
}

TEST(Json, IntegersAreReadExactlyOrNotAtAll) {
  EXPECT_EQ(*parse_json("3.0")->as_int(), 3);
  EXPECT_EQ(*parse_json("1e3")->as_int(), 1000);
  EXPECT_FALSE(parse_json("1.5")->as_int().ok());
  EXPECT_FALSE(parse_json("9223372036854775808")->as_int().ok());
  EXPECT_EQ(*parse_json("9223372036854775807")->as_int(), INT64_MAX);
}

TEST(Json, IndentedAsGoDoes) {
  EXPECT_EQ(write_json_indented(*parse_json(R"({"a":[],"b":{"c":[1,2]},"d":{}})")),
            "{\n  \"a\": [],\n  \"b\": {\n    \"c\": [\n      1,\n      2\n    ]\n  },\n  \"d\": {}\n}");
}

TEST(Json, MergePatchFollowsRfc7396) {
  const auto merged = merge_patch(*parse_json(R"({"a":"b","c":{"d":"e","f":"g"}})"),
                                  *parse_json(R"({"a":"z","c":{"f":null},"n":{"x":null}})"));
  EXPECT_EQ(write_json(merged), R"({"a":"z","c":{"d":"e"},"n":{}})");
}

TEST(Json, EqualityIgnoresTheOrderOfMembers) {
  EXPECT_TRUE(*parse_json(R"({"a":1,"b":[2]})") == *parse_json(R"({"b":[2],"a":1})"));
  EXPECT_FALSE(*parse_json("1.0") == *parse_json("1"));
}

TEST(Encoding, RoundTrips) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(255 - i);
    EXPECT_EQ(*from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(*from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(*from_base64url(to_base64url(bytes)), bytes);
    EXPECT_EQ(*from_base62(to_base62(bytes)), bytes);
  }
  EXPECT_EQ(to_base64("hello"), "aGVsbG8=");
}

TEST(Encoding, Base62IsThatOfEncryptedPaths) {
  // openbao-storage.md, TV5
  EXPECT_EQ(to_base62("1:0OGvk3ySQonXvy5A3SrXFL0Hwixjs007yP5TD4UkoQ=="),
            "5kKEsbIWuxKSyqq2IHW0LN91TZtiqyna7w18zAozfjvVlGG13ktgWHqCpZM3Df");
}

TEST(Encoding, BadTextIsRefused) {
  EXPECT_FALSE(from_hex("abc").ok());
  EXPECT_FALSE(from_hex("zz").ok());
  EXPECT_FALSE(from_base64("aGVsbG8").ok());
  EXPECT_FALSE(from_base64("a*==").ok());
  EXPECT_FALSE(from_base62("a-b").ok());
  EXPECT_FALSE(percent_decode("%4").ok());
  EXPECT_FALSE(percent_decode("%zz").ok());
  EXPECT_EQ(*percent_decode("a%2Fb+c%25"), "a/b+c%");
}

TEST(Encoding, QueriesKeepOrderAndRepetition) {
  const auto pairs = *parse_query("a=1&b=x+y%26&a=&c");
  ASSERT_EQ(pairs.size(), 4u);
  EXPECT_EQ(pairs[1].second, "x y&");
  EXPECT_EQ(pairs[2].first, "a");
  EXPECT_EQ(pairs[3].first, "c");
}

TEST(Protobuf, UnknownFieldsKeepTheirBytes) {
  std::string message;
  put_uint(message, 1, 300);
  put_bytes(message, 2, "text");
  put_message(message, 400, "");
  const auto fields = *parse_wire(message);
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].number, 300u);
  EXPECT_EQ(fields[1].bytes, "text");
  std::string again;
  for (const auto& field : fields) again += field.whole;
  EXPECT_EQ(again, message);
}

TEST(Protobuf, AStorageRecordHasTheBytesOfTheReference) {
  std::string record;  // openbao-storage.md, TV7
  put_bytes(record, 1, "core/lock");
  put_bytes(record, 2, "abc");
  std::string framed;
  put_varint(framed, record.size());
  EXPECT_EQ(to_hex(framed + record), "100a09636f72652f6c6f636b1203616263");
}

TEST(Protobuf, CutMessagesAreRefused) {
  std::string message;
  put_bytes(message, 2, "text");
  put_uint(message, 3, 1u << 20);
  for (size_t size = 1; size < message.size(); ++size) {
    const auto fields = parse_wire(std::string_view(message).substr(0, size));
    EXPECT_TRUE(!fields.ok() || size == 6) << size;  // 6: the end of the first field
  }
  EXPECT_FALSE(parse_wire("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").ok());
  EXPECT_FALSE(parse_wire(std::string_view("\x00\x01", 2)).ok());
}

TEST(Protobuf, TimesAndDurationsRoundTrip) {
  for (const int64_t nanos : {0ll, 1ll, 1'700'000'000'123'456'789ll, -1ll}) {
    EXPECT_EQ(*parse_timestamp(timestamp_message(base::Time(base::Duration(nanos)))), base::Time(base::Duration(nanos)));
    EXPECT_EQ(*parse_duration_message(duration_message(base::Duration(nanos))), base::Duration(nanos));
  }
  EXPECT_EQ(*parse_timestamp(timestamp_message(base::kZeroTime)), base::kZeroTime);
}

TEST(Compression, GzipRoundTripsAndIsBounded) {
  const std::string text(100'000, 'x');
  const std::string packed = *compress_canary_gzip(text);
  EXPECT_EQ(*decompress_canary(packed, text.size()), text);
  EXPECT_EQ(decompress_canary(packed, text.size() - 1).error().code(), base::Code::too_large);
  EXPECT_EQ(gunzip(std::string_view(packed).substr(1, packed.size() - 5), 1u << 20).error().code(), base::Code::corrupt);
}

// RFC 3720 appendix B.4, and the usual check value.
TEST(Crc32c, HasTheValuesOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c("56789", crc32c("1234")), crc32c("123456789"));
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(Compression, SnappyStoredHasTheBytesOfTheReference) {
  const std::string item = "0a127061636b65722f6275636b6574732f323033";  // start of TV10
  const std::string framed = snappy_framed_stored(*from_hex(item));
  EXPECT_EQ(to_hex(framed).substr(0, 30), "53ff060000734e61507059" "01180000");
  EXPECT_EQ(*decompress_canary(framed, 1000), *from_hex(item));
}

TEST(Compression, SnappyReadsLiteralsAndCopies) {
  // 'abcd' then copy-1 (offset 4, length 8): abcdabcdabcd
  const std::string block = std::string("\x0c\x0c" "abcd" "\x11\x04", 8);
  std::string plain = "abcdabcdabcd";
  const std::string stored = snappy_framed_stored(plain);
  std::string framed = stored.substr(1, 10);
  framed += '\x00';
  framed += static_cast<char>(block.size() + 4);
  framed += std::string(2, '\0') + stored.substr(15, 4) + block;
  const auto back = unsnappy_framed(framed, 100);
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(*back, plain);
  for (size_t size = 11; size < framed.size(); ++size) {
    EXPECT_FALSE(unsnappy_framed(std::string_view(framed).substr(0, size), 100).ok()) << size;
  }
}

TEST(Tar, IsReadInPiecesOfAnySizeAsAtOnce) {
  const std::string archive = write_tar({{"empty", ""}, {"block", std::string(512, 'b')}, {"more", std::string(700, 'm')}}, 0);
  for (const size_t size : {size_t{1}, size_t{7}, size_t{512}, size_t{513}, archive.size()}) {
    std::string read;
    TarScanner scanner([&](const std::string& name) -> base::Result<TakePiece> {
      read += name + ":";
      return TakePiece([&](std::string_view piece) {
        read += piece;
        return base::Status();
      });
    });
    for (size_t at = 0; at < archive.size(); at += size) {
      ASSERT_TRUE(scanner.feed(std::string_view(archive).substr(at, size)).ok());
    }
    EXPECT_TRUE(scanner.end().ok());
    EXPECT_EQ(read, "empty:block:" + std::string(512, 'b') + "more:" + std::string(700, 'm'));
  }
}

TEST(Compression, PiecesOfAnySizeAreOneStream) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i);
  for (const Effort effort : {Effort::compress, Effort::store}) {
    for (const size_t size : {size_t{100}, size_t{70'000}, text.size()}) {
      std::string packed;
      GzipWriter writer([&packed](std::string_view piece) {
        packed += piece;
        return base::Status();
      }, effort);
      for (size_t at = 0; at < text.size(); at += size) ASSERT_TRUE(writer.add(std::string_view(text).substr(at, size)).ok());
      ASSERT_TRUE(writer.end().ok());
      const auto back = gunzip(packed, text.size());
      ASSERT_TRUE(back.ok()) << back.error().message();
      EXPECT_TRUE(*back == text) << size;
    }
  }
}

TEST(Compression, WhatIsNotTakenIsTheError) {
  GzipWriter writer([](std::string_view) { return base::Status(base::invalid("full")); }, Effort::store);
  base::Status added = writer.add(std::string(1 << 20, 'x'));
  EXPECT_FALSE(added.ok());
}

TEST(Tar, AnEntryHasAsManyBytesAsItsHeaderSays) {
  const auto anywhere = [](std::string_view) { return base::Status(); };
  TarWriter more(anywhere, 0);
  ASSERT_TRUE(more.begin("a", 3).ok());
  ASSERT_TRUE(more.add("ab").ok());
  EXPECT_FALSE(more.add("cd").ok());
  TarWriter fewer(anywhere, 0);
  ASSERT_TRUE(fewer.begin("a", 3).ok());
  ASSERT_TRUE(fewer.add("ab").ok());
  EXPECT_FALSE(fewer.begin("b", 1).ok());
  EXPECT_FALSE(fewer.end().ok());
  EXPECT_EQ(TarWriter(anywhere, 0).begin("a", uint64_t{8} << 30).error().code(), base::Code::too_large);
}

TEST(Compression, DamagedArchivesAreRefused) {
  EXPECT_FALSE(read_tar("").ok());
  EXPECT_FALSE(read_tar(std::string(512, 'x')).ok());
  EXPECT_TRUE(read_tar(std::string(1024, '\0'))->empty());
}

}  // namespace
}  // namespace bao::codec
