// The small parts: DER, PEM, serial numbers, names, alternative names and OIDs, as text and as bytes.
#include <gtest/gtest.h>

#include "internal/crypto/x509/alternative_names.h"
#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/extension.h"
#include "internal/crypto/x509/extension_values.h"
#include "internal/crypto/x509/name.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/crypto/x509/text.h"

namespace bao::crypto::x509 {
namespace {

using namespace std::string_literals;

std::string hex(std::string_view bytes) { return serial_text(bytes, ' '); }

TEST(Der, NumbersAreMinimalAndNotNegative) {
  EXPECT_EQ(hex(der::integer(uint64_t{0})), "02 01 00");
  EXPECT_EQ(hex(der::integer(uint64_t{127})), "02 01 7f");
  EXPECT_EQ(hex(der::integer(uint64_t{128})), "02 02 00 80");
  EXPECT_EQ(hex(der::integer("\0\0\x80"s)), "02 02 00 80");
  EXPECT_EQ(hex(der::integer(UINT64_MAX)), "02 09 00 ff ff ff ff ff ff ff ff");
  EXPECT_FALSE(der::read_magnitude("\xff").ok());
  EXPECT_FALSE(der::read_magnitude("\0\x01"s).ok());
  EXPECT_FALSE(der::read_magnitude("").ok());
  EXPECT_EQ(*der::read_number("\0\x80"s), 128u);
}

TEST(Der, LengthsAreMinimalAndInside) {
  for (const size_t size : {0u, 127u, 128u, 255u, 256u, 65535u, 65536u}) {
    const std::string written = der::element(der::kOctetString, {std::string(size, 'x')});
    der::Reader reader(written);
    EXPECT_EQ(reader.take(der::kOctetString)->size(), size);
    EXPECT_TRUE(reader.at_end());
    EXPECT_FALSE(der::Reader(std::string_view(written).substr(0, written.size() - 1)).next().ok());
  }
  for (const std::string& wrong : {"\x04\x81\x01x"s, "\x04\x80x\0\0"s, "\x04\x82\0\x01x"s, "\x04\x85\0\0\0\0\x01x"s, "\x04\x84\xff\xff\xff\xffx"s, "\x1f\x81\x01x"s, "\x04"s, ""s}) {
    EXPECT_FALSE(der::Reader(wrong).next().ok()) << hex(wrong);
  }
}

TEST(Der, TimesAreOfTheirCentury) {
  const auto at = [](int year) { return std::chrono::sys_days(std::chrono::year(year) / 2 / 28) + std::chrono::seconds(3723); };
  EXPECT_EQ(der::time(at(2049)), "\x17\x0d"s + "490228010203Z");
  EXPECT_EQ(der::time(at(2050)), "\x18\x0f"s + "20500228010203Z");
  EXPECT_EQ(der::time(at(9999)), "\x18\x0f"s + "99990228010203Z");
  for (const int year : {1950, 1999, 2049, 2050, 9999}) {
    const std::string written = der::time(at(year));
    EXPECT_EQ(*der::read_time(*der::Reader(written).next()), at(year));
  }
  for (const char* wrong : {"490229010203Z", "490028010203Z", "490228240203Z", "4902280102Z", "490228010203+0100", "49022801020xZ"}) {
    EXPECT_FALSE(der::read_time({der::kUtcTime, wrong, {}}).ok()) << wrong;
  }
}

TEST(Oid, IsDottedNumbersThatComeBack) {
  for (const char* oid : {"1.2", "2.5.29.15", "1.2.840.113549.1.1.11", "2.999.1", "0.9.2342.19200300.100.1.1", "1.2.0.128.16384", "2.70000000000000000", "1.2.72057594037927935"}) {
    ASSERT_TRUE(is_oid(oid)) << oid;
    const std::string written = der::oid(oid);
    EXPECT_EQ(*der::read_oid(*der::Reader(written).take(der::kOid)), oid);
  }
  for (const char* wrong : {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "1.2.x", "1.02", "1.2.72057594037927936", "1.2.99999999999999999999", " 1.2"}) EXPECT_FALSE(is_oid(wrong)) << wrong;
  // One that could be read but not written was found by fuzzing.
  for (const std::string& wrong : {""s, "\x2a\xcf\xd1\xcc\xd1\xce\xcf\xce\xd1\x31"s, "\x80\x01"s, "\x2a\x86"s, "\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"s}) EXPECT_FALSE(der::read_oid(wrong).ok()) << hex(wrong);
}

TEST(Serial, IsPairsOfDigits) {
  EXPECT_EQ(serial_text("\x0a\xbc", ':'), "0a:bc");
  EXPECT_EQ(parse_serial("0A-bc"), "\x0a\xbc");
  EXPECT_EQ(parse_serial("00:0a"), "\x0a");
  for (const char* wrong : {"", "0", "0abc", "0a:", "0a:b", "0g", "0a::bc"}) EXPECT_FALSE(parse_serial(wrong)) << wrong;
  EXPECT_NE(random_serial(), random_serial());
  for (int i = 0; i < 100; ++i) {
    const std::string serial = random_serial();
    EXPECT_LE(serial.size(), 20u);
    EXPECT_TRUE(serial.size() < 20 || static_cast<uint8_t>(serial[0]) < 0x80);
    EXPECT_NE(serial[0], '\0');
  }
}

TEST(Pem, BlocksComeBackInOrder) {
  const std::string text = pem("CERTIFICATE", std::string(100, 'a')) + "\n" + pem("PRIVATE KEY", "b");
  const auto blocks = parse_pem_bundle(text);
  ASSERT_TRUE(blocks.ok());
  ASSERT_EQ(blocks->size(), 2u);
  EXPECT_EQ((*blocks)[0].der.reveal(), std::string(100, 'a'));
  EXPECT_FALSE((*blocks)[0].holds_key());
  EXPECT_EQ((*blocks)[1].der.reveal(), "b");
  EXPECT_TRUE((*blocks)[1].holds_key());
  EXPECT_TRUE(parse_pem_bundle(" \n")->empty());
}

TEST(Pem, IsReadWithHeadersAndOtherLineEnds) {
  const auto block = parse_pem("text before\n-----BEGIN X-----\r\nA: b\r\n\r\nYWJj\r\nZA==\r\n-----END X-----\r\n");
  ASSERT_TRUE(block.ok());
  EXPECT_EQ(block->der.reveal(), "abcd");
}

TEST(Pem, ABundleHoldsNothingElse) {
  const std::string block = pem("X", "abc");
  for (const std::string& wrong : {"text\n" + block, block + "text", block.substr(0, block.size() - 1) + block, "-----BEGIN X-----\nYWJj\n"s,
                                   "-----BEGIN X-----\nYWJj\n-----END Y-----\n"s, "-----BEGIN X-----\nYWJ\n-----END X-----\n"s,
                                   "-----BEGIN X-----\nYW=j\n-----END X-----\n"s, "-----BEGIN X-----\nY!Jj\n-----END X-----\n"s,
                                   "-----BEGIN X-----\n-----END X-----\n"s, "-----BEGIN -----"s}) {
    EXPECT_FALSE(parse_pem_bundle(wrong).ok()) << wrong;
  }
}

TEST(Name, KindsOfTextAreTheReferences) {
  Name name;
  name.add(attribute::kOrganization, std::vector<std::string>{"Zoo", "Acorn"});
  name.add(attribute::kCommonName, "*.a.test");
  const std::string bytes = *encode(name);
  const Name read = *parse_name(bytes);
  EXPECT_EQ(read.values(attribute::kOrganization), (std::vector<std::string>{"Zoo", "Acorn"}));  // sorted by their DER, shorter first
  EXPECT_EQ(read.text(), "CN=*.a.test,O=Zoo+O=Acorn");
  EXPECT_NE(bytes.find("\x0c\x08*.a.test"), std::string::npos);
  EXPECT_NE(bytes.find("\x13\x03Zoo"), std::string::npos);
  EXPECT_FALSE(encode(Name{{{{attribute::kCommonName, "\xff"}}}}).ok());
  EXPECT_EQ(hex(*encode(Name())), "30 00");
}

TEST(Name, SpecialSignsAreEscapedInText) {
  Name name;
  name.add(attribute::kCommonName, " a,b+c\"# ");
  name.add(attribute::kUserId, "u");
  EXPECT_EQ(name.text(), "0.9.2342.19200300.100.1.1=#130175,CN=\\ a\\,b\\+c\\\"#\\ ");
}

TEST(Name, OtherKindsOfTextBecomeUtf8) {
  const auto read = [](uint8_t tag, std::string_view value) {
    const std::string attribute_bytes = der::sequence({der::oid(attribute::kCommonName), der::element(tag, {value})});
    const auto name = parse_name(der::sequence({der::element(der::kSet, {attribute_bytes})}));
    return name.ok() ? name->last(attribute::kCommonName) : "refused";
  };
  EXPECT_EQ(read(der::kBmpString, "\0G\0r\0\xfc\0n"s), "Grün");
  EXPECT_EQ(read(der::kTeletexString, "Gr\xfcn"), "Grün");
  EXPECT_EQ(read(der::kUtf8String, "Gr\xfcn"), "refused");
  EXPECT_EQ(read(der::kOctetString, "x"), "refused");
}

TEST(Text, Utf8IsJudgedStrictly) {
  for (const char* good : {"", "a", "ü", "€", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* wrong : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) EXPECT_FALSE(is_utf8(wrong)) << hex(wrong);
}

TEST(AlternativeNames, ComeBack) {
  const AlternativeNames names{{{"1.2.3", "Grün"}}, {"a.test", "*.b.test"}, {"me@a.test"}, {*parse_address("10.0.0.1"), *parse_address("fd12::5")}, {"spiffe://a/b"}};
  EXPECT_EQ(*parse_alternative_names(*encode(names)), names);
  EXPECT_FALSE(encode(AlternativeNames{{}, {"grün.test"}, {}, {}, {}}).ok());
  EXPECT_FALSE(encode(AlternativeNames{{{"x", "y"}}, {}, {}, {}, {}}).ok());
  EXPECT_FALSE(encode(AlternativeNames{{}, {}, {}, {"abc"}, {}}).ok());
}

TEST(Address, TextComesBack) {
  EXPECT_EQ(address_text(*parse_address("10.0.0.1")), "10.0.0.1");
  EXPECT_EQ(address_text(*parse_address("FD12:0::5")), "fd12::5");
  EXPECT_EQ(address_text(*parse_address("::ffff:10.0.0.1")), "10.0.0.1");
  for (const char* wrong : {"", "10.0.0", "10.0.0.256", "::x", "1.2.3.4.5"}) EXPECT_FALSE(parse_address(wrong)) << wrong;
}

TEST(KeyUsage, BitsComeBack) {
  for (uint16_t usages = 1; usages < 512; ++usages) EXPECT_EQ(*read_key_usage(encode_key_usage(usages)), usages);
  EXPECT_EQ(hex(encode_key_usage(kCertSign | kCrlSign)), "03 02 01 06");
  EXPECT_EQ(hex(encode_key_usage(kDecipherOnly)), "03 03 07 00 80");
}

TEST(Extensions, AnOidStandsOnce) {
  const std::string twice = *encode_extensions({{"1.2.3", false, "x"}, {"1.2.3", true, "y"}});
  EXPECT_FALSE(read_extensions(twice).ok());
  const std::vector<Extension> two{{"1.2.3", false, "x"}, {"1.2.4", true, ""}};
  EXPECT_EQ(*read_extensions(*encode_extensions(two)), two);
}

}  // namespace
}  // namespace bao::crypto::x509
