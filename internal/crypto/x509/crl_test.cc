// Revocation lists: openssl verifies them and refuses what they list; what is read is what was signed.
#include "internal/crypto/x509/crl.h"

#include <gtest/gtest.h>

#include <chrono>

#include "internal/crypto/x509/openssl_command.h"
#include "internal/crypto/x509/serial.h"

namespace bao::crypto::x509 {
namespace {

const TestRoot& root() {
  static const TestRoot kRoot = make_root();
  return kRoot;
}

CrlTemplate numbered(uint64_t number) {
  CrlTemplate content;
  content.number = number;
  content.this_update = day(2024, 1, 1);
  content.next_update = day(2089, 1, 1);
  return content;
}

TEST(Crl, OpensslVerifiesAnEmptyList) {
  const OpensslCommand openssl;
  openssl.write("root.pem", pem(kCertificateBlock, root().certificate.der));
  openssl.write("list.pem", pem(kCrlBlock, *sign_crl(numbered(7), {}, root().signer())));
  EXPECT_EQ(openssl.run("crl -noout -verify -CAfile root.pem -in list.pem"), "verify OK\n");
  const std::string text = openssl.run("crl -noout -text -nameopt RFC2253 -in list.pem");
  for (const char* part : {"Version 2", "Issuer: CN=Root", "Last Update: Jan  1 00:00:00 2024 GMT", "Next Update: Jan  1 00:00:00 2089 GMT", "No Revoked Certificates.",
                           "X509v3 CRL Number: \n                7"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(Crl, OpensslRefusesWhatIsListed) {
  const OpensslCommand openssl;
  const PrivateKey key = *PrivateKey::generate(KeyType::ec, 256);
  RevokedList list;
  for (const char* name : {"good", "bad"}) {
    CertificateTemplate content{.public_key = key.public_key()};
    content.subject.add(attribute::kCommonName, name);
    content.not_before = day(2024, 1, 1);
    content.not_after = day(2080, 1, 1);
    content.serial = random_serial();
    openssl.write(std::string(name) + ".pem", pem(kCertificateBlock, *sign_certificate(content, root().signer())));
    if (name == std::string("bad")) {
      ASSERT_TRUE(list.add({content.serial, day(2024, 2, 1), {{extension::kReasonCode, false, "\x0a\x01\x01"}}}).ok());
    }
  }
  openssl.write("root.pem", pem(kCertificateBlock, root().certificate.der));
  openssl.write("list.pem", pem(kCrlBlock, *sign_crl(numbered(8), list, root().signer())));
  EXPECT_EQ(openssl.run("verify -x509_strict -crl_check -CAfile root.pem -CRLfile list.pem good.pem"), "good.pem: OK\n");
  EXPECT_NE(openssl.run("verify -crl_check -CAfile root.pem -CRLfile list.pem bad.pem").find("certificate revoked"), std::string::npos);
  EXPECT_NE(openssl.run("crl -noout -text -in list.pem").find("Key Compromise"), std::string::npos);
}

TEST(Crl, ADeltaListNamesItsBaseCritically) {
  const OpensslCommand openssl;
  CrlTemplate content = numbered(9);
  content.delta_base = 8;
  openssl.write("list.pem", pem(kCrlBlock, *sign_crl(content, {}, root().signer())));
  EXPECT_NE(openssl.run("crl -noout -text -in list.pem").find("X509v3 Delta CRL Indicator: critical\n                8"), std::string::npos);
}

TEST(Crl, WhatIsReadIsWhatWasSigned) {
  CrlTemplate content = numbered(uint64_t{1} << 40);
  content.delta_base = 5;
  content.next_update = day(2060, 1, 1);
  content.extensions = {{"1.2.3.4", false, std::string("\x05\0", 2)}};
  RevokedList list;
  ASSERT_TRUE(list.add({"\x81\x02", day(2024, 2, 1), {}}).ok());
  ASSERT_TRUE(list.add({"\x07", day(2051, 2, 1), {{extension::kReasonCode, false, "\x0a\x01\x04"}}}).ok());
  EXPECT_EQ(list.count(), 2u);
  for (const auto& [type, bits] : {std::pair(KeyType::rsa, 2048), std::pair(KeyType::ed25519, 0)}) {
    const TestRoot issuer = make_root(type, bits);
    const auto read = parse_crl(*sign_crl(content, list, issuer.signer()));
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_TRUE(read->is_signed_by(issuer.key.public_key()));
    EXPECT_FALSE(read->is_signed_by(root().key.public_key()));
    EXPECT_EQ(read->issuer_der, issuer.certificate.subject_der);
    EXPECT_EQ(read->this_update, content.this_update);
    EXPECT_EQ(read->next_update, content.next_update);
    EXPECT_EQ(read->number, content.number);
    EXPECT_EQ(read->delta_base, content.delta_base);
    EXPECT_EQ(read->authority_key_id, issuer.certificate.subject_key_id);
    EXPECT_EQ(read->extensions.back(), content.extensions.back());
    ASSERT_EQ(read->revoked.size(), 2u);
    EXPECT_EQ(read->revoked[0].serial, "\x81\x02");
    EXPECT_EQ(read->revoked[0].revoked_at, day(2024, 2, 1));
    EXPECT_EQ(read->revoked[1].revoked_at, day(2051, 2, 1));
    EXPECT_EQ(read->revoked[1].extensions.size(), 1u);
  }
}

TEST(Crl, OpensslsIsRead) {
  const OpensslCommand openssl;
  openssl.write("c.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=30\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n");
  openssl.write("index", "R\t300101000000Z\t240202030405Z,keyCompromise\t0A1B\tunknown\t/CN=x\n");
  openssl.write("number", "1F\n");
  openssl.write("root.pem", pem(kCertificateBlock, root().certificate.der));
  openssl.write("key.pem", root().key.pkcs8_pem().reveal());
  openssl.run("ca -gencrl -config c.cnf -cert root.pem -keyfile key.pem -out list.pem");
  const auto block = parse_pem(openssl.read("list.pem"));
  ASSERT_TRUE(block.ok());
  const auto read = parse_crl(block->der.reveal());
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(read->is_signed_by(root().key.public_key()));
  EXPECT_EQ(read->number, 0x1fu);
  ASSERT_EQ(read->revoked.size(), 1u);
  EXPECT_EQ(read->revoked[0].serial, "\x0a\x1b");
  EXPECT_EQ(read->revoked[0].revoked_at, day(2024, 2, 2) + std::chrono::hours(3) + std::chrono::minutes(4) + std::chrono::seconds(5));
}

TEST(Crl, BrokenBytesAreRefused) {
  RevokedList list;
  ASSERT_TRUE(list.add({"\x07", day(2024, 2, 1), {}}).ok());
  const std::string der = *sign_crl(numbered(1), list, root().signer());
  for (size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(parse_crl(der.substr(0, size)).ok()) << size;
  for (size_t at = 0; at < der.size(); ++at) {
    std::string broken = der;
    broken[at] = static_cast<char>(broken[at] ^ 0x40);
    const auto read = parse_crl(broken);
    EXPECT_FALSE(read.ok() && read->is_signed_by(root().key.public_key())) << at;
  }
  EXPECT_FALSE(parse_crl(root().certificate.der).ok());
}

}  // namespace
}  // namespace bao::crypto::x509
