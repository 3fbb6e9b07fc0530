// CEL roles over a barrier in memory: what a program lets through, what it refuses, and what a wrong one answers.
#include <gtest/gtest.h>

#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/key.h"
#include "internal/engines/pki/cel_role_entry.h"
#include "internal/engines/pki/pki.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

using codec::Json;

class CelRolesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(runner_.mount({}).ok());
    ok("POST root/generate/internal <- {\"common_name\":\"Cel Root\",\"key_type\":\"ec\"}");
  }
  Json ok(const std::string& line) {
    const std::string answer = runner_.request(line);
    EXPECT_TRUE(answer.starts_with("200 ")) << line << "\n" << answer;
    const auto parsed = codec::parse_json(answer.substr(4, answer.find('\n') - 4));
    return parsed.ok() ? *parsed : Json();
  }
  // Writes a role of that last expression; quotes inside it are single ones.
  std::string write(const std::string& expression) { return runner_.request("POST cel/roles/r <- {\"cel_program\":{\"expression\":\"" + expression + "\"}}"); }
  std::string issue(const std::string& body) { return runner_.request("POST cel/issue/r <- " + body); }
  crypto::x509::Certificate issued(const std::string& certificate_fields, const std::string& output_fields = "key_type: 'ec'") {
    const std::string made = write("ValidationOutput{template: CertTemplate{NotBefore: now, NotAfter: now + duration('1h'), " + certificate_fields + "}, " + output_fields + "}");
    EXPECT_TRUE(made.starts_with("200")) << made;
    const Json answer = ok("POST cel/issue/r <- {\"common_name\":\"a.test\",\"ip_sans\":[\"10.0.0.1\"],\"key_bits\":256}");
    const auto parsed = crypto::x509::parse_certificate_pem(answer["certificate"].as_string());
    EXPECT_TRUE(parsed.ok());
    return *parsed;
  }
  logical::scenario::Runner runner_{pki_backend()};
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(CelRolesTest, WhatTheTemplateSaysStandsInTheCertificate) {
  const auto certificate = issued(
      "Subject: PKIX.Name{CommonName: request.common_name, Country: ['ZW', 'US']}, DNSNames: [request.common_name], EmailAddresses: ['a@b.test'], "
      "IPAddresses: [net.IP{IP: b'\\\\x0a\\\\x00\\\\x00\\\\x01'}], URIs: [url.URL{Scheme: 'https', Host: 'b.test', Path: '/x y', RawQuery: 'q=1'}], "
      "KeyUsage: 3, ExtKeyUsage: [ExtKeyUsage.ExtKeyUsageServerAuth, 2], UnknownExtKeyUsage: [ObjectIdentifier{arc: [1u, 2u, 3u]}], "
      "BasicConstraintsValid: true, Policies: [OID{arc: [1u, 2u, 4u]}], PermittedDNSDomains: ['b.test'], "
      "ExtraExtensions: [PKIX.Extension{Id: [1, 2, 9], Critical: true, Value: b'\\\\x05\\\\x00'}]");
  EXPECT_EQ(certificate.subject.last(crypto::x509::attribute::kCommonName), "a.test");
  EXPECT_EQ(certificate.subject.values(crypto::x509::attribute::kCountry).size(), 2u);
  EXPECT_EQ(certificate.alternative_names.dns, std::vector<std::string>{"a.test"});
  EXPECT_EQ(certificate.alternative_names.emails, std::vector<std::string>{"a@b.test"});
  EXPECT_EQ(certificate.alternative_names.addresses, std::vector<std::string>{std::string("\x0a\0\0\x01", 4)});
  EXPECT_EQ(certificate.alternative_names.uris, std::vector<std::string>{"https://b.test/x%20y?q=1"});
  EXPECT_EQ(certificate.key_usage, 3) << "a sum of bits";
  EXPECT_EQ(certificate.extended_key_usages, (std::vector<std::string>{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.2.3"}));
  ASSERT_TRUE(certificate.basic_constraints);
  EXPECT_FALSE(certificate.basic_constraints->ca);
  bool found = false;
  for (const auto& extension : certificate.extensions) found = found || (extension.oid == "1.2.9" && extension.critical);
  EXPECT_TRUE(found);
  EXPECT_EQ(certificate.not_after - certificate.not_before, std::chrono::hours(1));
}

TEST_F(CelRolesTest, TheKeyIsOfTheKindThatTheProgramNames) {
  EXPECT_EQ(issued("DNSNames: ['a.test']", "key_type: 'ec', key_bits: 384u").public_key.bits(), 384);
  EXPECT_EQ(issued("DNSNames: ['a.test']", "key_type: 'ed25519'").public_key.type(), crypto::x509::KeyType::ed25519);
  write("ValidationOutput{template: CertTemplate{}, key_type: 'ec', key_bits: 3u}");
  EXPECT_TRUE(holds(issue("{}"), "invalid cel response for key type, key bits, or signature bits: unsupported bit length for EC key: 3"));
}

TEST_F(CelRolesTest, NumbersOfTheRequestAreText) {
  write("request.key_bits == '256' ? 'text' : 'number'");
  EXPECT_TRUE(holds(issue("{\"key_bits\":256}"), "* text"));
  write("request.role");
  EXPECT_TRUE(holds(issue("{}"), "* r\\n"));
}

TEST_F(CelRolesTest, WhatIsNotStoredIsNowhere) {
  issued("DNSNames: ['a.test']", "key_type: 'ec', no_store: true");
  EXPECT_EQ(ok("LIST certs")["keys"].size(), 1u) << "the root alone";
  issued("DNSNames: ['a.test']");
  EXPECT_EQ(ok("LIST certs")["keys"].size(), 2u);
}

TEST_F(CelRolesTest, RefusalsAndFailuresAreSaid) {
  write("true");
  EXPECT_TRUE(holds(issue("{}"), "* request denied"));
  write("7");
  EXPECT_TRUE(holds(issue("{}"), "* unexpected mainProgram result type int64"));
  write("ValidationOutput{}");
  EXPECT_TRUE(holds(issue("{}"), "* template is nil"));
  write("ValidationOutput{template: CertTemplate{}, issuer_ref: 'none', key_type: 'ec'}");
  EXPECT_TRUE(holds(issue("{}"), "unable to find PKI issuer for reference: none"));
  write("ValidationOutput{template: CertTemplate{ExtKeyUsage: [99]}, key_type: 'ec'}");
  EXPECT_TRUE(holds(issue("{}"), "x509: unknown extended key usage"));
  write("use_csr ? 'sign' : 'issue'");
  EXPECT_TRUE(holds(issue("{}"), "* issue"));
  EXPECT_TRUE(holds(runner_.request("POST cel/sign/r <- {}"), "* sign"));
  EXPECT_TRUE(holds(runner_.request("POST cel/sign/r <- {\"csr\":\"x\"}"), "failed to parse CSR: invalid CSR format"));
}

TEST_F(CelRolesTest, AWrongProgramIsNotStored) {
  EXPECT_TRUE(holds(write("nobody"), "error type-checking CEL MainProgram: ERROR: \\u003cinput\\u003e:1:1: undeclared reference to 'nobody' (in container 'openbao.pki')"));
  EXPECT_TRUE(holds(write("CertTemplate{Nothing: 1}"), "undefined field 'Nothing'"));
  EXPECT_TRUE(holds(write("google.protobuf.Any{}"), "undeclared reference to 'google.protobuf.Any'"));
  EXPECT_TRUE(runner_.request("GET cel/roles/r").starts_with("404"));
}

TEST_F(CelRolesTest, APatchChangesWhatItNames) {
  ok("POST cel/roles/r <- {\"cel_program\":{\"expression\":\"a\",\"variables\":[{\"name\":\"a\",\"expression\":\"'one'\"}]}}");
  ok("PATCH cel/roles/r <- {\"cel_program\":{\"variables\":[{\"name\":\"a\",\"expression\":\"'two'\"}]}}");
  EXPECT_TRUE(holds(issue("{}"), "* two"));
  // Variables are filled in one by one, and cut to as many as are given.
  ok("PATCH cel/roles/r <- {\"cel_program\":{\"variables\":[{\"expression\":\"'three'\"},{\"name\":\"b\",\"expression\":\"'b'\"}]}}");
  EXPECT_TRUE(holds(issue("{}"), "* three"));
  ok("PATCH cel/roles/r <- {\"cel_program\":{\"variables\":[null]}}");
  EXPECT_TRUE(holds(runner_.request("GET cel/roles/r"), R"("variables":[{"name":"a","expression":"'three'"}])"));
}

TEST(CelRoleEntry, WhatAnotherVersionStoredSurvives) {
  const auto role = CelRoleEntry::parse("r", R"({"name":"r","validation_program":{"expression":"true"},"later":1})");
  ASSERT_TRUE(role.ok());
  EXPECT_EQ(role->write(), "{\"name\":\"r\",\"validation_program\":{\"expression\":\"true\"},\"later\":1}\n");
}

}  // namespace
}  // namespace bao::engines::pki
