// Known answers: FIPS and RFC vectors, the shares of openbao-storage.md (TV2), and what tampering gets.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "internal/crypto/aead.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/sha256.h"
#include "internal/crypto/shamir.h"

namespace bao::crypto {
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[(static_cast<unsigned char>(c) >> 4) & 15];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

TEST(Hash, KnownAnswers) {
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 one_by_one;
  for (const std::string_view piece : {"a", "", "bc"}) one_by_one.add(piece);
  EXPECT_EQ(one_by_one.digest(), sha256("abc"));
  const auto pieces = sha256_of({"a", "", "bc"});
  EXPECT_EQ(std::string(pieces.begin(), pieces.end()), sha256("abc"));
  EXPECT_EQ(hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(sha384("").size(), 48u);
  EXPECT_EQ(sha512("").size(), 64u);
}

TEST(Hash, HmacOfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hash, HkdfOfRfc5869) {
  std::string salt, info;
  for (char c = 0; c <= 12; ++c) salt += c;
  for (int c = 0xf0; c <= 0xf9; ++c) info += static_cast<char>(c);
  EXPECT_EQ(hex(hkdf_sha256(std::string(22, '\x0b'), salt, info, 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hex(hkdf_sha256(std::string(22, '\x0b'), "", "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Random, HasTheShapesThatClientsExpect) {
  EXPECT_EQ(random_bytes(32).size(), 32u);
  EXPECT_NE(random_bytes(32), random_bytes(32));
  EXPECT_EQ(random_base62(24).size(), 24u);
  const std::string uuid = random_uuid();
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[8], '-');
  EXPECT_EQ(uuid[23], '-');
}

TEST(Aead, OpensWhatItSealedAndNothingElse) {
  const std::string key = random_bytes(32), nonce = random_bytes(12);
  for (const size_t size : {0u, 1u, 16u, 1000u}) {
    const std::string plain = random_bytes(size);
    const std::string sealed = *gcm_seal(key, nonce, plain, "aad");
    EXPECT_EQ(sealed.size(), size + kTagBytes);
    EXPECT_EQ(*gcm_open(key, nonce, sealed, "aad"), plain);
    EXPECT_EQ(gcm_open(key, nonce, sealed, "add").error().code(), base::Code::corrupt);
    for (size_t at = 0; at < sealed.size(); at += 7) {
      std::string flipped = sealed;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      EXPECT_FALSE(gcm_open(key, nonce, flipped, "aad").ok());
    }
  }
  EXPECT_FALSE(gcm_open(key, nonce, "short").ok());
  EXPECT_FALSE(gcm_seal("key", nonce, "x").ok());
  EXPECT_FALSE(gcm_seal(key, "nonce", "x").ok());
}

// Contexts are kept between operations and lent to one thread at a time.
TEST(Aead, OneKeyServesManyThreads) {
  const GcmKey key(base::SecretBytes(random_bytes(32)));
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 40; ++t) {
    threads.emplace_back([&key, &wrong, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string plain = std::to_string(t) + ":" + std::to_string(i), nonce = random_nonce(kNonceBytes);
        std::string sealed = "before";
        if (!key.seal_to(sealed, nonce, plain, "aad").ok() || !sealed.starts_with("before")) ++wrong;
        sealed.erase(0, 6);
        if (key.open(nonce, sealed, "other").ok()) ++wrong;  // leaves the context fit for use
        const auto opened = key.open(nonce, sealed, "aad");
        if (!opened.ok() || *opened != plain) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Random, NoncesNeverRepeatNotEvenInAForkedProcess) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(random_nonce(12)).second);
  EXPECT_EQ(random_nonce(1000).size(), 1000u);
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string bytes = random_nonce(12);
    _exit(write(pipe_ends[1], bytes.data(), bytes.size()) == 12 ? 0 : 1);
  }
  char bytes[12] = {};
  ASSERT_EQ(read(pipe_ends[0], bytes, sizeof bytes), 12);
  EXPECT_NE(std::string(bytes, sizeof bytes), random_nonce(12));
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

std::vector<base::SecretBytes> shares_of(std::initializer_list<std::string_view> texts) {
  std::vector<base::SecretBytes> shares;
  for (const auto text : texts) shares.emplace_back(text);
  return shares;
}

TEST(Shamir, CombinesTheSharesOfTheReference) {
  const auto secret = shamir_combine(shares_of({"\x95\xd4\xd1\xf6\x01", "\x57\xa8\xa7\xbd\x07", "\x6b\x76\xd5\x37\xc8"}));
  ASSERT_TRUE(secret.ok()) << secret.error().message();
  EXPECT_EQ(hex(secret->reveal()), "deadbeef");
}

TEST(Shamir, EveryThresholdSubsetGivesTheSecretAndFewerDoNot) {
  const base::SecretBytes secret(random_bytes(32));
  auto shares = *shamir_split(secret, 5, 3);
  std::set<char> coordinates;
  for (const auto& share : shares) {
    EXPECT_EQ(share.size(), 33u);
    coordinates.insert(share.reveal().back());
  }
  EXPECT_EQ(coordinates.size(), 5u);
  for (size_t a = 0; a < 5; ++a) {
    for (size_t b = a + 1; b < 5; ++b) {
      EXPECT_FALSE(*shamir_combine(shares_of({shares[a].reveal(), shares[b].reveal()})) == secret);
      for (size_t c = b + 1; c < 5; ++c) {
        EXPECT_TRUE(*shamir_combine(shares_of({shares[a].reveal(), shares[b].reveal(), shares[c].reveal()})) == secret);
      }
    }
  }
}

TEST(Shamir, BadPartsAreRefused) {
  EXPECT_FALSE(shamir_combine(shares_of({"ab\x01"})).ok());
  EXPECT_FALSE(shamir_combine(shares_of({"ab\x01", "cd\x01"})).ok());
  EXPECT_FALSE(shamir_combine(shares_of({"ab\x01", "c\x02"})).ok());
  EXPECT_FALSE(shamir_combine(shares_of({"x", "y"})).ok());
  EXPECT_FALSE(shamir_combine(shares_of({"ab\x01", std::string_view("cd\x00", 3)})).ok());
  const base::SecretBytes secret("s");
  EXPECT_FALSE(shamir_split(secret, 1, 1).ok());
  EXPECT_FALSE(shamir_split(secret, 3, 4).ok());
  EXPECT_FALSE(shamir_split(secret, 256, 2).ok());
  EXPECT_FALSE(shamir_split(base::SecretBytes(), 3, 2).ok());
}

}  // namespace
}  // namespace bao::crypto
