#include <gtest/gtest.h>

#include "internal/cli/health_check/check.h"
#include "internal/crypto/x509/pem.h"

namespace bao::cli::health {
namespace {

using codec::Json;
namespace x509 = crypto::x509;

// A server that knows what it was told.
class Told final : public Source {
 public:
  std::map<std::string, base::Result<std::optional<Json>>> answers;
  int asked = 0;
  base::Result<std::optional<Json>> read(const std::string& path) override { return answer(path); }
  base::Result<std::optional<Json>> list(const std::string& path) override { return answer("LIST " + path); }
  base::Status find_acme_directory(const std::string& url) override {
    return url == "https://pki.test/v1/pki/acme/directory" ? base::Status() : base::Error(base::Code::unavailable, "nobody there");
  }
  bool has_token() const override { return true; }
  void tell(const std::string& path, const char* json) { answers.insert_or_assign(path, std::optional(codec::parse_json(json).value())); }
  void deny(const std::string& path) { answers.insert_or_assign(path, base::denied("Code: 403. Errors:\n\n* permission denied")); }

 private:
  base::Result<std::optional<Json>> answer(const std::string& path) {
    ++asked;
    const auto found = answers.find(path);
    return found == answers.end() ? std::optional<Json>() : found->second;
  }
};

class HealthCheck : public testing::Test {
 protected:
  Findings run(const char* name, const char* changes = "{}") {
    const auto chosen = choose_checks(codec::parse_json(changes).value(), true);
    EXPECT_TRUE(chosen.ok()) << (chosen.ok() ? "" : chosen.error().message());
    for (const auto& [check, parameters] : *chosen) {
      if (check->name == name) return check->run(parameters, mount_).value();
    }
    ADD_FAILURE() << name << " does not run";
    return {};
  }
  Status status_of(const char* name, const char* changes = "{}") {
    const Findings findings = run(name, changes);
    EXPECT_EQ(findings.size(), 1u) << name;
    return findings.empty() ? Status::not_applicable : findings[0].status;
  }

  Told server_;
  Mount mount_{server_, "pki", base::Time(std::chrono::seconds(1'800'000'000))};  // 2027-01-15
};

TEST_F(HealthCheck, TidyingIsJudgedByItsLimits) {
  server_.tell("pki/config/auto-tidy", R"({"enabled":true,"interval_duration":259200,"pause_duration":"300ms"})");
  const Findings findings = run("enable_auto_tidy");
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].status, Status::warning);
  EXPECT_NE(findings[0].message.find("interval_duration (72h0m0s)"), std::string::npos);
  EXPECT_EQ(findings[1].status, Status::warning);
  EXPECT_EQ(status_of("enable_auto_tidy", R"({"enable_auto_tidy":{"interval_duration_warning":"4d","pause_duration_warning":"1s"}})"), Status::ok);
}

TEST_F(HealthCheck, TheLastTidyIsJudgedByItsAge) {
  server_.tell("pki/tidy-status", R"({"time_finished":"2027-01-15T07:00:00Z"})");
  EXPECT_EQ(status_of("tidy_last_run"), Status::ok);
  EXPECT_EQ(status_of("tidy_last_run", R"({"tidy_last_run":{"last_run_warning":"30m"}})"), Status::warning);
  EXPECT_EQ(status_of("tidy_last_run", R"({"tidy_last_run":{"last_run_critical":"30m"}})"), Status::critical);
}

TEST_F(HealthCheck, StoredCertificatesAreCounted) {
  server_.tell("LIST pki/certs", R"({"keys":["a","b","c"]})");
  EXPECT_EQ(status_of("too_many_certs"), Status::ok);
  EXPECT_EQ(status_of("too_many_certs", R"({"too_many_certs":{"count_warning":3}})"), Status::warning);
  EXPECT_EQ(status_of("too_many_certs", R"({"too_many_certs":{"count_warning":2,"count_critical":"3"}})"), Status::critical);
}

TEST_F(HealthCheck, RolesAreReadOnceForAllChecks) {
  server_.tell("LIST pki/roles", R"({"keys":["loose","shut"]})");
  server_.tell("pki/roles/loose", R"({"allow_localhost":true,"allow_wildcard_certificates":true,"allow_glob_domains":true,"allowed_domains":["*.a.test"]})");
  server_.deny("pki/roles/shut");
  const Findings localhost = run("role_allows_localhost");
  ASSERT_EQ(localhost.size(), 2u);
  EXPECT_EQ(localhost[0].status, Status::insufficient_permissions);
  EXPECT_EQ(localhost[0].endpoint, "/pki/roles/shut");
  EXPECT_EQ(localhost[1].status, Status::warning);
  EXPECT_EQ(localhost[1].endpoint, "/pki/roles/loose");
  const int asked = server_.asked;
  EXPECT_EQ(run("role_allows_glob_wildcards").size(), 2u);
  EXPECT_EQ(server_.asked, asked);
}

TEST_F(HealthCheck, AuditShowsWhatIsNoSecretAndHidesWhatIs) {
  server_.tell("sys/mounts/pki/tune", R"({"audit_non_hmac_response_keys":["certificate","issuing_ca","serial_number","error","ca_chain","private_key"]})");
  const Findings findings = run("audit_visibility", R"({"audit_visibility":{"ignored_parameters":["csr","ttl"]}})");
  size_t shown = 0, hidden = 0;
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.message.find("HMACs csr"), std::string::npos);
    if (finding.status == Status::informational) ++shown;
    if (finding.status == Status::warning) ++hidden;
  }
  EXPECT_EQ(shown, 23u);
  EXPECT_EQ(hidden, 1u);
}

TEST_F(HealthCheck, AcmeIsTriedOut) {
  server_.tell("pki/config/acme", R"({"enabled":true})");
  server_.tell("pki/config/cluster", R"({"path":"https://pki.test/v1/pki"})");
  EXPECT_EQ(status_of("enable_acme_issuance"), Status::ok);
  Mount elsewhere(server_, "pki", base::Time());
  server_.tell("pki/config/cluster", R"({"path":"http://pki.test/v1/pki"})");
  const auto chosen = choose_checks(Json::object(), true).value();
  const auto check = std::find_if(chosen.begin(), chosen.end(), [](const auto& each) { return each.first->name == "enable_acme_issuance"; });
  const Findings plain = check->first->run(check->second, elsewhere).value();
  ASSERT_EQ(plain.size(), 1u);
  EXPECT_NE(plain[0].message.find("was not using an https scheme"), std::string::npos);
}

// A self-signed authority that is valid for ten days from then on, and its lists.
class Authority {
 public:
  explicit Authority(x509::Seconds since) : since_(since) {
    x509::CertificateTemplate content{.public_key = key_.public_key()};
    content.subject.add(x509::attribute::kCommonName, std::string("Root"));
    content.not_before = since;
    content.not_after = since + std::chrono::days(10);
    content.basic_constraints = x509::BasicConstraints{.ca = true, .path_length = {}};
    certificate_ = x509::parse_certificate(x509::sign_certificate(content, {key_, x509::SignatureAlgorithm::ed25519}).value()).value();
  }
  std::string certificate_json() const { return json("certificate", x509::pem(x509::kCertificateBlock, certificate_->der)); }
  std::string list_json(std::chrono::seconds valid) const {
    x509::CrlTemplate content;
    content.number = 1;
    content.this_update = since_;
    content.next_update = since_ + valid;
    const x509::Signer signer{key_, x509::SignatureAlgorithm::ed25519, &*certificate_};
    return json("crl", x509::pem(x509::kCrlBlock, x509::sign_crl(content, x509::RevokedList(), signer).value()));
  }

 private:
  static std::string json(const char* name, const std::string& text) { return codec::write_json(Json::object({{name, text}})); }
  x509::Seconds since_;
  x509::PrivateKey key_ = x509::PrivateKey::generate(x509::KeyType::ed25519, 0).value();
  std::optional<x509::Certificate> certificate_;
};

TEST_F(HealthCheck, AuthoritiesAndListsAreJudgedByWhatIsLeftOfThem) {
  const x509::Seconds now = std::chrono::floor<std::chrono::seconds>(mount_.now());
  const Authority root(now - std::chrono::seconds(80));
  server_.tell("LIST pki/issuers", R"({"keys":["root"]})");
  server_.tell("pki/issuer/root/json", root.certificate_json().c_str());
  server_.tell("pki/issuer/root/crl", root.list_json(std::chrono::seconds(90)).c_str());
  EXPECT_EQ(status_of("ca_validity_period"), Status::critical);
  EXPECT_EQ(status_of("ca_validity_period", R"({"ca_validity_period":{"root_expiry_critical":"9d","root_expiry_warning":"11d"}})"), Status::warning);
  EXPECT_EQ(status_of("crl_validity_period"), Status::ok);  // 80 of 90 s are not yet 95 of 100
  EXPECT_EQ(status_of("crl_validity_period", R"({"crl_validity_period":{"crl_expiry_pct_critical":"88"}})"), Status::critical);
}

TEST_F(HealthCheck, AMountWithoutIssuersCannotBeJudged) {
  const auto chosen = choose_checks(Json::object(), true).value();
  const auto result = chosen[0].first->run(chosen[0].second, mount_);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message(), "this mount lacks any configured issuers, limiting health check usefulness");
}

TEST(HealthParameters, AreCheckedByNameAndType) {
  const auto error_of = [](const char* changes) {
    const auto chosen = choose_checks(codec::parse_json(changes).value(), true);
    return chosen.ok() ? std::string() : chosen.error().message();
  };
  EXPECT_EQ(error_of(R"({"too_many_certs":{"colour":"red"}})"), "unknown configuration option for too_many_certs: colour");
  EXPECT_EQ(error_of(R"({"enable_auto_tidy":{"enabled":false,"pause_duration_warning":"soon"}})").rfind(
                "error saving merged config for enable_auto_tidy: failed to parse parameter enable_auto_tidy.pause_duration_warning=soon", 0),
            0u);
  EXPECT_EQ(error_of(R"({"crl_validity_period":{"crl_expiry_pct_critical":100}})"),
            "error saving merged config for crl_validity_period: error parsing crl_validity_period.crl_expiry_pct_critical: \"100\" is no number from 1 to 99");
  EXPECT_EQ(error_of(R"({"too_many_certs":[]})"), "the configuration of too_many_certs is no object");
  EXPECT_EQ(choose_checks(Json::object(), false)->size(), 0u);
  EXPECT_EQ(choose_checks(codec::parse_json(R"({"hardware_backed_root":{"enabled":"true"}})").value(), false)->size(), 1u);
  EXPECT_EQ(choose_checks(Json::object(), true)->size(), checks().size() - 1);
}

TEST(HealthParameters, LongDurationsReadAsTheReferencesDo) {
  const base::Duration day = std::chrono::hours(24);
  EXPECT_EQ(long_duration(180 * day), "6mo");
  EXPECT_EQ(long_duration(730 * day), "2y");
  EXPECT_EQ(long_duration(std::chrono::hours(3)), "3h0m0s");
}

}  // namespace
}  // namespace bao::cli::health
