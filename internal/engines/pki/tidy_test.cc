// Tidying: what expired long enough ago goes, all else stays, however small the pages are; and lists that are due are built by the same
// turns.
#include "internal/engines/pki/tidy.h"

#include <gtest/gtest.h>

#include "internal/base/metrics.h"
#include "internal/base/time_format.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/openssl_command.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/revocation.h"
#include "internal/engines/pki/revocation_paths.h"
#include "internal/engines/pki/test_revokers.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using codec::Json;

class TidyBackend final : public logical::Backend {
 public:
  TidyBackend() {
    std::vector<logical::Path> paths = tidy_paths(tidy_);
    for (const auto part : {crl_config_paths, crl_paths, revoke_paths}) {
      for (logical::Path& path : part(revokers_)) paths.push_back(std::move(path));
    }
    set_paths(std::move(paths));
  }
  base::Status work(base::Time now, const Transact& transact) override { return tidy_.work(now, transact); }
  void invalidate(std::string_view key, base::Index) override { tidy_.invalidate(key); }

 private:
  GivenRevokers revokers_{{revoker_of(shared_root(), "1", "s")}};
  Tidy tidy_{revokers_, "u"};
};

class Tidying : public testing::Test {
 protected:
  Tidying() {
    EXPECT_TRUE(runner_.mount({}).ok());
    ask("GET crl/rotate");
  }
  std::string ask(const std::string& line) { return runner_.request(line); }
  Json status() {
    const std::string answer = ask("GET tidy-status");
    return *codec::parse_json(answer.substr(4, answer.find('\n') - 4));  // warnings follow
  }
  std::string state() { return status()["state"].as_string(); }

  // A stored certificate that ends at that time; the clock stands at 2026-01-02T03:04:05Z.
  std::string issue(const char* end, bool revoked = false, const std::string& issuer_id = "1") {
    return issue(std::chrono::floor<std::chrono::seconds>(*base::parse_rfc3339(end)), revoked, issuer_id);
  }
  std::string issue(x509::Seconds end, bool revoked = false, const std::string& issuer_id = "1") {
    x509::CertificateTemplate content{.public_key = shared_root().key.public_key()};
    content.subject.add(x509::attribute::kCommonName, "leaf");
    content.not_before = x509::day(2020, 1, 1);
    content.not_after = end;
    const auto certificate = *x509::parse_certificate(*x509::sign_certificate(content, shared_root().signer()));
    const std::string serial = x509::serial_text(certificate.serial, '-');
    EXPECT_TRUE(runner_.put("certs/" + serial, certificate.der).ok());
    if (revoked) {
      EXPECT_TRUE(runner_.put("revoked/" + serial, write_revoked({.certificate = certificate.der, .revoked_at = now_, .issuer_id = issuer_id})).ok());
    }
    return serial;
  }
  bool stored(const std::string& key) { return runner_.get(key)->has_value(); }
  // Turns of the engine's work until the run has ended. Returns how many it took.
  int work() {
    int turns = 0;
    do {
      EXPECT_TRUE(turn(now_).ok());
    } while (++turns < 1000 && state() == "Running");
    return turns;
  }
  base::Status turn(base::Time now) {
    return runner_.backend().work(now, [this](const auto& body) -> base::Status {
      const auto done = runner_.barrier().transact([&](barrier::Transaction& transaction) {
        storage::PrefixWriteView view(transaction, runner_.view_prefix());
        return body(view);
      });
      return done.ok() ? base::Status() : base::Status(done.error());
    });
  }
  size_t listed() { return x509::parse_crl(ask("GET crl").substr(4))->revoked.size(); }

  const base::Time now_ = *base::parse_rfc3339("2026-01-02T03:04:05Z");
  logical::scenario::Runner runner_{[](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<TidyBackend>());
  }};
};

TEST_F(Tidying, WhatEndedBeforeTheBufferGoesAndTheRestStays) {
  const std::string old = issue("2026-01-02T02:00:00Z"), recent = issue("2026-01-02T02:30:00Z"), good = issue("2030-01-01T00:00:00Z");
  const std::string endless = issue(x509::day(9999, 12, 31));
  EXPECT_EQ(ask("POST tidy <- {\"tidy_cert_store\":true,\"safety_buffer\":\"1h\"}"),
            R"(202 {"request_id":"","lease_id":"","renewable":false,"lease_duration":0,"data":null,"wrap_info":null,)"
            R"("warnings":["Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs."],"auth":null})" "\n");
  work();
  EXPECT_FALSE(stored("certs/" + old));
  EXPECT_TRUE(stored("certs/" + recent));
  EXPECT_TRUE(stored("certs/" + good));
  EXPECT_TRUE(stored("certs/" + endless));
  EXPECT_EQ(state(), "Finished");
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), "1");
}

TEST_F(Tidying, EveryPageIsLookedAtOnce) {
  std::vector<std::string> old, good;
  for (int i = 0; i < 20; ++i) (i % 3 == 0 ? good : old).push_back(issue(i % 3 == 0 ? "2030-01-01T00:00:00Z" : "2025-01-01T00:00:00Z"));
  ask("POST tidy <- {\"tidy_cert_store\":true,\"page_size\":5}");
  EXPECT_GE(work(), 4);
  for (const std::string& serial : old) EXPECT_FALSE(stored("certs/" + serial));
  for (const std::string& serial : good) EXPECT_TRUE(stored("certs/" + serial));
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), std::to_string(old.size()));
}

TEST_F(Tidying, RevokedOnesThatEndedLeaveTheList) {
  const std::string old = issue("2025-01-01T00:00:00Z", true), good = issue("2030-01-01T00:00:00Z", true);
  ask("GET crl/rotate");
  EXPECT_EQ(listed(), 2u);
  ask("POST tidy <- {\"tidy_revoked_certs\":true}");
  work();
  EXPECT_FALSE(stored("revoked/" + old));
  EXPECT_FALSE(stored("certs/" + old));
  EXPECT_TRUE(stored("revoked/" + good));
  EXPECT_EQ(listed(), 1u);
  EXPECT_EQ(status()["revoked_cert_deleted_count"].text(), "1");
}

TEST_F(Tidying, IssuersThatAreNotNamedAreFoundAndCountedWhereAskedFor) {
  const std::string serial = issue("2030-01-01T00:00:00Z", true, "");
  const auto missing = [&](const char* operation) {
    ask(std::string("POST tidy <- {\"") + operation + "\":true}");
    work();
    return status()["missing_issuer_cert_count"].text();
  };
  EXPECT_EQ(missing("tidy_revoked_certs"), "0");
  EXPECT_EQ(parse_revoked(**runner_.get("revoked/" + serial))->issuer_id, "");
  EXPECT_EQ(missing("tidy_revoked_cert_issuer_associations"), "1");
  EXPECT_EQ(parse_revoked(**runner_.get("revoked/" + serial))->issuer_id, "1");
  EXPECT_EQ(missing("tidy_revoked_cert_issuer_associations"), "0");
}

TEST_F(Tidying, ARevokedOneOfTheStoreGoesByTheBufferOfThose) {
  const std::string revoked = issue("2026-01-02T02:00:00Z", true), other = issue("2026-01-02T02:00:00Z");
  ask("POST tidy <- {\"tidy_cert_store\":true,\"safety_buffer\":\"1h\",\"revoked_safety_buffer\":\"2h\"}");
  work();
  EXPECT_TRUE(stored("certs/" + revoked));
  EXPECT_FALSE(stored("certs/" + other));
  ask("POST tidy <- {\"tidy_cert_store\":true,\"safety_buffer\":\"1h\"}");
  work();
  EXPECT_FALSE(stored("certs/" + revoked));
  EXPECT_TRUE(stored("revoked/" + revoked));
}

TEST_F(Tidying, ListsThatAreBuiltByThemselvesAreNotBuiltForWhatExpired) {
  const std::string old = issue("2025-01-01T00:00:00Z", true);
  ask("GET crl/rotate");
  ask("POST config/crl <- {\"auto_rebuild\":true}");
  ask("POST tidy <- {\"tidy_revoked_certs\":true}");
  work();
  EXPECT_FALSE(stored("revoked/" + old));
  EXPECT_EQ(listed(), 1u);
  ask("GET crl/rotate");
  EXPECT_EQ(listed(), 0u);
}

TEST_F(Tidying, WhoIsActiveNextGoesOnWhereTheLastOneStopped) {
  for (int i = 0; i < 12; ++i) issue("2025-01-01T00:00:00Z");
  ask("POST tidy <- {\"tidy_cert_store\":true,\"page_size\":5}");
  ASSERT_TRUE(turn(now_).ok());
  const std::string started = status()["time_started"].as_string();
  ASSERT_TRUE(runner_.mount({}).ok());  // an engine that knows of nothing
  EXPECT_EQ(state(), "Running");
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), "5");
  work();
  EXPECT_EQ(state(), "Finished");
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), "12");
  EXPECT_EQ(status()["time_started"].as_string(), started);
  EXPECT_FALSE(stored(kTidyRun));
}

TEST_F(Tidying, OnlySuccessMovesTheTimeThatAutomaticRunsCountFrom) {
  const auto last = [this] { return *base::parse_rfc3339(status()["last_auto_tidy_finished"].as_string()); };
  ask("POST tidy <- {\"tidy_cert_store\":true}");
  ask("POST tidy-cancel <- {}");
  ASSERT_TRUE(turn(now_ + std::chrono::seconds(10)).ok());
  EXPECT_EQ(state(), "Cancelled");
  const base::Time began = last();
  EXPECT_LT(began, now_ + std::chrono::seconds(11));
  ask("POST tidy <- {\"tidy_cert_store\":true}");
  ASSERT_TRUE(turn(now_ + std::chrono::hours(1)).ok());
  EXPECT_EQ(state(), "Finished");
  EXPECT_EQ(last(), now_ + std::chrono::hours(1));
}

TEST_F(Tidying, ARunThatMeetsAnUnreadableEntryEndsWithItsError) {
  ASSERT_TRUE(runner_.put("revoked/aa-bb", "{}x").ok());
  ask("POST tidy <- {\"tidy_revoked_certs\":true}");
  work();
  EXPECT_EQ(state(), "Error");
  EXPECT_NE(status()["error"].as_string().find("revoked certificate"), std::string::npos);
}

TEST_F(Tidying, WhatIsStoredIsCountedWhereAskedFor) {
  const auto counted = [this] { return status()["current_cert_store_count"].text() + " " + status()["current_revoked_cert_count"].text(); };
  issue("2030-01-01T00:00:00Z");
  issue("2030-01-01T00:00:00Z", true);
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_TRUE(status()["current_cert_store_count"].is_null());
  ask("POST config/auto-tidy <- {\"maintain_stored_certificate_counts\":true,\"publish_stored_certificate_count_metrics\":true}");
  EXPECT_NE(ask("GET tidy-status").find("still being counted"), std::string::npos);
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_EQ(counted(), "2 1");
  EXPECT_EQ(base::counter("secrets.pki.u.total_certificates_stored").value(), 2);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(runner_.put("certs/0" + std::to_string(i), "junk").ok());
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_EQ(counted(), "5 1");
}

TEST_F(Tidying, MoreThanAPageIsCountedInTurns) {
  for (int i = 0; i < 1500; ++i) ASSERT_TRUE(runner_.put("certs/" + std::to_string(i), "junk").ok());
  ask("POST config/auto-tidy <- {\"maintain_stored_certificate_counts\":true}");
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_EQ(status()["current_cert_store_count"].text(), "0");
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_EQ(status()["current_cert_store_count"].text(), "1500");
}

TEST_F(Tidying, TheBundleOfOldMovesOnceItHasLongBeenAnIssuer) {
  ASSERT_TRUE(runner_.put("config/ca_bundle", R"({"private_key":"k"})").ok());
  const auto move = [this] {
    ask("POST tidy <- {\"tidy_move_legacy_ca_bundle\":true,\"issuer_safety_buffer\":\"10h\"}");
    work();
  };
  move();  // it never became one
  EXPECT_TRUE(stored("config/ca_bundle"));
  ASSERT_TRUE(runner_.put("config/legacyMigrationBundleLog", R"({"created":"2026-01-01T18:00:00Z"})").ok());
  move();
  EXPECT_TRUE(stored("config/ca_bundle"));
  ASSERT_TRUE(runner_.put("config/legacyMigrationBundleLog", R"({"created":"2026-01-01T16:00:00Z"})").ok());
  move();
  EXPECT_FALSE(stored("config/ca_bundle"));
  EXPECT_EQ(**runner_.get("config/ca_bundle.bak"), R"({"private_key":"k"})");
}

TEST_F(Tidying, WhatIsNoCertificateGoesOnlyWhenAsked) {
  ASSERT_TRUE(runner_.put("certs/aa-bb", "junk").ok());
  ask("POST tidy <- {\"tidy_cert_store\":true}");
  work();
  EXPECT_TRUE(stored("certs/aa-bb"));
  const std::string old = issue("2025-01-01T00:00:00Z");
  ask("POST tidy <- {\"tidy_invalid_certs\":true}");
  work();
  EXPECT_FALSE(stored("certs/aa-bb"));
  EXPECT_TRUE(stored("certs/" + old));
}

TEST_F(Tidying, OneRunAtATimeAndItCanBeCancelled) {
  for (int i = 0; i < 11; ++i) issue("2025-01-01T00:00:00Z");
  EXPECT_EQ(ask("POST tidy-cancel <- {}"), "200 null\n  warnings [\"Tidy operation cannot be cancelled as none is currently running.\"]");
  EXPECT_EQ(state(), "Inactive");
  ask("POST tidy <- {\"tidy_cert_store\":true,\"page_size\":5}");
  EXPECT_EQ(ask("POST tidy <- {\"tidy_cert_store\":true}"), "200 null\n  warnings [\"Tidy operation already in progress.\"]");
  ASSERT_TRUE(turn(now_).ok());
  ask("POST tidy-cancel <- {}");
  EXPECT_EQ(state(), "Cancelling");
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_EQ(state(), "Cancelled");
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), "5");
}

TEST_F(Tidying, PagesKeepTheirDistance) {
  for (int i = 0; i < 6; ++i) issue("2025-01-01T00:00:00Z");
  ask("POST tidy <- {\"tidy_cert_store\":true,\"page_size\":5,\"pause_duration\":\"10s\"}");
  ASSERT_TRUE(turn(now_).ok());
  ASSERT_TRUE(turn(now_ + std::chrono::seconds(9)).ok());
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), "5");
  ASSERT_TRUE(turn(now_ + std::chrono::seconds(10)).ok());
  EXPECT_EQ(status()["cert_store_deleted_count"].text(), "6");
}

TEST_F(Tidying, ItRunsByItselfAfterTheInterval) {
  const std::string old = issue("2025-01-01T00:00:00Z");
  ask("POST config/auto-tidy <- {\"enabled\":true,\"interval_duration\":\"2h\",\"tidy_cert_store\":true}");
  ASSERT_TRUE(turn(now_).ok());
  ASSERT_TRUE(turn(now_ + std::chrono::minutes(119)).ok());
  EXPECT_EQ(state(), "Inactive");
  ASSERT_TRUE(turn(now_ + std::chrono::minutes(121)).ok());
  EXPECT_FALSE(stored("certs/" + old));
}

TEST_F(Tidying, ListsAreBuiltBeforeTheyEnd) {
  ask("POST config/crl <- {\"auto_rebuild\":true}");
  const auto number = [this] { return *x509::parse_crl(ask("GET crl").substr(4))->number; };
  const uint64_t before = number();
  ASSERT_TRUE(turn(now_).ok());
  EXPECT_EQ(number(), before);
  ASSERT_TRUE(turn(now_ + std::chrono::hours(61)).ok());
  EXPECT_GT(number(), before);
}

TEST_F(Tidying, WrongSettingsAreRefusedInTheReferencesWords) {
  const auto refused = [](const std::string& text) { return "400 {\"errors\":[\"" + text + "\"]}"; };
  EXPECT_EQ(ask("POST tidy <- {\"safety_buffer\":\"0s\"}"), refused("safety_buffer must be greater than zero"));
  EXPECT_EQ(ask("POST tidy <- {\"issuer_safety_buffer\":\"0\"}"), refused("issuer_safety_buffer must be greater than zero"));
  EXPECT_EQ(ask("POST tidy <- {\"page_size\":2}"), refused("page_size must be greater than five"));
  EXPECT_EQ(ask("POST tidy <- {\"pause_duration\":\"bad\"}"), refused("Error parsing pause_duration: strconv.ParseInt: parsing \\\"ba\\\": invalid syntax"));
  EXPECT_EQ(ask("POST config/auto-tidy <- {\"pause_duration\":\"quick\"}"), refused("unable to parse given pause_duration: time: invalid duration \\\"quick\\\""));
  EXPECT_EQ(ask("POST config/auto-tidy <- {\"safety_buffer\":\"0s\"}"), refused("given safety_buffer must be at least one second; got: 0"));
  EXPECT_EQ(ask("POST config/auto-tidy <- {\"issuer_safety_buffer\":\"0s\"}"), refused("given safety_buffer must be at least one second; got: 0"));
  EXPECT_EQ(ask("POST tidy <- {\"revoked_safety_buffer\":\"0s\"}"), refused("revokedSafetyBuffer must be greater than zero"));
  EXPECT_EQ(ask("POST tidy <- {\"pause_duration\":\"-1s\"}"), refused("received invalid, negative pause_duration"));
  EXPECT_EQ(ask("POST config/auto-tidy <- {\"page_size\":1}"), refused("page_size must be at least 5"));
  EXPECT_EQ(ask("POST config/auto-tidy <- {\"enabled\":true}").substr(0, 71), "400 {\"errors\":[\"Auto-tidy enabled but no tidy operations were requested");
}

// As OpenBao wrote it (the fixture's entry).
TEST_F(Tidying, OpenBaosSettingsAreReadAndWrittenAlike) {
  const std::string theirs =
      R"({"enabled":true,"interval_duration":2880000000000000000,"tidy_cert_store":true,"tidy_revoked_certs":false,"tidy_invalid_certs":false,)"
      R"("tidy_revoked_cert_issuer_associations":false,"tidy_expired_issuers":false,"tidy_move_legacy_ca_bundle":false,"tidy_acme":false,)"
      R"("safety_buffer":2520000000000000000,"revoked_safety_buffer":null,"issuer_safety_buffer":31536000000000000,)"
      R"("acme_account_safety_buffer":2592000000000000,"pause_duration":0,"page_size":1000,"maintain_stored_certificate_counts":true,)"
      R"("publish_stored_certificate_count_metrics":false})" "\n";
  ASSERT_TRUE(runner_.put("config/auto-tidy", theirs).ok());
  ask("POST config/auto-tidy <- {\"enabled\":true}");
  EXPECT_EQ(**runner_.get("config/auto-tidy"), theirs);
}

}  // namespace
}  // namespace bao::engines::pki
