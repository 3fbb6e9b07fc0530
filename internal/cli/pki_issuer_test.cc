// Which of two certificates issued the other, as `bao pki verify-sign` and `list-intermediates` see it.
#include "internal/cli/pki_issuer.h"

#include <gtest/gtest.h>

#include "internal/api/test_server.h"
#include "internal/cli/global_flags.h"
#include "internal/crypto/x509/openssl_command.h"

namespace bao::cli {
namespace {

namespace x509 = crypto::x509;
using x509::day;

const x509::Seconds kNow = day(2030, 1, 1);

struct Made {
  x509::PrivateKey key;
  PkiIssuer issuer;
};

// An authority below the root, valid from 2025 to 2035, of which `change` makes something else.
template <typename Change>
Made made_below(const x509::TestRoot& root, Change change) {
  x509::PrivateKey key = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  x509::CertificateTemplate content{.public_key = key.public_key()};
  content.subject.add(x509::attribute::kCommonName, "Middle");
  content.not_before = day(2025, 1, 1);
  content.not_after = day(2035, 1, 1);
  content.key_usage = x509::kCertSign | x509::kCrlSign;
  content.basic_constraints = x509::BasicConstraints{.ca = true, .path_length = {}};
  change(content);
  const auto certificate = *x509::parse_certificate(*x509::sign_certificate(content, root.signer()));
  return {key, {.certificate = certificate, .chain = {certificate, root.certificate}, .key_id = {}}};
}

Made made_below(const x509::TestRoot& root) {
  return made_below(root, [](x509::CertificateTemplate&) {});
}

PkiIssuer issuer_of(const x509::TestRoot& root) { return {.certificate = root.certificate, .chain = {root.certificate}, .key_id = {}}; }

std::string shown(const base::Result<IssuerMatch>& match) {
  return match.ok() ? codec::write_json(match->to_json()) : match.error().message();
}

constexpr char kAll[] = R"({"key_id_match":true,"path_match":true,"signature_match":true,"subject_match":true,"trust_match":true})";
constexpr char kNone[] = R"({"key_id_match":false,"path_match":false,"signature_match":false,"subject_match":false,"trust_match":false})";

TEST(PkiIssuer, WhoIssuedACertificateMatchesInEveryWay) {
  const x509::TestRoot root = x509::make_root();
  EXPECT_EQ(shown(match_issuer(issuer_of(root), made_below(root).issuer, kNow)), kAll);
  EXPECT_EQ(shown(match_issuer(issuer_of(root), issuer_of(root), kNow)), kAll);
}

TEST(PkiIssuer, AStrangerMatchesInNone) {
  const x509::TestRoot root = x509::make_root();
  const x509::TestRoot stranger = x509::make_root(x509::KeyType::ec, 256, x509::Padding::pkcs1, "Stranger");
  EXPECT_EQ(shown(match_issuer(issuer_of(stranger), made_below(root).issuer, kNow)), kNone);
  EXPECT_EQ(shown(match_issuer(made_below(root).issuer, issuer_of(root), kNow)), kNone);
}

// One of the same name: by its own key it signed nothing of the other's.
TEST(PkiIssuer, ANameAloneIsNoTrust) {
  const x509::TestRoot root = x509::make_root(), twin = x509::make_root();
  EXPECT_EQ(shown(match_issuer(issuer_of(twin), made_below(root).issuer, kNow)),
            R"({"key_id_match":false,"path_match":false,"signature_match":false,"subject_match":true,"trust_match":false})");
}

TEST(PkiIssuer, AnAuthorityThatMayNotSignSignedNothing) {
  const x509::TestRoot root = x509::make_root();
  const Made middle = made_below(root, [](x509::CertificateTemplate& content) { content.key_usage = x509::kCrlSign; });
  const x509::TestRoot as_signer{middle.key, middle.issuer.certificate};
  const Made leaf = made_below(as_signer);
  const auto match = match_issuer(middle.issuer, leaf.issuer, kNow);
  ASSERT_TRUE(match.ok());
  EXPECT_TRUE(match->subject && match->key_id && match->path);
  EXPECT_FALSE(match->signature || match->trust);
}

TEST(PkiIssuer, OutsideOfItsTimeNothingIsSaidOfACertificate) {
  const x509::TestRoot root = x509::make_root();
  const PkiIssuer middle = made_below(root).issuer;
  const std::string words = "x509: certificate has expired or is not yet valid: current time ";
  EXPECT_EQ(shown(match_issuer(issuer_of(root), middle, day(2036, 1, 1))), words + "2036-01-01T00:00:00Z is after 2035-01-01T00:00:00Z");
  EXPECT_EQ(shown(match_issuer(issuer_of(root), middle, day(2024, 1, 1))), words + "2024-01-01T00:00:00Z is before 2025-01-01T00:00:00Z");
  EXPECT_TRUE(match_issuer(issuer_of(root), middle, day(2035, 1, 1)).ok());
}

TEST(PkiIssuer, AnExpiredIssuerIsToldOfWhereItIssuedTheCertificate) {
  const x509::TestRoot root = x509::make_root();
  const Made middle = made_below(root);
  const x509::TestRoot as_signer{middle.key, middle.issuer.certificate};
  const Made longer = made_below(as_signer, [](x509::CertificateTemplate& content) { content.not_after = day(2050, 1, 1); });
  const x509::Seconds after = day(2036, 1, 1);
  EXPECT_EQ(shown(match_issuer(middle.issuer, longer.issuer, after)),
            "x509: certificate has expired or is not yet valid: current time 2036-01-01T00:00:00Z is after 2035-01-01T00:00:00Z");
  EXPECT_EQ(shown(match_issuer(middle.issuer, issuer_of(root), after)), kNone);
}

TEST(PkiIssuer, TrustIsThatInTlsServers) {
  const x509::TestRoot root = x509::make_root();
  const auto below_with = [&root](std::vector<std::string> usages) {
    return made_below(root, [&](x509::CertificateTemplate& content) { content.extended_key_usages = std::move(usages); }).issuer;
  };
  using namespace x509::extended_usage;
  EXPECT_EQ(shown(match_issuer(issuer_of(root), below_with({kClientAuth, kServerAuth}), kNow)), kAll);
  EXPECT_EQ(shown(match_issuer(issuer_of(root), below_with({kAny}), kNow)), kAll);
  EXPECT_EQ(shown(match_issuer(issuer_of(root), below_with({kClientAuth}), kNow)), "x509: certificate specifies an incompatible key usage");
}

// What read_issuer makes of an answer with that data: how long the chain is, or the error.
std::string read_from(const codec::Json& data) {
  api::TestServer server({api::answer("200 OK", codec::write_json(codec::Json::object({{"data", data}})))});
  std::vector<const Flag*> flags;
  for (const Flag& flag : http_flags()) flags.push_back(&flag);
  FlagValues values(flags);
  EXPECT_TRUE(values.parse({"-address=" + server.address()}).ok());
  const auto session = Session::open(values);
  const auto issuer = read_issuer(**session, "pki/issuer/a");
  return issuer.ok() ? "chain of " + std::to_string(issuer->chain.size()) + ", key " + issuer->key_id : issuer.error().message();
}

TEST(PkiIssuer, IsReadWithItsChain) {
  using codec::Json;
  const std::string pem = x509::pem(x509::kCertificateBlock, x509::make_root().certificate.der);
  Json chain = Json::array();
  chain.push_back(Json(pem));
  EXPECT_EQ(read_from(Json::object({{"certificate", pem}, {"ca_chain", chain}, {"key_id", "k"}})), "chain of 1, key k");
  EXPECT_EQ(read_from(Json::object({{"certificate", pem}})),
            "unable to parse issuer pki/issuer/a's CA chain: response did not contain field: ca_chain");
  EXPECT_EQ(read_from(Json::object({{"ca_chain", chain}})), "response did not contain field: certificate");
  EXPECT_EQ(read_from(Json::object({{"certificate", 5}, {"ca_chain", chain}})), "field certificate value was blank or not a string");
  EXPECT_EQ(read_from(Json::object({{"certificate", "no PEM"}, {"ca_chain", chain}})).find("unable to parse issuer pki/issuer/a's certificate: "), 0u);
}

}  // namespace
}  // namespace bao::cli
