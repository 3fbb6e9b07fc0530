// OCSP: openssl asks, and believes the answers.
#include "internal/crypto/x509/ocsp.h"

#include <gtest/gtest.h>

#include "internal/crypto/x509/openssl_command.h"

namespace bao::crypto::x509 {
namespace {

class Ocsp : public testing::Test {
 protected:
  Ocsp() {
    CertificateTemplate content{.public_key = PrivateKey::generate(KeyType::ec, 256)->public_key()};
    content.subject.add(attribute::kCommonName, "leaf");
    content.not_before = day(2024, 1, 1);
    content.not_after = day(2080, 1, 1);
    content.serial = "\x81\x02\x03";
    openssl_.write("root.pem", pem(kCertificateBlock, root_.certificate.der));
    openssl_.write("leaf.pem", pem(kCertificateBlock, *sign_certificate(content, root_.signer())));
  }
  // What openssl asks about the leaf.
  OcspRequest asked(const std::string& options) {
    openssl_.run("ocsp -issuer root.pem " + options + " -cert leaf.pem -reqout q.der");
    return *parse_ocsp_request(openssl_.read("q.der"));
  }
  // What openssl says of our answer to that.
  std::string told(const OcspRequest& request, OcspStatus status, const std::string& options = "-no_nonce", const std::string& hash = "") {
    OcspAnswer answer{.certificate = request.certificates.at(0), .status = status};
    answer.revocation = {day(2024, 3, 1), 1};
    answer.this_update = day(2024, 2, 1);
    answer.next_update = day(2079, 1, 1);
    openssl_.write("a.der", *sign_ocsp_response({answer}, request.nonce, day(2024, 2, 1), root_.signer()));
    return openssl_.run("ocsp -respin a.der -issuer root.pem " + hash + " -cert leaf.pem -VAfile root.pem " + options);
  }
  const OpensslCommand openssl_;
  const TestRoot root_ = make_root();
};

TEST_F(Ocsp, OpensslBelievesEveryStatus) {
  const OcspRequest request = asked("-no_nonce");
  ASSERT_EQ(request.certificates.size(), 1u);
  EXPECT_EQ(request.certificates[0].serial, "\x81\x02\x03");
  EXPECT_FALSE(request.nonce);
  EXPECT_EQ(told(request, OcspStatus::good),
            "Response verify OK\nleaf.pem: good\n\tThis Update: Feb  1 00:00:00 2024 GMT\n\tNext Update: Jan  1 00:00:00 2079 GMT\n");
  EXPECT_EQ(told(request, OcspStatus::revoked),
            "Response verify OK\nleaf.pem: revoked\n\tThis Update: Feb  1 00:00:00 2024 GMT\n\tNext Update: Jan  1 00:00:00 2079 GMT\n"
            "\tReason: keyCompromise\n\tRevocation Time: Mar  1 00:00:00 2024 GMT\n");
  EXPECT_NE(told(request, OcspStatus::unknown).find("leaf.pem: unknown"), std::string::npos);
}

TEST_F(Ocsp, TheNonceIsRepeated) {
  const OcspRequest request = asked("");
  ASSERT_TRUE(request.nonce);
  told(request, OcspStatus::good);
  const auto nonce_in = [](const std::string& text) {
    const size_t digits = text.find("0410", text.find("OCSP Nonce:"));
    return digits == std::string::npos ? "none" : text.substr(digits, 36);
  };
  const std::string asked_text = openssl_.run("ocsp -reqin q.der -req_text -no_nonce"), told_text = openssl_.run("ocsp -respin a.der -resp_text -noverify");
  EXPECT_EQ(nonce_in(told_text), nonce_in(asked_text));
  EXPECT_NE(nonce_in(asked_text), "none");
  told({request.certificates, std::nullopt}, OcspStatus::good);
  EXPECT_EQ(openssl_.run("ocsp -respin a.der -resp_text -noverify").find("OCSP Nonce"), std::string::npos);
}

TEST_F(Ocsp, TheIssuersCertificateIsNotSentAlong) {
  told(asked("-no_nonce"), OcspStatus::good);
  const std::string text = openssl_.run("ocsp -respin a.der -resp_text -noverify");
  EXPECT_NE(text.find("Cert Status: good"), std::string::npos);
  EXPECT_EQ(text.find("Certificate:\n"), std::string::npos) << text;
}

TEST_F(Ocsp, AnIssuerIsKnownByEachHash) {
  for (const char* hash : {"-sha1", "-sha256", "-sha384", "-sha512"}) {
    const OcspRequest request = asked(std::string("-no_nonce ") + hash);
    EXPECT_TRUE(is_about(request.certificates[0], root_.certificate)) << hash;
    EXPECT_FALSE(is_about(request.certificates[0], make_root().certificate)) << hash;
    EXPECT_NE(told(request, OcspStatus::good, "-no_nonce", hash).find("leaf.pem: good"), std::string::npos) << hash;
  }
  OcspCertificateId other = asked("-no_nonce").certificates[0];
  other.hash_algorithm = "1.2.3";
  EXPECT_FALSE(is_about(other, root_.certificate));
}

TEST_F(Ocsp, SeveralQuestionsInOneRequestAreRead) {
  openssl_.run("ocsp -issuer root.pem -cert leaf.pem -serial 77 -reqout q.der");
  const auto request = parse_ocsp_request(openssl_.read("q.der"));
  ASSERT_TRUE(request.ok());
  ASSERT_EQ(request->certificates.size(), 2u);
  EXPECT_EQ(request->certificates[1].serial, "\x4d");
}

TEST_F(Ocsp, FailuresAreUnderstood) {
  openssl_.write("a.der", ocsp_failure(OcspFailure::unauthorized));
  EXPECT_NE(openssl_.run("ocsp -respin a.der -noverify").find("Responder Error: unauthorized (6)"), std::string::npos);
  openssl_.write("a.der", ocsp_failure(OcspFailure::malformed_request));
  EXPECT_NE(openssl_.run("ocsp -respin a.der -noverify").find("Responder Error: malformedrequest (1)"), std::string::npos);
}

TEST_F(Ocsp, WhatIsNoRequestIsRefused) {
  asked("");
  const std::string der = openssl_.read("q.der");
  for (size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(parse_ocsp_request(der.substr(0, size)).ok()) << size;
  EXPECT_FALSE(parse_ocsp_request(der + "x").ok());
  EXPECT_FALSE(parse_ocsp_request("rubbish\n").ok());
  EXPECT_FALSE(parse_ocsp_request(root_.certificate.der).ok());
}

}  // namespace
}  // namespace bao::crypto::x509
