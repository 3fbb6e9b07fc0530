// The parameters that `bao pki reissue` makes of a certificate, and what is changed of them.
#include "internal/cli/pki_template.h"

#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/crypto/x509/openssl_command.h"

namespace bao::cli {
namespace {

using codec::Json;
namespace x509 = crypto::x509;

struct Kind {
  x509::KeyType type;
  int bits;
  x509::Padding padding;
};

template <typename Fill>
x509::Certificate certificate_with(const Kind& kind, Fill fill) {
  const x509::PrivateKey key = *x509::PrivateKey::generate(kind.type, kind.bits);
  x509::CertificateTemplate content{.public_key = key.public_key()};
  content.not_before = x509::day(2020, 1, 1);
  content.not_after = x509::day(2020, 1, 31);
  content.basic_constraints = x509::BasicConstraints{.ca = true, .path_length = {}};
  fill(content);
  return *x509::parse_certificate(*x509::sign_certificate(content, {key, *x509::choose_signature(key.public_key(), 0, kind.padding)}));
}

constexpr Kind kP256{x509::KeyType::ec, 256, x509::Padding::pkcs1};

x509::Certificate full() {
  return certificate_with(kP256, [](x509::CertificateTemplate& content) {
    namespace attribute = x509::attribute;
    content.subject.add(attribute::kCountry, "FR");
    content.subject.add(attribute::kOrganization, std::vector<std::string>{"One", "Two"});
    content.subject.add(attribute::kCommonName, "ca.example.test");
    content.subject.add(attribute::kSerialNumber, "7");
    content.basic_constraints = x509::BasicConstraints{.ca = true, .path_length = 2};
    content.alternative_names.dns = {"ca.example.test", "b.test"};
    content.alternative_names.emails = {"ca@b.test"};
    content.alternative_names.addresses = {std::string("\x7f\0\0\x01", 4)};
    content.alternative_names.uris = {"urn:ca"};
    content.permitted_dns_domains = {".example.test", "b.test"};
  });
}

TEST(PkiTemplate, SaysEverythingOfTheCertificate) {
  EXPECT_EQ(codec::write_json(template_of(full(), "")),
            R"({"alt_names":"ca.example.test,b.test,ca@b.test","common_name":"ca.example.test","country":["FR"],)"
            R"("exclude_cn_from_sans":false,"ip_sans":"127.0.0.1","key_bits":256,"key_type":"ec","locality":[],"max_path_length":2,)"
            R"("organization":["One","Two"],"ou":[],"permitted_dns_domains":".example.test,b.test","postal_code":[],"province":[],)"
            R"("serial_number":"7","signature_bits":256,"street_address":[],"ttl":"720h0m0s","uri_sans":"urn:ca","use_pss":false})");
}

// A name that isn't among the alternative ones is kept out of them again, unless there is none.
TEST(PkiTemplate, KeepsTheCommonNameOutOfTheAlternativeOnes) {
  const auto excludes = [](const char* common_name) {
    const auto certificate = certificate_with(kP256, [&](x509::CertificateTemplate& content) {
      if (*common_name != '\0') content.subject.add(x509::attribute::kCommonName, common_name);
      content.alternative_names.dns = {"b.test"};
    });
    return template_of(certificate, "")["exclude_cn_from_sans"].as_bool();
  };
  EXPECT_TRUE(excludes("Root"));
  EXPECT_FALSE(excludes("b.test"));
  EXPECT_FALSE(excludes(""));
}

TEST(PkiTemplate, AKeyThatIsUsedAgainIsNamed) {
  const x509::Certificate certificate = full();
  const Json parameters = template_of(certificate, "key-1");
  EXPECT_EQ(parameters["key_ref"].as_string(), "key-1");
  EXPECT_EQ(parameters["skid"].as_string(), codec::to_hex(certificate.subject_key_id));
  EXPECT_EQ(parameters.find("key_type"), nullptr);
  EXPECT_EQ(parameters.find("key_bits"), nullptr);
}

TEST(PkiTemplate, KeyAndSignatureAreOfTheSameKind) {
  const auto kind_of = [](const Kind& kind) {
    const Json parameters = template_of(certificate_with(kind, [](x509::CertificateTemplate&) {}), "");
    return parameters["key_type"].as_string() + " " + parameters["key_bits"].text() + " " + parameters["signature_bits"].text() +
           (parameters["use_pss"].as_bool() ? " pss" : "");
  };
  EXPECT_EQ(kind_of({x509::KeyType::rsa, 2048, x509::Padding::pkcs1}), "rsa 2048 256");
  EXPECT_EQ(kind_of({x509::KeyType::rsa, 2048, x509::Padding::pss}), "rsa 2048 256 pss");
  EXPECT_EQ(kind_of({x509::KeyType::ec, 384, x509::Padding::pkcs1}), "ec 384 384");
  EXPECT_EQ(kind_of({x509::KeyType::ec, 521, x509::Padding::pkcs1}), "ec 521 512");
  EXPECT_EQ(kind_of({x509::KeyType::ed25519, 0, x509::Padding::pkcs1}).substr(0, 8), "ed25519 ");
}

// Go's longest duration: 292 years.
TEST(PkiTemplate, ALifetimeBeyondWhatADurationHoldsIsCut) {
  const auto certificate = certificate_with(kP256, [](x509::CertificateTemplate& content) { content.not_after = x509::day(9999, 12, 31); });
  EXPECT_EQ(template_of(certificate, "")["ttl"].as_string(), "2562047h47m16s");
}

TEST(PkiTemplate, ChangesWin) {
  const auto changed = [](const char* changes) {
    const Json parameters = Json::object({{"key_type", "ec"}, {"key_bits", 256}, {"ttl", "1h"}, {"common_name", "a"}});
    return codec::write_json(changed_template(parameters, *codec::parse_json(changes)));
  };
  EXPECT_EQ(changed("{}"), R"({"common_name":"a","key_bits":256,"key_type":"ec","ttl":"1h"})");
  EXPECT_EQ(changed(R"({"common_name":"b","ou":"x"})"), R"({"common_name":"b","key_bits":256,"key_type":"ec","ou":"x","ttl":"1h"})");
  EXPECT_EQ(changed(R"({"not_after":"2040-01-01T00:00:00Z"})"),
            R"({"common_name":"a","key_bits":256,"key_type":"ec","not_after":"2040-01-01T00:00:00Z"})");
  EXPECT_EQ(changed(R"({"key_type":"rsa"})"), R"({"common_name":"a","key_type":"rsa","ttl":"1h"})");
  EXPECT_EQ(changed(R"({"key_type":"ec"})"), R"({"common_name":"a","key_bits":256,"key_type":"ec","ttl":"1h"})");
  EXPECT_EQ(changed(R"({"key_type":"rsa","key_bits":4096})"), R"({"common_name":"a","key_bits":4096,"key_type":"rsa","ttl":"1h"})");
}

}  // namespace
}  // namespace bao::cli
