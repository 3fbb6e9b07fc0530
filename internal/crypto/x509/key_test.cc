// Keys: what is written, openssl reads and finds consistent; what openssl writes, is read; what is no key, is refused.
#include "internal/crypto/x509/key.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

#include "internal/crypto/x509/openssl_command.h"

namespace bao::crypto::x509 {
namespace {

class EveryKind : public testing::TestWithParam<std::tuple<KeyType, int>> {
 protected:
  PrivateKey generate() const { return *PrivateKey::generate(std::get<0>(GetParam()), std::get<1>(GetParam())); }
  OpensslCommand openssl_;
};

TEST_P(EveryKind, IsReadByOpensslInEveryForm) {
  const PrivateKey key = generate();
  openssl_.write("public.der", key.public_key().der());
  const std::string public_pem = openssl_.run("pkey -pubin -inform DER -in public.der");
  openssl_.write("a.pem", key.traditional_pem().reveal());
  openssl_.write("b.pem", key.pkcs8_pem().reveal());
  openssl_.write("a.der", key.traditional_der().reveal());
  openssl_.write("b.der", key.pkcs8_der().reveal());
  for (const char* form : {"-in a.pem", "-in b.pem", "-inform DER -in a.der", "-inform DER -in b.der"}) {
    EXPECT_NE(openssl_.run(std::string("pkey -noout -check ") + form).find("Key is valid"), std::string::npos) << form;
    EXPECT_EQ(openssl_.run(std::string("pkey -pubout ") + form), public_pem) << form;
  }
}

TEST_P(EveryKind, ComesBackFromEveryForm) {
  const PrivateKey key = generate();
  for (const auto& read : {PrivateKey::parse_pem(key.traditional_pem().reveal()), PrivateKey::parse_pem(key.pkcs8_pem().reveal()),
                           PrivateKey::parse_der(key.traditional_der().reveal()), PrivateKey::parse_der(key.pkcs8_der().reveal())}) {
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->public_key(), key.public_key());
    EXPECT_EQ(read->type(), std::get<0>(GetParam()));
    EXPECT_EQ(read->bits(), std::get<1>(GetParam()));
    EXPECT_TRUE(read->pkcs8_der() == key.pkcs8_der());
  }
  const auto public_key = PublicKey::parse(key.public_key().der());
  ASSERT_TRUE(public_key.ok());
  EXPECT_EQ(*public_key, key.public_key());
  EXPECT_EQ(public_key->key_id(), key.public_key().key_id());
}

TEST_P(EveryKind, IsWrittenAsOpensslWritesIt) {
  const PrivateKey key = generate();
  openssl_.write("key.pem", key.pkcs8_pem().reveal());
  EXPECT_EQ(openssl_.run("pkey -in key.pem"), key.pkcs8_pem().reveal());
  if (key.type() == KeyType::ed25519) return;  // which has no form but PKCS#8
  EXPECT_EQ(openssl_.run("pkey -traditional -in key.pem"), key.traditional_pem().reveal());
}

TEST_P(EveryKind, SignsWhatItsPublicHalfVerifies) {
  const PrivateKey key = generate();
  const SignatureAlgorithm algorithm = *choose_signature(key.public_key(), 0, Padding::pkcs1);
  std::string signature = *sign(key, algorithm, "message");
  EXPECT_TRUE(verify(key.public_key(), algorithm, "message", signature));
  EXPECT_FALSE(verify(key.public_key(), algorithm, "massage", signature));
  EXPECT_FALSE(verify(generate().public_key(), algorithm, "message", signature));
  EXPECT_FALSE(verify(key.public_key(), algorithm, "message", ""));
  EXPECT_EQ(read_algorithm_identifier(algorithm_identifier(algorithm)), algorithm);
}

INSTANTIATE_TEST_SUITE_P(Keys, EveryKind,
                         testing::Values(std::tuple(KeyType::rsa, 2048), std::tuple(KeyType::ec, 224), std::tuple(KeyType::ec, 256),
                                         std::tuple(KeyType::ec, 384), std::tuple(KeyType::ec, 521), std::tuple(KeyType::ed25519, 0)));

TEST(Key, OtherSizesAreNotGenerated) {
  EXPECT_FALSE(PrivateKey::generate(KeyType::rsa, 1024).ok());
  EXPECT_FALSE(PrivateKey::generate(KeyType::rsa, 2047).ok());
  EXPECT_FALSE(PrivateKey::generate(KeyType::ec, 255).ok());
  EXPECT_FALSE(PrivateKey::generate(KeyType::ed25519, 256).ok());
}

TEST(Key, WhatOpensslGeneratesIsRead) {
  const OpensslCommand openssl;
  openssl.run("ecparam -name secp384r1 -genkey -out ec.pem");  // with a block of EC PARAMETERS before the key
  openssl.run("genrsa -traditional -out rsa.pem 2048");
  openssl.run("genpkey -algorithm ed25519 -out ed.pem");
  EXPECT_EQ(PrivateKey::parse_pem(openssl.read("ec.pem"))->bits(), 384);
  EXPECT_EQ(PrivateKey::parse_pem(openssl.read("rsa.pem"))->bits(), 2048);
  EXPECT_EQ(PrivateKey::parse_pem(openssl.read("ed.pem"))->type(), KeyType::ed25519);
}

TEST(Key, ACompressedPointIsWrittenUncompressed) {
  const OpensslCommand openssl;
  openssl.run("ecparam -name prime256v1 -genkey -noout -out plain.pem");
  openssl.run("ec -in plain.pem -conv_form compressed -out compressed.pem");
  const auto plain = PrivateKey::parse_pem(openssl.read("plain.pem")), compressed = PrivateKey::parse_pem(openssl.read("compressed.pem"));
  ASSERT_TRUE(plain.ok() && compressed.ok());
  EXPECT_EQ(plain->public_key(), compressed->public_key());
}

TEST(Key, OtherKindsOfKeysAreRefused) {
  const OpensslCommand openssl;
  openssl.run("ecparam -name secp256k1 -genkey -noout -out curve.pem");
  openssl.run("genpkey -algorithm x25519 -out exchange.pem");
  openssl.run("genpkey -algorithm ed448 -out ed448.pem");
  openssl.run("genpkey -algorithm rsa-pss -pkeyopt rsa_keygen_bits:2048 -out pss.pem");
  openssl.run("genpkey -algorithm ed25519 -aes256 -pass pass:x -out encrypted.pem");
  for (const char* name : {"curve.pem", "exchange.pem", "ed448.pem", "pss.pem", "encrypted.pem"}) {
    ASSERT_FALSE(openssl.read(name).empty()) << name;
    EXPECT_FALSE(PrivateKey::parse_pem(openssl.read(name)).ok()) << name;
  }
  EXPECT_FALSE(PrivateKey::parse_pem("").ok());
  EXPECT_FALSE(PrivateKey::parse_pem("-----BEGIN PRIVATE KEY-----\n").ok());
  EXPECT_FALSE(PrivateKey::parse_der("junk").ok());
  EXPECT_FALSE(PublicKey::parse("junk").ok());
}

TEST(Key, BytesAfterAKeyAreRefused) {
  const PrivateKey key = *PrivateKey::generate(KeyType::ec, 256);
  EXPECT_FALSE(PrivateKey::parse_der(std::string(key.pkcs8_der().reveal()) + "x").ok());
  EXPECT_FALSE(PublicKey::parse(key.public_key().der() + "x").ok());
}

// A wrong half would give the key away with its first signature.
TEST(Key, AnRsaKeyWhoseNumbersDisagreeIsRefused) {
  const PrivateKey key = *PrivateKey::generate(KeyType::rsa, 2048);
  std::string der(key.traditional_der().reveal());
  ASSERT_TRUE(PrivateKey::parse_der(der).ok());
  for (const size_t at : {der.size() - 20, der.size() / 3, der.size() / 2}) {
    std::string broken = der;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    EXPECT_FALSE(PrivateKey::parse_der(broken).ok()) << at;
  }
}

TEST(Signature, TheCurveChoosesTheHash) {
  const auto chosen = [](KeyType type, int bits, int signature_bits, Padding padding) {
    static const PrivateKey rsa = *PrivateKey::generate(KeyType::rsa, 2048);
    const PrivateKey key = type == KeyType::rsa ? rsa : *PrivateKey::generate(type, bits);
    return signature_algorithm_name(*choose_signature(key.public_key(), signature_bits, padding));
  };
  EXPECT_EQ(chosen(KeyType::ec, 224, 0, Padding::pkcs1), "ECDSAWithSHA256");
  EXPECT_EQ(chosen(KeyType::ec, 256, 512, Padding::pkcs1), "ECDSAWithSHA256");
  EXPECT_EQ(chosen(KeyType::ec, 384, 0, Padding::pkcs1), "ECDSAWithSHA384");
  EXPECT_EQ(chosen(KeyType::ec, 521, 256, Padding::pss), "ECDSAWithSHA512");
  EXPECT_EQ(chosen(KeyType::rsa, 2048, 0, Padding::pkcs1), "SHA256WithRSA");
  EXPECT_EQ(chosen(KeyType::rsa, 2048, 384, Padding::pss), "SHA384WithRSAPSS");
  EXPECT_EQ(chosen(KeyType::ed25519, 0, 512, Padding::pss), "Ed25519");
  EXPECT_FALSE(choose_signature(PrivateKey::generate(KeyType::ec, 256)->public_key(), 128, Padding::pkcs1).ok());
}

TEST(Signature, AlgorithmsAreKnownByNameInAnyCase) {
  EXPECT_EQ(signature_algorithm_by_name("sha512withrsapss"), SignatureAlgorithm::sha512_rsa_pss);
  EXPECT_EQ(signature_algorithm_by_name("PureEd25519"), SignatureAlgorithm::ed25519);
  EXPECT_FALSE(signature_algorithm_by_name(""));
  EXPECT_FALSE(signature_algorithm_by_name("MD5WithRSA"));
}

TEST(Signature, ManyThreadsSignWithOneKeyAtOnce) {
  const PrivateKey key = *PrivateKey::generate(KeyType::ec, 256);
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&key, &good, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string message = std::to_string(thread) + " " + std::to_string(i);
        const auto signature = sign(key, SignatureAlgorithm::ecdsa_sha256, message);
        good += signature.ok() && verify(key.public_key(), SignatureAlgorithm::ecdsa_sha256, message, *signature) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST(Signature, AnAlgorithmOfAnotherKindOfKeyIsRefused) {
  const PrivateKey key = *PrivateKey::generate(KeyType::ec, 256);
  EXPECT_FALSE(sign(key, SignatureAlgorithm::sha256_rsa, "m").ok());
  EXPECT_FALSE(sign(key, SignatureAlgorithm::ecdsa_sha1, "m").ok());
  EXPECT_FALSE(sign(key, SignatureAlgorithm::unknown, "m").ok());
  EXPECT_FALSE(verify(key.public_key(), SignatureAlgorithm::ed25519, "m", *sign(key, SignatureAlgorithm::ecdsa_sha256, "m")));
}

}  // namespace
}  // namespace bao::crypto::x509
