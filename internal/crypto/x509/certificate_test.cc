// Certificates: openssl verifies what is signed here and shows in it what the template said; and what is read is what was signed.
#include "internal/crypto/x509/certificate.h"

#include <gtest/gtest.h>

#include "internal/crypto/x509/certificate_template.h"
#include "internal/crypto/x509/openssl_command.h"
#include "internal/crypto/x509/serial.h"

namespace bao::crypto::x509 {
namespace {

CertificateTemplate leaf_of(const PrivateKey& key) {
  CertificateTemplate content{.public_key = key.public_key()};
  content.subject.add(attribute::kCommonName, "www.a.test");
  content.not_before = day(2024, 1, 1);
  content.not_after = day(2060, 6, 1);
  content.key_usage = kDigitalSignature | kKeyEncipherment | kKeyAgreement;
  content.extended_key_usages = {extended_usage::kServerAuth, extended_usage::kClientAuth};
  content.alternative_names.dns = {"www.a.test"};
  return content;
}

const PrivateKey& leaf_key() {
  static const PrivateKey kKey = *PrivateKey::generate(KeyType::ec, 256);
  return kKey;
}

struct Authority {
  KeyType type;
  int bits;
  Padding padding;
};
class EveryAuthority : public testing::TestWithParam<Authority> {};

TEST_P(EveryAuthority, IssuesWhatOpensslVerifiesStrictly) {
  const OpensslCommand openssl;
  const TestRoot root = make_root(GetParam().type, GetParam().bits, GetParam().padding);
  Signer signer{root.key, *choose_signature(root.key.public_key(), 0, GetParam().padding), &root.certificate};

  const PrivateKey middle_key = *PrivateKey::generate(KeyType::ec, 384);
  CertificateTemplate middle_content{.public_key = middle_key.public_key()};
  middle_content.subject.add(attribute::kCommonName, "Middle");
  middle_content.not_before = day(2021, 1, 1);
  middle_content.not_after = day(2080, 1, 1);
  middle_content.key_usage = kCertSign | kCrlSign;
  middle_content.basic_constraints = BasicConstraints{.ca = true, .path_length = 0};
  middle_content.permitted_dns_domains = {"a.test"};
  const auto middle = parse_certificate(*sign_certificate(middle_content, signer));
  ASSERT_TRUE(middle.ok());
  const auto leaf = sign_certificate(leaf_of(leaf_key()), {middle_key, SignatureAlgorithm::ecdsa_sha384, &*middle});
  ASSERT_TRUE(leaf.ok());

  openssl.write("root.pem", pem(kCertificateBlock, root.certificate.der));
  openssl.write("middle.pem", pem(kCertificateBlock, middle->der));
  openssl.write("leaf.pem", pem(kCertificateBlock, *leaf));
  const std::string verify = "verify -x509_strict -check_ss_sig -purpose sslserver -verify_hostname www.a.test -CAfile root.pem -untrusted middle.pem leaf.pem";
  EXPECT_EQ(openssl.run(verify), "leaf.pem: OK\n");
  EXPECT_TRUE(check_issued_by(*middle, root.certificate).ok());
  EXPECT_TRUE(check_issued_by(root.certificate, root.certificate).ok());
  EXPECT_TRUE(check_issued_by(*parse_certificate(*leaf), *middle).ok());
}

INSTANTIATE_TEST_SUITE_P(Authorities, EveryAuthority,
                         testing::Values(Authority{KeyType::rsa, 2048, Padding::pkcs1}, Authority{KeyType::rsa, 2048, Padding::pss},
                                         Authority{KeyType::ec, 224, Padding::pkcs1}, Authority{KeyType::ec, 256, Padding::pkcs1},
                                         Authority{KeyType::ec, 521, Padding::pkcs1}, Authority{KeyType::ed25519, 0, Padding::pkcs1}));

// The order is the reference's; openssl prints extensions as they stand.
TEST(Certificate, OpensslShowsWhatTheTemplateSaid) {
  const OpensslCommand openssl;
  const TestRoot root = make_root();
  CertificateTemplate content = leaf_of(leaf_key());
  content.serial = "\x0a\xbc\xde";
  content.subject = {};
  content.subject.add(attribute::kCountry, "FR");
  content.subject.add(attribute::kOrganization, std::vector<std::string>{"Leafy", "Second"});
  content.subject.add(attribute::kCommonName, "Grün");
  content.subject.add(attribute::kUserId, "u1");
  content.basic_constraints = BasicConstraints{};
  content.alternative_names = {{{"1.3.6.1.4.1.311.20.2.3", "me@a.test"}}, {"*.a.test"}, {"me@a.test"}, {*parse_address("10.3.2.1"), *parse_address("::1")}, {"spiffe://a.test/w"}};
  content.policies = {{.oid = "1.2.3.4"}, {.oid = "1.2.3.5", .practice_statement = "https://cps.test", .notice = "Read it"}};
  content.permitted_dns_domains = {"a.test"};
  content.ocsp_servers = {"http://ocsp.test"};
  content.issuing_certificates = {"http://ca.test/1", "http://ca.test/2"};
  content.crl_distribution_points = {"http://crl.test"};
  content.delta_crl_distribution_points = {"http://delta.test"};
  content.extensions = {{"1.2.3.4.5.6", true, std::string("\x0c\x02hi")}};
  openssl.write("leaf.der", *sign_certificate(content, root.signer()));
  const std::string text = openssl.run(
      "x509 -inform DER -in leaf.der -noout -text -certopt no_pubkey,no_sigdump,no_header,no_version -nameopt RFC2253,-esc_msb,utf8,sep_comma_plus_space");
  const std::string expected_head =
      "        Serial Number: 703710 (0xabcde)\n"
      "        Signature Algorithm: ecdsa-with-SHA256\n"
      "        Issuer: CN=Root\n"
      "        Validity\n"
      "            Not Before: Jan  1 00:00:00 2024 GMT\n"
      "            Not After : Jun  1 00:00:00 2060 GMT\n"
      "        Subject: UID=u1, CN=Grün, O=Second + O=Leafy, C=FR\n"
      "        X509v3 extensions:\n"
      "            X509v3 Key Usage: critical\n"
      "                Digital Signature, Key Encipherment, Key Agreement\n"
      "            X509v3 Extended Key Usage: \n"
      "                TLS Web Server Authentication, TLS Web Client Authentication\n"
      "            X509v3 Basic Constraints: critical\n"
      "                CA:FALSE\n"
      "            X509v3 Subject Key Identifier: \n";
  EXPECT_EQ(text.substr(0, expected_head.size()), expected_head);
  const std::string expected_tail =
      "            Authority Information Access: \n"
      "                OCSP - URI:http://ocsp.test\n"
      "                CA Issuers - URI:http://ca.test/1\n"
      "                CA Issuers - URI:http://ca.test/2\n"
      "            X509v3 Certificate Policies: \n"
      "                Policy: 1.2.3.4\n"
      "                Policy: 1.2.3.5\n"
      "                  User Notice:\n"
      "                    Explicit Text: Read it\n"
      "                  CPS: https://cps.test\n"
      "            X509v3 Name Constraints: critical\n"
      "                Permitted:\n"
      "                  DNS:a.test\n"
      "            X509v3 CRL Distribution Points: \n"
      "                Full Name:\n"
      "                  URI:http://crl.test\n"
      "            X509v3 Freshest CRL: \n"
      "                Full Name:\n"
      "                  URI:http://delta.test\n"
      "            1.2.3.4.5.6: critical\n"
      "                ..hi\n"
      "            X509v3 Subject Alternative Name: \n"
      "                othername: UPN::me@a.test, DNS:*.a.test, email:me@a.test, IP Address:10.3.2.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://a.test/w\n";
  const size_t tail = text.find("            Authority Information Access");
  ASSERT_NE(tail, std::string::npos) << text;
  EXPECT_EQ(text.substr(tail, expected_tail.size()), expected_tail);
}

TEST(Certificate, WhatIsReadIsWhatWasSigned) {
  const TestRoot root = make_root();
  CertificateTemplate content = leaf_of(leaf_key());
  content.basic_constraints = BasicConstraints{.ca = true, .path_length = 3};
  content.policies = {{.oid = "1.2.3.4"}};
  content.permitted_dns_domains = {"a.test", ".b.test"};
  content.ocsp_servers = {"http://ocsp.test"};
  content.issuing_certificates = {"http://ca.test"};
  content.crl_distribution_points = {"http://crl.test/1", "http://crl.test/2"};
  const auto read = parse_certificate_pem("Some text\n" + pem(kCertificateBlock, *sign_certificate(content, root.signer())));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->subject, content.subject);
  EXPECT_EQ(read->issuer, root.certificate.subject);
  EXPECT_EQ(read->not_before, content.not_before);
  EXPECT_EQ(read->not_after, content.not_after);
  EXPECT_EQ(read->public_key, leaf_key().public_key());
  EXPECT_EQ(read->subject_key_id, leaf_key().public_key().key_id());
  EXPECT_EQ(read->authority_key_id, root.certificate.subject_key_id);
  EXPECT_EQ(read->basic_constraints, content.basic_constraints);
  EXPECT_EQ(read->key_usage, content.key_usage);
  EXPECT_EQ(read->extended_key_usages, content.extended_key_usages);
  EXPECT_EQ(read->alternative_names, content.alternative_names);
  EXPECT_EQ(read->policies, std::vector<std::string>{"1.2.3.4"});
  EXPECT_EQ(read->permitted_dns_domains, content.permitted_dns_domains);
  EXPECT_EQ(read->ocsp_servers, content.ocsp_servers);
  EXPECT_EQ(read->issuing_certificates, content.issuing_certificates);
  EXPECT_EQ(read->crl_distribution_points, content.crl_distribution_points);
  EXPECT_FALSE(read->may_sign_certificates());  // its key usage doesn't say so
  EXPECT_TRUE(root.certificate.may_sign_certificates());
  EXPECT_EQ(root.certificate.authority_key_id, root.certificate.subject_key_id);
}

TEST(Certificate, ALeafOfOpensslIsRead) {
  const OpensslCommand openssl;
  openssl.run("req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj '/O=Acorn/CN=x.test/emailAddress=me@x.test' -days 2 -sha512 -sigopt rsa_padding_mode:pss"
              " -sigopt rsa_pss_saltlen:-1 -addext subjectAltName=DNS:x.test,IP:1.2.3.4,RID:1.2.3");
  const auto read = parse_certificate_pem(openssl.read("c.pem"));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->signature_algorithm, SignatureAlgorithm::sha512_rsa_pss);
  EXPECT_TRUE(is_signed_by(*read, read->public_key));
  EXPECT_EQ(read->alternative_names.dns, std::vector<std::string>{"x.test"});
  std::string serial = openssl.run("x509 -in c.pem -noout -serial");  // serial=0ABC…
  serial = serial.substr(7, serial.size() - 8);
  for (size_t i = serial.size() - 2; i > 0; i -= 2) serial.insert(i, 1, ':');
  EXPECT_EQ(read->serial, parse_serial(serial));
}

TEST(Certificate, WithoutASubjectItsNamesAreCritical) {
  const OpensslCommand openssl;
  const TestRoot root = make_root();
  CertificateTemplate content = leaf_of(leaf_key());
  content.subject = {};
  openssl.write("root.pem", pem(kCertificateBlock, root.certificate.der));
  openssl.write("leaf.pem", pem(kCertificateBlock, *sign_certificate(content, root.signer())));
  EXPECT_EQ(openssl.run("verify -x509_strict -CAfile root.pem leaf.pem"), "leaf.pem: OK\n");
  EXPECT_NE(openssl.run("x509 -in leaf.pem -noout -ext subjectAltName").find("Subject Alternative Name: critical"), std::string::npos);
}

TEST(Certificate, AnExtensionOfTheCallerReplacesOurs) {
  const TestRoot root = make_root();
  CertificateTemplate content = leaf_of(leaf_key());
  content.extensions = {{extension::kKeyUsage, false, encode_key_usage(kDataEncipherment)}};
  const auto read = parse_certificate(*sign_certificate(content, root.signer()));
  EXPECT_EQ(read->key_usage, kDataEncipherment);
  EXPECT_EQ(read->extensions.back().oid, extension::kKeyUsage);
}

TEST(Certificate, EndsInTheYear9999) {
  const OpensslCommand openssl;
  CertificateTemplate content = leaf_of(leaf_key());
  content.not_after = day(9999, 12, 31) + std::chrono::hours(24) - std::chrono::seconds(1);
  const TestRoot root = make_root();
  const auto signed_leaf = sign_certificate(content, root.signer());
  EXPECT_EQ(parse_certificate(*signed_leaf)->not_after, content.not_after);
  openssl.write("leaf.der", *signed_leaf);
  EXPECT_EQ(openssl.run("x509 -inform DER -in leaf.der -noout -enddate"), "notAfter=Dec 31 23:59:59 9999 GMT\n");
  content.not_after += std::chrono::seconds(1);
  EXPECT_FALSE(sign_certificate(content, root.signer()).ok());
}

TEST(Certificate, WhatItsFieldsCantCarryIsRefused) {
  const TestRoot root = make_root();
  const auto refused = [&root](auto change) {
    CertificateTemplate content = leaf_of(leaf_key());
    change(content);
    return !sign_certificate(content, root.signer()).ok();
  };
  EXPECT_TRUE(refused([](auto& content) { content.alternative_names.dns = {"grün.test"}; }));
  EXPECT_TRUE(refused([](auto& content) { content.extended_key_usages = {"ServerAuth"}; }));
  EXPECT_TRUE(refused([](auto& content) { content.policies = {{.oid = "x"}}; }));
  EXPECT_TRUE(refused([](auto& content) { content.ocsp_servers = {"http://ü"}; }));
  EXPECT_TRUE(refused([](auto& content) { content.extensions = {{"x", false, ""}}; }));
  EXPECT_TRUE(refused([](auto& content) { content.serial = std::string(21, 'x'); }));
  EXPECT_FALSE(sign_certificate(leaf_of(leaf_key()), {root.key, SignatureAlgorithm::ed25519, &root.certificate}).ok());
}

TEST(Certificate, AnotherIssuerDoesNotMatch) {
  const TestRoot root = make_root(), namesake = make_root(), stranger = make_root(KeyType::ec, 256, Padding::pkcs1, "Stranger");
  auto leaf = *parse_certificate(*sign_certificate(leaf_of(leaf_key()), root.signer()));
  EXPECT_TRUE(check_issued_by(leaf, root.certificate).ok());
  EXPECT_EQ(check_issued_by(leaf, stranger.certificate).error().message(), "the certificate names another issuer");
  EXPECT_EQ(check_issued_by(leaf, namesake.certificate).error().message(), "the certificate names another key of its issuer");
  leaf.authority_key_id.clear();
  EXPECT_EQ(check_issued_by(leaf, namesake.certificate).error().message(), "the certificate is not signed by that key");
}

TEST(Certificate, SignedAnewIsTheSameButForItsIssuer) {
  const TestRoot old_root = make_root(KeyType::ec, 256, Padding::pkcs1, "Self"), root = make_root();
  CertificateTemplate content = template_of(old_root.certificate);
  content.crl_distribution_points = {"http://crl.test"};
  const auto read = parse_certificate(*sign_certificate(content, root.signer()));
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(check_issued_by(*read, root.certificate).ok());
  EXPECT_EQ(read->subject_der, old_root.certificate.subject_der);
  EXPECT_EQ(read->serial, old_root.certificate.serial);
  EXPECT_EQ(read->basic_constraints, old_root.certificate.basic_constraints);
  EXPECT_EQ(read->subject_key_id, old_root.certificate.subject_key_id);
  EXPECT_EQ(read->crl_distribution_points, content.crl_distribution_points);
}

TEST(Certificate, BrokenBytesAreRefusedWhereverTheyBreak) {
  const TestRoot root = make_root();
  const std::string der = root.certificate.der;
  for (size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(parse_certificate(der.substr(0, size)).ok()) << size;
  EXPECT_FALSE(parse_certificate(der + "x").ok());
  for (size_t at = 0; at < der.size(); ++at) {
    std::string broken = der;
    broken[at] = static_cast<char>(broken[at] ^ 0x40);
    const auto read = parse_certificate(broken);
    EXPECT_FALSE(read.ok() && is_signed_by(*read, root.key.public_key())) << at;
  }
}

}  // namespace
}  // namespace bao::crypto::x509
