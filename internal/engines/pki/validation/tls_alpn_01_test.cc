// Certificates made for the purpose, each wrong in one way; and one handshake with a server of the openssl command.
#include "internal/engines/pki/validation/tls_alpn_01.h"

#include <gtest/gtest.h>

#include <functional>

#include "internal/crypto/hash.h"
#include "internal/crypto/x509/openssl_command.h"
#include "internal/net/test_dns_server.h"

namespace bao::engines::pki::acme {
namespace {

namespace x509 = crypto::x509;

ValidationTask task_for(const std::string& identifier, IdentifierType type = IdentifierType::dns) {
  ValidationTask task;
  task.type = ChallengeType::tls_alpn_01;
  task.identifier_type = type;
  task.identifier = identifier;
  task.token = "token";
  task.key_authorization = "token.thumbprint";
  return task;
}

std::string digest_octets(const std::string& authorization) { return "\x04\x20" + crypto::sha256(authorization); }

struct Wanted {
  x509::CertificateTemplate content;
  x509::PrivateKey key;
};
const x509::PrivateKey& shared_key() {
  static const x509::PrivateKey kKey = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  return kKey;
}

// What answers the challenge of `a.test`, before `change`.
std::string der_of(const std::function<void(Wanted&)>& change, bool self_signed = true) {
  static const x509::TestRoot kOther = x509::make_root();
  Wanted wanted{{.public_key = shared_key().public_key()}, shared_key()};
  wanted.content.subject.add(x509::attribute::kCommonName, "ACME challenge");
  wanted.content.not_before = x509::day(2020, 1, 1);
  wanted.content.not_after = x509::day(2090, 1, 1);
  wanted.content.key_usage = x509::kDigitalSignature;
  wanted.content.basic_constraints = x509::BasicConstraints{.ca = false, .path_length = {}};
  wanted.content.alternative_names.dns = {"a.test"};
  wanted.content.extensions = {{.oid = "1.3.6.1.5.5.7.1.31", .critical = true, .value = digest_octets("token.thumbprint")}};
  change(wanted);
  const x509::Signer self{wanted.key, *x509::choose_signature(wanted.key.public_key(), 0, x509::Padding::pkcs1), nullptr};
  return *x509::sign_certificate(wanted.content, self_signed ? self : kOther.signer());
}

std::string checked(const std::function<void(Wanted&)>& change, bool self_signed = true,
                    const ValidationTask& task = task_for("a.test")) {
  const auto certificate = x509::parse_certificate(der_of(change, self_signed));
  if (!certificate.ok()) return certificate.error().message();
  const auto status = check_alpn_certificate(*certificate, task);
  return status.ok() ? "" : status.error().message();
}

const auto kUnchanged = [](Wanted&) {};

TEST(AlpnCertificate, OfTheIdentifierWithTheDigestIsGood) {
  EXPECT_EQ(checked(kUnchanged), "");
  EXPECT_EQ(checked(kUnchanged, true, task_for("A.TEST")), "");
  const auto address = [](Wanted& wanted) {
    wanted.content.alternative_names = {};
    wanted.content.alternative_names.addresses = {std::string("\x7f\x00\x00\x01", 4)};
  };
  EXPECT_EQ(checked(address, true, task_for("127.0.0.1", IdentifierType::ip)), "");
}

TEST(AlpnCertificate, NamesTheIdentifierAndNothingElse) {
  const std::string wrong = "the certificate's alternative names are not the identifier alone";
  using Change = void (*)(x509::AlternativeNames&);
  for (const Change change : {
           Change([](x509::AlternativeNames& names) { names.dns = {"b.test"}; }),
           Change([](x509::AlternativeNames& names) { names.dns = {}; }),
           Change([](x509::AlternativeNames& names) { names.dns.emplace_back("b.test"); }),
           Change([](x509::AlternativeNames& names) { names.dns = {"a.test", "a.test"}; }),
           Change([](x509::AlternativeNames& names) { names.dns = {"*.a.test"}; }),
           Change([](x509::AlternativeNames& names) { names.dns = {std::string("a.test\0x", 8)}; }),
           Change([](x509::AlternativeNames& names) { names.emails = {"x@a.test"}; }),
           Change([](x509::AlternativeNames& names) { names.uris = {"https://a.test"}; }),
           Change([](x509::AlternativeNames& names) { names.others = {{"1.2.3", "a.test"}}; }),
           Change([](x509::AlternativeNames& names) { names.addresses = {std::string("\x7f\x00\x00\x01", 4)}; }),
       }) {
    EXPECT_EQ(checked([&](Wanted& wanted) { change(wanted.content.alternative_names); }), wrong);
  }
  // Of a kind that reading passes over: a directory name behind the right one.
  const auto directory = [](Wanted& wanted) {
    wanted.content.alternative_names = {};
    wanted.content.extensions.push_back({.oid = x509::extension::kAlternativeNames, .critical = false,
                                         .value = std::string("\x30\x0c\x82\x06" "a.test" "\xa4\x02\x30\x00", 14)});
  };
  EXPECT_EQ(checked(directory), wrong);
  EXPECT_EQ(checked(kUnchanged, true, task_for("127.0.0.1", IdentifierType::ip)), wrong);
}

TEST(AlpnCertificate, IsSignedByItself) {
  const std::string wrong = "the certificate is not signed by itself";
  EXPECT_EQ(checked(kUnchanged, false), wrong);
  const auto other_key = [](Wanted& wanted) { wanted.key = *x509::PrivateKey::generate(x509::KeyType::ec, 256); };
  EXPECT_EQ(checked(other_key), wrong);
}

TEST(AlpnCertificate, TellsTheDigestOnceAndCritically) {
  const std::string not_digest = "the certificate's acmeIdentifier extension is not the digest of the key authorization";
  const auto with = [](const std::string& value, bool critical = true) {
    return [=](Wanted& wanted) {
      wanted.content.extensions[0].value = value;
      wanted.content.extensions[0].critical = critical;
    };
  };
  EXPECT_EQ(checked(with(digest_octets("token.other"))), not_digest);
  EXPECT_EQ(checked(with(digest_octets("token.thumbprint") + "x")), not_digest);
  EXPECT_EQ(checked(with(crypto::sha256("token.thumbprint"))), not_digest);
  EXPECT_EQ(checked(with("")), not_digest);
  EXPECT_EQ(checked(with(digest_octets("token.thumbprint"), false)), "the certificate's acmeIdentifier extension is not critical");
  EXPECT_EQ(checked([](Wanted& wanted) { wanted.content.extensions.clear(); }), "the certificate has no acmeIdentifier extension");
}

TEST(AlpnCertificate, HasNoCriticalExtensionThatNobodyUnderstands) {
  const auto with = [](bool critical) {
    return [=](Wanted& wanted) { wanted.content.extensions.push_back({.oid = "1.2.3.4", .critical = critical, .value = std::string("\x05\x00", 2)}); };
  };
  EXPECT_EQ(checked(with(false)), "");
  EXPECT_EQ(checked(with(true)), "the certificate has a critical extension that is not understood");
}

TEST(ReverseName, IsWhatDnsCallsAnAddress) {
  EXPECT_EQ(reverse_name("192.0.2.10"), "10.2.0.192.in-addr.arpa");
  EXPECT_EQ(reverse_name("2001:db8::1"), "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

// `openssl s_server` with that certificate, for one connection.
class OneHandshake {
 public:
  OneHandshake(const std::string& der, const std::string& protocol) {
    files_.write("certificate", x509::pem(x509::kCertificateBlock, der));
    files_.write("key", shared_key().pkcs8_pem().reveal());
    const std::string command = "exec openssl s_server -www -naccept 1 -accept 127.0.0.1:0 -alpn " + protocol + " -cert " +
                                files_.path("certificate") + " -key " + files_.path("key") + " </dev/null 2>&1";
    output_ = popen(command.c_str(), "r");
    char line[256];
    while (output_ && std::fgets(line, sizeof line, output_)) {
      if (std::sscanf(line, "ACCEPT 127.0.0.1:%hu", &port) == 1) break;
    }
  }
  ~OneHandshake() { pclose(output_); }
  OneHandshake(const OneHandshake&) = delete;
  OneHandshake& operator=(const OneHandshake&) = delete;
  uint16_t port = 0;

 private:
  x509::OpensslCommand files_;
  FILE* output_ = nullptr;
};

Verdict look_at(const OneHandshake& server) {
  net::TestDnsServer dns;
  dns.add_address("a.test", "127.0.0.1");
  ValidationTask task = task_for("a.test");
  task.dns_resolver = dns.address();
  const net::AddressRule rule = net::AddressRule::allowing({"127.0.0.1/32"}).value();
  net::Bell bell;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  return tls_alpn_01(task, {rule, {.http = 1, .https = server.port}, {bell, until, [] { return true; }}});
}

TEST(TlsAlpn01, IsMetByAServerThatSpeaksAcme) {
  const OneHandshake server(der_of(kUnchanged), "acme-tls/1");
  ASSERT_NE(server.port, 0);
  EXPECT_EQ(look_at(server).detail, "");
}

TEST(TlsAlpn01, IsNotMetByAServerOfAnotherProtocol) {
  const OneHandshake server(der_of(kUnchanged), "h2");
  const Verdict verdict = look_at(server);
  EXPECT_EQ(verdict.problem, Problem::tls);
}

TEST(TlsAlpn01, IsNotMetByAnotherCertificate) {
  const OneHandshake server(der_of([](Wanted& wanted) { wanted.content.alternative_names.dns = {"b.test"}; }), "acme-tls/1");
  const Verdict verdict = look_at(server);
  EXPECT_EQ(verdict.problem, Problem::incorrect_response);
  EXPECT_EQ(verdict.detail, "tls-alpn-01: the certificate's alternative names are not the identifier alone");
}

}  // namespace
}  // namespace bao::engines::pki::acme
