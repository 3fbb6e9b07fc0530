// The blobs of openbao-storage.md 12 (TV3) open, what we wrap opens again, and a wrong key never does.
#include <gtest/gtest.h>

#include "internal/barrier/seal/seal.h"
#include "internal/codec/encoding.h"

namespace bao::seal {
namespace {

std::string counting(int from, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(from + i);
  return bytes;
}

const char kShamirBlob[] =
    "0a4ca0a1a2a3a4a5a6a7a8a9aaab8cad6176a5a8fb192a292991ecf559af9e5b9f8ede20ef18a18e85eaa69712a23bcf1f09ad314994913ec6"
    "ee66d105941083795b56136aa63a02e4c0519a86042a00";
const char kStaticBlob[] =
    "0a408cad6176a5a8fb192a292991ecf559af9e5b9f8ede20ef18a18e85eaa69712a23bcf1f09ad314994913ec6ee66d105941083795b56136a"
    "a63a02e4c0519a8604120ca0a1a2a3a4a5a6a7a8a9aaab2a071a056b65792d31";

std::unique_ptr<Wrapper> static_with(std::string id) {
  return static_wrapper({std::move(id), base::SecretBytes(counting(0x40, 32))}, {});
}

// R-54: what a seal wrapped could not be read after an upgrade
TEST(Seal, OpensTheBlobsOfTheReference) {
  const auto shamir = shamir_wrapper(base::SecretBytes(counting(0x40, 32)));
  const auto plain = shamir->unwrap(*codec::from_hex(kShamirBlob));
  ASSERT_TRUE(plain.ok()) << plain.error().message();
  EXPECT_EQ(parse_stored_keys(plain->reveal())->reveal(), counting(0x80, 32));
  const auto again = static_with("key-1")->unwrap(*codec::from_hex(kStaticBlob));
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_TRUE(*again == *plain);
  EXPECT_EQ(serialize_stored_keys(base::SecretBytes(counting(0x80, 32))), plain->reveal());
}

TEST(Seal, WhatIsWrappedOpensWithTheSameKeyOnly) {
  const auto shamir = shamir_wrapper(base::SecretBytes(counting(1, 32)));
  const auto other = shamir_wrapper(base::SecretBytes(counting(2, 32)));
  std::string blob = *shamir->wrap("root key");
  EXPECT_EQ(shamir->unwrap(blob)->reveal(), "root key");
  EXPECT_EQ(other->unwrap(blob).error().code(), base::Code::corrupt);
  for (size_t size = 0; size + 2 < blob.size(); ++size) EXPECT_FALSE(shamir->unwrap(blob.substr(0, size)).ok());
}

TEST(Seal, AStaticKeyIsChosenByItsId) {
  std::vector<StaticSealKey> previous;
  previous.push_back({"key-1", base::SecretBytes(counting(0x40, 32))});
  const auto rotated = static_wrapper({"key-2", base::SecretBytes(counting(3, 32))}, std::move(previous));
  EXPECT_TRUE(rotated->unwrap(*codec::from_hex(kStaticBlob)).ok());
  EXPECT_EQ(static_with("key-9")->unwrap(*codec::from_hex(kStaticBlob)).error().code(), base::Code::invalid);
}

TEST(Seal, KeysAreReadInEveryForm) {
  const std::string key = counting(0xe0, 16) + counting(0xf0, 16);
  for (const std::string& text : {key, codec::to_hex(key), codec::to_base64(key), codec::to_base64url(key)}) {
    const auto parsed = parse_static_key(text);
    ASSERT_TRUE(parsed.ok()) << text.size();
    EXPECT_EQ(parsed->reveal(), key);
  }
  EXPECT_FALSE(parse_static_key("short").ok());
  EXPECT_FALSE(parse_static_key("env://BAO_TEST_NOT_SET").ok());
}

TEST(Seal, ConfigurationKeepsMembersOfOtherReleases) {
  const auto config = parse_seal_config(
      R"({"type":"shamir","secret_shares":5,"secret_threshold":3,"pgp_keys":null,"nonce":"","backup":false,"stored_shares":1})");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->shares, 5);
  EXPECT_EQ(serialize_seal_config(*config),
            R"({"type":"shamir","secret_shares":5,"secret_threshold":3,"pgp_keys":null,"nonce":"","backup":false,"stored_shares":1})");
  EXPECT_FALSE(parse_seal_config(R"({"type":"shamir","secret_shares":2,"secret_threshold":3})").ok());
  EXPECT_FALSE(parse_seal_config("[]").ok());
}

TEST(Seal, SharesAreHexOrBase64OfSixteenToThirtyThreeBytes) {
  for (const int size : {16, 24, 32, 33}) {
    const std::string share = counting(0x70, size);
    EXPECT_EQ(parse_share(codec::to_hex(share))->reveal(), share);
    EXPECT_EQ(parse_share(codec::to_base64(share))->reveal(), share);
  }
  EXPECT_EQ(parse_share(std::string(48, 'a'))->size(), 24u) << "hex where both would do";
  EXPECT_EQ(parse_share(std::string(24, 'a'))->size(), 18u) << "base64 where hex would be too short";
  EXPECT_EQ(parse_share("not a key!").error().message(), "'key' must be a valid hex or base64 string");
  EXPECT_EQ(parse_share(codec::to_base64(counting(0, 15))).error().message(), "invalid key: key is shorter than minimum 16 bytes");
  EXPECT_EQ(parse_share(codec::to_base64(counting(0, 34))).error().message(), "invalid key: key is longer than maximum 33 bytes");
  EXPECT_FALSE(parse_share("").ok());
}

TEST(Seal, StoredKeysHoldOneKeyOfAnAesSize) {
  for (const int size : {16, 24, 32}) {
    EXPECT_TRUE(parse_stored_keys(serialize_stored_keys(base::SecretBytes(counting(0, size)))).ok());
  }
  for (const int size : {0, 15, 17, 31, 33}) {
    EXPECT_FALSE(parse_stored_keys(serialize_stored_keys(base::SecretBytes(counting(0, size)))).ok()) << size;
  }
  for (const char* text : {"", "{}", "[]", "[1]", R"(["*"])", R"(["AA==","AA=="])"}) EXPECT_FALSE(parse_stored_keys(text).ok()) << text;
}

}  // namespace
}  // namespace bao::seal
