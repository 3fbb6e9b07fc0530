// Certificate requests: openssl verifies those made here, and those that openssl makes are read.
#include "internal/crypto/x509/request.h"

#include <gtest/gtest.h>

#include "internal/crypto/x509/openssl_command.h"

namespace bao::crypto::x509 {
namespace {

TEST(Request, OpensslVerifiesOursAndShowsWhatWasAsked) {
  const OpensslCommand openssl;
  for (const KeyType type : {KeyType::rsa, KeyType::ec, KeyType::ed25519}) {
    const PrivateKey key = *PrivateKey::generate(type, type == KeyType::rsa ? 2048 : type == KeyType::ec ? 521 : 0);
    RequestTemplate content;
    content.subject.add(attribute::kCommonName, "Middle");
    content.alternative_names.dns = {"m.test"};
    content.extensions = {{extension::kBasicConstraints, true, encode_basic_constraints({.ca = true, .path_length = {}})}};
    const auto made = sign_request(content, key, *choose_signature(key.public_key(), 0, Padding::pss));
    ASSERT_TRUE(made.ok());
    openssl.write("r.pem", pem(kRequestBlock, *made));
    const std::string text = openssl.run("req -in r.pem -verify -noout -text");
    EXPECT_NE(text.find("verify OK"), std::string::npos) << text;
    EXPECT_NE(text.find("Subject: CN = Middle"), std::string::npos);
    EXPECT_NE(text.find("CA:TRUE"), std::string::npos);
    EXPECT_NE(text.find("DNS:m.test"), std::string::npos);
    const auto read = parse_request_pem(openssl.read("r.pem"));
    ASSERT_TRUE(read.ok());
    EXPECT_TRUE(read->signature_is_valid());
    EXPECT_EQ(read->subject, content.subject);
    EXPECT_EQ(read->alternative_names, content.alternative_names);
    EXPECT_EQ(read->public_key, key.public_key());
  }
}

TEST(Request, OpensslsIsReadWithAllItAsksFor) {
  const OpensslCommand openssl;
  openssl.run("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout k.pem -out r.csr"
              " -subj '/C=PT/O=Req Org/UID=rq1/serialNumber=77/CN=req.test'"
              " -addext 'subjectAltName=DNS:req.test,IP:10.3.2.1,URI:spiffe://req.test/w,email:me@req.test,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:me@req.test'"
              " -addext keyUsage=critical,keyEncipherment,dataEncipherment -addext extendedKeyUsage=codeSigning,1.2.3.4"
              " -addext basicConstraints=critical,CA:TRUE -addext tlsfeature=status_request");
  const auto read = parse_request_pem(openssl.read("r.csr"));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(read->signature_is_valid());
  EXPECT_EQ(read->subject.text(), "CN=req.test,SERIALNUMBER=77,0.9.2342.19200300.100.1.1=#1303727131,O=Req Org,C=PT");
  EXPECT_EQ(read->alternative_names.dns, std::vector<std::string>{"req.test"});
  EXPECT_EQ(read->alternative_names.emails, std::vector<std::string>{"me@req.test"});
  EXPECT_EQ(read->alternative_names.uris, std::vector<std::string>{"spiffe://req.test/w"});
  EXPECT_EQ(read->alternative_names.addresses, std::vector<std::string>{*parse_address("10.3.2.1")});
  EXPECT_EQ(read->alternative_names.others, (std::vector<OtherName>{{"1.3.6.1.4.1.311.20.2.3", "me@req.test"}}));
  EXPECT_EQ(read->key_usage, kKeyEncipherment | kDataEncipherment);
  EXPECT_EQ(read->extended_key_usages, (std::vector<std::string>{extended_usage::kCodeSigning, "1.2.3.4"}));
  EXPECT_EQ(read->basic_constraints, (BasicConstraints{.ca = true, .path_length = {}}));
  EXPECT_EQ(read->extensions.size(), 5u);
}

TEST(Request, WithoutExtensionsOrWithOtherAttributesIsRead) {
  const OpensslCommand openssl;
  openssl.write("c.cnf", "[req]\ndistinguished_name=d\nattributes=a\nprompt=no\n[d]\nCN=plain.test\n[a]\nchallengePassword=hush-hush\n");
  openssl.run("req -new -newkey ed25519 -nodes -keyout k.pem -out r.csr -config c.cnf");
  const auto read = parse_request_pem(openssl.read("r.csr"));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->signature_is_valid());
  EXPECT_TRUE(read->extensions.empty());
}

TEST(Request, OneWhoseKeyDidNotSignItIsSeen) {
  const PrivateKey key = *PrivateKey::generate(KeyType::ec, 256);
  RequestTemplate content;
  content.subject.add(attribute::kCommonName, "honest.test");
  std::string der = *sign_request(content, key, SignatureAlgorithm::ecdsa_sha256);
  der.replace(der.find("honest"), 6, "forged");
  const auto read = parse_request(der);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->signature_is_valid());
}

TEST(Request, WhatIsNoneIsRefused) {
  const PrivateKey key = *PrivateKey::generate(KeyType::ec, 256);
  const std::string der = *sign_request({}, key, SignatureAlgorithm::ecdsa_sha256);
  for (size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(parse_request(der.substr(0, size)).ok()) << size;
  EXPECT_FALSE(parse_request(der + "x").ok());
  EXPECT_FALSE(parse_request_pem(pem(kCertificateBlock, der)).ok());
  EXPECT_FALSE(parse_request_pem("").ok());
  EXPECT_FALSE(parse_request(make_root().certificate.der).ok());
  EXPECT_FALSE(sign_request({}, key, SignatureAlgorithm::sha256_rsa).ok());
}

}  // namespace
}  // namespace bao::crypto::x509
