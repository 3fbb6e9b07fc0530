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

}  // namespace
}  // namespace bao::seal
