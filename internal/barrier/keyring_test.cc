// The envelopes of openbao-storage.md 12 (TV1) open, and a keyring survives its journey through storage.
#include <gtest/gtest.h>

#include "internal/barrier/keyring.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"

namespace bao::barrier {
namespace {

base::SecretBytes counting_key() {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes += static_cast<char>(i);
  return base::SecretBytes(bytes);
}
crypto::GcmKey counting_cipher() { return crypto::GcmKey(counting_key()); }

TEST(Envelope, OpensThoseOfTheReference) {
  struct Vector { uint32_t term; const char* path; const char* plain; const char* envelope; };
  const Vector vectors[] = {
      {1, "logical/x/y", "hello", "0000000102a0a1a2a3a4a5a6a7a8a9aaab8e7d10412a4a0d31200e1abee2f5f53e8af9738290"},
      {1, "anything", "hello", "0000000101a0a1a2a3a4a5a6a7a8a9aaab8e7d10412ab469edeb6fa84bae4731a07dbf70c564"},
      {1, "", "hello", "0000000102a0a1a2a3a4a5a6a7a8a9aaab8e7d10412ab469edeb6fa84bae4731a07dbf70c564"},
      {2, "sys/token/parent/a/b", "", "0000000202a0a1a2a3a4a5a6a7a8a9aaab23d73c5e9cb08bafbb3add7f1d9461c3"},
      {1, "namespaces/11111111-1111-1111-1111-111111111111/sys/policy/default", "{}",
       "0000000102a0a1a2a3a4a5a6a7a8a9aaab9d65d23f67730b6ac325559b4f2a2f98575d"}};
  for (const Vector& v : vectors) {
    const std::string envelope = *codec::from_hex(v.envelope);
    const auto plain = open_envelope(counting_cipher(), v.path, envelope);
    ASSERT_TRUE(plain.ok()) << v.path;
    EXPECT_EQ(*plain, v.plain);
    EXPECT_EQ(envelope_term(envelope)->value, v.term);
  }
}

TEST(Envelope, AnotherPathKeyVersionOrACutOneIsRefused) {
  const std::string envelope = *seal_envelope(base::KeyTerm{7}, counting_cipher(), "a/b", "value");
  EXPECT_EQ(envelope.size(), 5u + 33u);
  EXPECT_EQ(*open_envelope(counting_cipher(), "a/b", envelope), "value");
  EXPECT_EQ(open_envelope(counting_cipher(), "a/c", envelope).error().code(), base::Code::corrupt);
  EXPECT_FALSE(open_envelope(crypto::GcmKey(base::SecretBytes(std::string(32, 'x'))), "a/b", envelope).ok());
  std::string other = envelope;
  other[4] = 3;
  EXPECT_FALSE(open_envelope(counting_cipher(), "a/b", other).ok());
  for (size_t size = 0; size < envelope.size(); ++size) {
    EXPECT_FALSE(open_envelope(counting_cipher(), "a/b", envelope.substr(0, size)).ok());
  }
}

TEST(Keyring, ReadsTermsInAnyOrderAndKeepsUnknownMembers) {
  const std::string value = codec::to_base64(counting_key().reveal());
  const auto key = [&](int term) {
    return R"({"Term":)" + std::to_string(term) + R"(,"Version":1,"Value":")" + value +
           R"(","InstallTime":"2026-01-02T15:04:05.9Z"})";
  };
  const auto keyring = Keyring::parse(R"({"MasterKey":")" + value + R"(","Keys":[)" + key(2) + "," + key(3) + "," + key(1) +
                                      R"(],"RotationConfig":{"Disabled":false,"MaxOperations":5,"Interval":60},"New":[1.50]})");
  ASSERT_TRUE(keyring.ok()) << keyring.error().message();
  EXPECT_EQ(keyring->active_term().value, 3u);
  EXPECT_EQ(keyring->rotation().operations_max, 1'000'000);
  EXPECT_EQ(keyring->rotation().interval, std::chrono::hours(24));
  EXPECT_EQ(keyring->find(base::KeyTerm{4}), nullptr);
  EXPECT_NE(keyring->serialize().find(R"("New":[1.50])"), std::string::npos);
}

TEST(Keyring, SealsAndUnsealsWithTheRootKeyOnly) {
  const Keyring first = Keyring::generate(*base::parse_rfc3339("2026-01-02T15:04:05Z"));
  const Keyring second = first.with_encryptions(9).with_new_term(*base::parse_rfc3339("2026-01-03T15:04:05Z"));
  const std::string envelope = *second.seal_to("core/keyring");
  const auto back = Keyring::unseal_from("core/keyring", envelope, second.root_key());
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(back->serialize(), second.serialize());
  EXPECT_EQ(back->active_term().value, 2u);
  EXPECT_TRUE(back->find(base::KeyTerm{1})->value->bytes() == first.active().value->bytes());
  EXPECT_FALSE(Keyring::unseal_from("core/keyring", envelope, counting_key()).ok());
  EXPECT_FALSE(Keyring::unseal_from("core/other", envelope, second.root_key()).ok());
}

TEST(Keyring, UnknownMembersOfKeysAndOfTheRotationRuleSurviveARewrite) {
  const std::string value = codec::to_base64(counting_key().reveal());
  const auto keyring = Keyring::parse(
      R"({"MasterKey":")" + value + R"(","Keys":[{"Term":1,"Version":1,"Value":")" + value +
      R"(","InstallTime":"2026-01-02T15:04:05Z","NewOfKey":{"a":1.50}}],"RotationConfig":{"Disabled":true,"MaxOperations":2000000,"Interval":0,"NewOfRule":[null]}})");
  ASSERT_TRUE(keyring.ok()) << keyring.error().message();
  const std::string written = keyring->with_encryptions(3).with_new_term(base::Time()).serialize();
  EXPECT_NE(written.find(R"("InstallTime":"2026-01-02T15:04:05Z","NewOfKey":{"a":1.50}})"), std::string::npos) << written;
  EXPECT_NE(written.find(R"({"Disabled":true,"MaxOperations":2000000,"Interval":0,"NewOfRule":[null]})"), std::string::npos) << written;
}

TEST(Keyring, MembersOfAnotherCaseAreWrittenOnce) {
  const std::string value = codec::to_base64(counting_key().reveal());
  const auto keyring = Keyring::parse(R"({"masterKEY":")" + value + R"(","KEYS":[{"TERM":1,"version":1,"vaLue":")" + value +
                                      R"(","InstallTime":"2026-01-02T15:04:05Z","Encryptions":7}],"rotationconfig":{"disabled":true}})");
  ASSERT_TRUE(keyring.ok()) << keyring.error().message();
  EXPECT_EQ(keyring->serialize(), R"({"MasterKey":")" + value + R"(","Keys":[{"Term":1,"Version":1,"Value":")" + value +
            R"(","InstallTime":"2026-01-02T15:04:05Z","encryptions":7}],"RotationConfig":{"Disabled":true,"MaxOperations":3865470566,"Interval":0}})");
}

TEST(Keyring, KeysHaveAnAesSizeAndNumbersTheirRange) {
  const auto parse = [](size_t root_bytes, size_t key_bytes, const std::string& more) {
    return Keyring::parse(R"({"MasterKey":")" + codec::to_base64(std::string(root_bytes, 'r')) + R"(","Keys":[{"Term":1,"Version":1,"Value":")" +
                          codec::to_base64(std::string(key_bytes, 'k')) + R"(","InstallTime":"2026-01-02T15:04:05Z")" + more + "}]}");
  };
  for (const size_t size : {16u, 24u, 32u}) {
    EXPECT_TRUE(parse(size, 32, "").ok()) << size;
    EXPECT_TRUE(parse(32, size, "").ok()) << size;
  }
  for (const size_t size : {0u, 15u, 17u, 20u, 31u, 33u, 64u}) {
    EXPECT_FALSE(parse(size, 32, "").ok()) << size;
    EXPECT_FALSE(parse(32, size, "").ok()) << size;
  }
  EXPECT_FALSE(parse(32, 32, R"(,"encryptions":-1)").ok());
  EXPECT_FALSE(parse(32, 32, R"(,"encryptions":"many")").ok());
  EXPECT_TRUE(parse(32, 32, R"(,"encryptions":null)").ok());
}

TEST(Keyring, GarbageIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"MasterKey":"","Keys":[]})", R"({"MasterKey":"AA==","Keys":[{"Term":0}]})"}) {
    EXPECT_FALSE(Keyring::parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace bao::barrier
