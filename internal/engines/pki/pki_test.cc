// The engine over a barrier in memory: what an operator sets up and a client is issued, and what is refused.
#include "internal/engines/pki/pki.h"

#include <gtest/gtest.h>

#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/key.h"
#include "internal/engines/pki/name_rules.h"
#include "internal/engines/pki/role_entry.h"
#include "internal/engines/pki/role_templates.h"
#include "internal/engines/pki/san_rules.h"
#include "internal/engines/pki/validity.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

using codec::Json;

TEST(PkiScenario, RolesAnswerAsWritten) { EXPECT_EQ(logical::scenario::check_file(pki_backend(), "testdata/pki/roles.txt"), ""); }

class PkiTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(runner_.mount({}).ok());
    root_ = data("POST root/generate/internal <- {\"common_name\":\"Test Root\",\"key_type\":\"ec\",\"issuer_name\":\"one\"}");
  }
  // The data of an answer that has to be a 200.
  Json data(const std::string& line) {
    const std::string answer = runner_.request(line);
    EXPECT_TRUE(answer.starts_with("200 ")) << line << "\n" << answer;
    const auto parsed = codec::parse_json(answer.substr(4, answer.find('\n') - 4));
    EXPECT_TRUE(parsed.ok()) << answer;
    return parsed.ok() ? *parsed : Json();
  }
  crypto::x509::Certificate certificate(const Json& answer) {
    const auto parsed = crypto::x509::parse_certificate_pem(answer["certificate"].as_string());
    EXPECT_TRUE(parsed.ok());
    return *parsed;
  }
  logical::scenario::Runner runner_{pki_backend()};
  Json root_;
};

TEST_F(PkiTest, AnIssuedCertificateIsSignedByTheRootAndHasTheKeyThatCameWithIt) {
  runner_.request("POST roles/web <- {\"key_type\":\"ec\",\"allowed_domains\":\"a.test\",\"allow_subdomains\":true}");
  const Json leaf = data("POST issue/web <- {\"common_name\":\"www.a.test\",\"ip_sans\":\"10.0.0.1\",\"ttl\":\"1h\"}");
  EXPECT_TRUE(crypto::x509::check_issued_by(certificate(leaf), certificate(root_)).ok());
  const auto key = crypto::x509::PrivateKey::parse_pem(leaf["private_key"].as_string());
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->public_key(), certificate(leaf).public_key);
  EXPECT_EQ(certificate(leaf).alternative_names.dns, std::vector<std::string>{"www.a.test"});
  EXPECT_FALSE(certificate(leaf).basic_constraints);
}

TEST_F(PkiTest, WhatARoleStoresCanBeReadAndWhatItDoesNotIsNowhere) {
  runner_.request("POST roles/kept <- {\"key_type\":\"ec\",\"allow_any_name\":true}");
  runner_.request("POST roles/passing <- {\"key_type\":\"ec\",\"allow_any_name\":true,\"no_store\":true}");
  const Json kept = data("POST issue/kept <- {\"common_name\":\"a.test\",\"ttl\":\"1h\"}");
  const Json passing = data("POST issue/passing <- {\"common_name\":\"a.test\",\"ttl\":\"1h\"}");
  EXPECT_EQ(data("GET cert/" + kept["serial_number"].as_string())["certificate"], kept["certificate"]);
  EXPECT_EQ(runner_.request("GET cert/" + passing["serial_number"].as_string()), "404 {\"errors\":[]}");
  EXPECT_EQ(data("LIST certs")["keys"].size(), 2u);  // the root and the one that was kept
}

TEST_F(PkiTest, ARoleWithAnEmptyListOfValidationsHasTheUsualOnes) {
  const Json role = data("POST roles/web <- {\"key_type\":\"ec\",\"cn_validations\":[]}");
  EXPECT_EQ(codec::write_json(role["cn_validations"]), R"(["email","hostname"])");
}

TEST(RoleTemplates, AreFilledForWhoAsksAndGiveNothingWhereThatFails) {
  auto role = std::make_shared<RoleEntry>();
  role->allowed_domains = {"{{identity.entity.metadata.zone}}", "{{identity.entity.name}}.test", "plain.test"};
  role->allowed_uri_sans = {"spiffe://x/{{identity.entity.metadata.zone}}/*"};
  role->allowed_domains_template = role->allowed_uri_sans_template = true;
  role->allow_subdomains = true;
  logical::Identity ada{.id = "e", .name = "ada", .metadata = {{"zone", "a.test"}}, .aliases = {}, .groups = {}};
  const auto of = [&](const logical::Identity* identity) { return role_for(role, identity, {}); };
  EXPECT_EQ(of(&ada)->allowed_domains, (std::vector<std::string>{"a.test", "ada.test", "plain.test"}));
  EXPECT_TRUE(allows_name(*of(&ada), "www.ada.test"));
  EXPECT_FALSE(allows_name(*of(&ada), "www.bob.test"));
  EXPECT_TRUE(allows_uri(*of(&ada), "spiffe://x/a.test/job"));
  EXPECT_FALSE(allows_uri(*of(&ada), "spiffe://x/b.test/job"));
  EXPECT_FALSE(allows_uri(*of(nullptr), "spiffe://x/a.test/job")) << "without an entity a template is plain text";
  ada.metadata["zone"] = "*";
  EXPECT_EQ(of(&ada)->allowed_domains, (std::vector<std::string>{"ada.test", "plain.test"})) << "a value brings in no glob";
  EXPECT_FALSE(allows_uri(*of(&ada), "spiffe://x/a.test/job"));
  role->allow_globs_in_identity_templates = true;
  EXPECT_EQ(of(&ada)->allowed_domains.front(), "*");
}

TEST_F(PkiTest, ARefusedRequestStoresNothing) {
  runner_.request("POST roles/web <- {\"key_type\":\"ec\",\"allowed_domains\":\"a.test\"}");
  EXPECT_TRUE(runner_.request("POST issue/web <- {\"common_name\":\"evil.test\"}").starts_with("400 "));
  EXPECT_TRUE(runner_.request("POST root/generate/internal <- {\"common_name\":\"x\",\"key_type\":\"ec\",\"format\":\"xml\"}").starts_with("400 "));
  EXPECT_EQ(data("LIST certs")["keys"].size(), 1u);
  EXPECT_EQ(data("LIST keys")["keys"].size(), 1u);
}

TEST_F(PkiTest, AnIntermediateSignedByAnotherMountsRootChainsUpToIt) {
  const Json request = data("POST intermediate/generate/internal <- {\"common_name\":\"Sub\",\"key_type\":\"ec\"}");
  const std::string csr = codec::write_json(request["csr"]);
  const Json signed_one = data("POST root/sign-intermediate <- {\"common_name\":\"Sub\",\"ttl\":\"10h\",\"csr\":" + csr + "}");
  const Json mapping = data("POST intermediate/set-signed <- {\"certificate\":" + codec::write_json(signed_one["certificate"]) + "}");
  const std::string id = mapping["imported_issuers"].items().at(0).as_string();
  const Json issuer = data("GET issuer/" + id);
  EXPECT_EQ(issuer["key_id"], request["key_id"]);
  ASSERT_EQ(issuer["ca_chain"].size(), 2u);
  EXPECT_EQ(issuer["ca_chain"].items()[1].as_string(), root_["certificate"].as_string() + "\n");
}

TEST_F(PkiTest, AManualChainBeginsWithTheIssuerItself) {
  const std::string other = data("POST root/generate/internal <- {\"common_name\":\"Other\",\"key_type\":\"ec\",\"issuer_name\":\"two\"}")["issuer_id"].as_string();
  EXPECT_EQ(data("PATCH issuer/one <- {\"manual_chain\":[\"self\",\"two\"]}")["manual_chain"].size(), 2u);
  // What follows the first one is not looked at.
  EXPECT_EQ(runner_.request("PATCH issuer/one <- {\"manual_chain\":[\"two\",\"self\"]}"),
            "400 {\"errors\":[\"expected first cert in chain to be a self-reference, but was: two/" + other + "\"]}");
  EXPECT_TRUE(runner_.request("PATCH issuer/one <- {\"manual_chain\":[\"self\",\"self\"]}").starts_with("500 "));  // a name like any other there
}

TEST_F(PkiTest, TidyingRemovesExpiredIssuersButTheDefaultOneAndKeepsTheirKeys) {
  for (const char* name : {"short", "long"}) {
    const std::string ttl = name == std::string("short") ? "2h" : "200h";
    data("POST root/generate/internal <- {\"common_name\":\"" + std::string(name) + "\",\"key_type\":\"ec\",\"issuer_name\":\"" + name + "\",\"ttl\":\"" + ttl + "\"}");
  }
  const auto tidy = [&] {
    runner_.request("POST tidy <- {\"tidy_expired_issuers\":true,\"issuer_safety_buffer\":\"24h\"}");
    const base::Time later = *base::parse_rfc3339("2026-01-02T03:04:05Z") + std::chrono::hours(100);
    do {
      EXPECT_TRUE(runner_.backend().work(later, [this](const auto& body) -> base::Status {
        const auto done = runner_.barrier().transact([&](barrier::Transaction& transaction) {
          storage::PrefixWriteView view(transaction, runner_.view_prefix());
          return body(view);
        });
        return done.ok() ? base::Status() : base::Status(done.error());
      }).ok());
    } while (data("GET tidy-status")["state"].as_string() == "Running");
  };
  data("POST config/issuers <- {\"default\":\"short\"}");
  tidy();
  EXPECT_EQ(data("LIST issuers")["keys"].size(), 3u);
  data("POST config/issuers <- {\"default\":\"one\"}");
  tidy();
  EXPECT_EQ(data("LIST issuers")["keys"].size(), 2u);
  EXPECT_EQ(data("LIST keys")["keys"].size(), 3u);
  EXPECT_TRUE(runner_.request("GET issuer/short").starts_with("500 ") || runner_.request("GET issuer/short").starts_with("400 "));
}

TEST_F(PkiTest, ARevokedIssuerIssuesNothingWhateverIsWrittenToIt) {
  runner_.request("POST roles/web <- {\"key_type\":\"ec\",\"allow_any_name\":true}");
  data("POST issuer/one/revoke");
  const auto is_refused = [&] { return runner_.request("POST issue/web <- {\"common_name\":\"a.test\",\"ttl\":\"1h\"}").starts_with("500 "); };
  EXPECT_TRUE(is_refused());
  EXPECT_TRUE(runner_.request("PATCH issuer/one <- {\"usage\":\"issuing-certificates\"}").starts_with("400 "));
  EXPECT_TRUE(runner_.request("POST issuer/one <- {\"issuer_name\":\"one\",\"usage\":\"read-only,issuing-certificates\"}").starts_with("400 "));
  EXPECT_TRUE(runner_.request("POST issuer/one <- {\"issuer_name\":\"other\"}").starts_with("400 "));  // it asks for all usages
  EXPECT_EQ(data("PATCH issuer/one <- {\"issuer_name\":\"other\"}")["usage"].as_string(), "crl-signing,ocsp-signing,read-only");
  EXPECT_TRUE(is_refused());
  EXPECT_EQ(data("LIST certs")["keys"].size(), 1u);
}

TEST_F(PkiTest, TheListsOfDeletedRootsGoWithThem) {
  const auto list = [&] { return (*codec::parse_json(**runner_.get("crls/config")))["issuer_id_crl_map"]; };
  const std::string id = list()[root_["issuer_id"].as_string()].as_string();
  ASSERT_TRUE(runner_.get("crls/" + id)->has_value());
  runner_.request("DELETE root");
  EXPECT_FALSE(runner_.get("crls/" + id)->has_value());
  EXPECT_EQ(list().size(), 0u);
}

TEST_F(PkiTest, WhatEndsInTheYear9999IsShownSo) {
  data("POST issuer/one <- {\"issuer_name\":\"one\",\"leaf_not_after_behavior\":\"permit\"}");
  runner_.request("POST roles/web <- {\"key_type\":\"ec\",\"allow_any_name\":true}");
  const std::string answer = runner_.request("POST issue/web <- {\"common_name\":\"a.test\",\"not_after\":\"9999-12-31T23:59:59Z\"}");
  EXPECT_NE(answer.find("\"expiration\":253402300799"), std::string::npos) << answer;
  EXPECT_NE(codec::write_json(data("LIST certs/detailed")["key_info"]).find("\"not_after\":\"9999-12-31T23:59:59Z\""), std::string::npos);
}

TEST_F(PkiTest, AKeyThatIsRenamedStillSigns) {
  runner_.request("POST roles/web <- {\"key_type\":\"ec\",\"allow_any_name\":true,\"no_store\":true}");
  data("POST issue/web <- {\"common_name\":\"a.test\",\"ttl\":\"1h\"}");  // what is kept in memory has forgotten the key's text
  data("POST key/default <- {\"key_name\":\"new\"}");
  const Json leaf = data("POST issue/web <- {\"common_name\":\"a.test\",\"ttl\":\"1h\"}");
  EXPECT_TRUE(crypto::x509::check_issued_by(certificate(leaf), certificate(root_)).ok());
}

TEST(NameRules, AWildcardIsAllowedInTheFirstLabelOnly) {
  RoleEntry role;
  role.allowed_domains = {"a.test"};
  role.allow_subdomains = true;
  EXPECT_TRUE(allows_name(role, "*.a.test"));
  EXPECT_TRUE(allows_name(role, "w*.b.a.test"));
  for (const char* name : {"b.*.a.test", "*.*.a.test", "*", "*a.test", "x@*.a.test", "a.test", "evila.test", "b.a.test.evil", "b .a.test"}) {
    EXPECT_FALSE(allows_name(role, name)) << name;
  }
  role.allow_wildcard_certificates = false;
  EXPECT_FALSE(allows_name(role, "*.a.test"));
}

TEST(NameRules, InternationalNamesBecomePunycode) {
  EXPECT_EQ(*to_ascii("bücher.test"), "xn--bcher-kva.test");
  EXPECT_EQ(*to_ascii("例え.テスト"), "xn--r8jz45g.xn--zckzah");
  EXPECT_FALSE(to_ascii(std::string(64, 'x')).ok());
  EXPECT_FALSE(to_ascii("a..b").ok());
  EXPECT_FALSE(to_ascii("\xff").ok());
}

TEST(NameRules, AStarInAGlobStandsForAnyText) {
  EXPECT_TRUE(glob_matches("a*c*e", "abcde"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_FALSE(glob_matches("ab*bc", "abc"));  // the two parts don't share a letter
  EXPECT_FALSE(glob_matches("abc", "abcd"));
}

TEST(Validity, TimesAreReadInEveryZoneAndYear) {
  EXPECT_EQ(time_text(*parse_time("2055-05-06T07:08:09+02:00")), "2055-05-06T05:08:09Z");
  EXPECT_EQ(time_text(*parse_time("9999-12-31T23:59:59Z")), "9999-12-31T23:59:59Z");
  for (const char* text : {"", "2055", "2055-02-30T00:00:00Z", "2055-05-06T07:08:09", "2055-05-06T24:00:00Z", "2055-05-06T07:08:09Zx"}) {
    EXPECT_FALSE(parse_time(text).ok()) << text;
  }
}

TEST(Validity, ALongTtlReachesBeyondTheTimesAClockCanSay) {
  const base::Duration long_ttl = std::chrono::seconds(9223372036);
  ValidityRules rules;
  rules.max_ttl = long_ttl;
  ValidityRequest request;
  request.ttl = long_ttl;
  std::vector<std::string> warnings;
  const auto validity = choose_validity(request, rules, base::Time(std::chrono::seconds(1767323045)), warnings);
  ASSERT_TRUE(validity.ok());
  EXPECT_EQ(time_text(validity->not_after), "2318-04-14T02:51:21Z");
}

TEST(Validity, WhatIsLeftFitsIntoADuration) {
  const crypto::x509::Seconds now(std::chrono::seconds(1767323045));
  EXPECT_EQ(time_left(now + std::chrono::hours(1), base::Time(now)), std::chrono::hours(1));
  EXPECT_EQ(time_left(now, base::Time(now)), std::chrono::seconds(1));
  EXPECT_EQ(time_left(*parse_time("9999-12-31T23:59:59Z"), base::Time(now)), std::chrono::seconds(9223372036));
}

TEST(RoleEntry, WhatOpenBaoStoredIsWrittenBackByteForByte) {
  const std::string stored =
      R"({"lease_max":"","lease":"","max_ttl":"","ttl":"","ttl_duration":360000000000000,"max_ttl_duration":0,"allow_localhost":true,"allowed_base_domain":"","allowed_domains_list":[],"allowed_domains_template":false,"allow_globs_in_identity_templates":false,"allow_base_domain":false,"allow_bare_domains":false,"allow_token_displayname":false,"allow_subdomains":false,"allow_glob_domains":false,"allow_wildcard_certificates":true,"allow_any_name":true,"enforce_hostnames":false,"allow_ip_sans":true,"server_flag":true,"client_flag":true,"code_signing_flag":false,"email_protection_flag":false,"use_csr_common_name":true,"use_csr_sans":true,"key_type":"ec","key_bits":256,"use_pss":false,"signature_bits":0,"key_usage_list":["DigitalSignature","KeyAgreement","KeyEncipherment"],"extended_key_usage_list":[],"ou_list":[],"organization_list":[],"country":[],"locality":[],"province":[],"street_address":[],"postal_code":[],"generate_lease":false,"no_store":true,"require_cn":true,"cn_validations":["email","hostname"],"allowed_other_sans":[],"allowed_serial_numbers":[],"allowed_user_ids":[],"allowed_uri_sans":[],"allowed_uri_sans_template":false,"policy_identifiers":[],"ext_key_usage_oids":[],"basic_constraints_valid_for_non_ca":false,"not_before_duration":30000000000,"not_before":"","not_before_bound":"permit","not_after":"","not_after_bound":"permit","issuer":"default"})"
      "\n";
  EXPECT_EQ(RoleEntry::parse(stored)->write(), stored);
}

}  // namespace
}  // namespace bao::engines::pki
