// Revocation, its lists and OCSP, over a mount whose issuers the test gives. The openssl command judges lists and answers.
#include <gtest/gtest.h>

#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/ocsp.h"
#include "internal/crypto/x509/openssl_command.h"
#include "internal/crypto/x509/pem.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/crl_build.h"
#include "internal/engines/pki/crl_map.h"
#include "internal/engines/pki/long_lists.h"
#include "internal/engines/pki/revocation.h"
#include "internal/engines/pki/revocation_paths.h"
#include "internal/engines/pki/test_revokers.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using codec::Json;

class RevocationBackend final : public logical::Backend {
 public:
  explicit RevocationBackend(const RevokerSource& revokers) : long_lists_(revokers) {
    std::vector<logical::Path> paths;
    for (const auto part : {crl_config_paths, crl_paths, revoke_paths}) {
      for (logical::Path& path : part(revokers)) paths.push_back(std::move(path));
    }
    for (logical::Path& path : ocsp_paths(revokers, ocsp_cache_)) paths.push_back(std::move(path));
    set_paths(std::move(paths));
  }
  base::Status initialize(storage::WriteView&) override {
    long_lists_.begin_anew();
    return {};
  }
  void invalidate(std::string_view key, base::Index index) override {
    long_lists_.invalidate(key);
    ocsp_cache_.invalidate(key, index);
  }
  base::Status work(base::Time now, const Transact& transact) override { return long_lists_.work(now, transact); }

 private:
  LongLists long_lists_;
  OcspCache ocsp_cache_;
};

class Revocation : public testing::Test {
 protected:
  Revocation() {
    revokers_.given = {revoker_of(root_, "1", "first"), revoker_of(other_, "2", "second")};
    EXPECT_TRUE(runner_.mount({}).ok());
    ask("GET crl/rotate");
  }

  // A certificate by one of the issuers, kept below certs/ as issuing does.
  x509::Certificate issue(const x509::TestRoot& by, int end_year = 2080) {
    x509::CertificateTemplate content{.public_key = leaf_key_.public_key()};
    content.subject.add(x509::attribute::kCommonName, "leaf.test");
    content.not_before = x509::day(2024, 1, 1);
    content.not_after = x509::day(end_year, 1, 1);
    const auto certificate = x509::parse_certificate(*x509::sign_certificate(content, by.signer()));
    EXPECT_TRUE(runner_.put("certs/" + x509::serial_text(certificate->serial, '-'), certificate->der).ok());
    return *certificate;
  }
  std::string ask(const std::string& line) { return runner_.request(line); }
  std::string revoke(const x509::Certificate& certificate) { return ask("POST revoke <- {\"serial_number\":\"" + x509::serial_text(certificate.serial, ':') + "\"}"); }
  // A list as it is served.
  x509::Crl list(const std::string& path) {
    const std::string answer = ask("GET " + path);
    EXPECT_EQ(answer.substr(0, 4), "200 ") << answer;
    const auto crl = x509::parse_crl(answer.substr(4));
    EXPECT_TRUE(crl.ok());
    return *crl;
  }
  static bool lists(const x509::Crl& crl, const x509::Certificate& certificate) {
    return std::any_of(crl.revoked.begin(), crl.revoked.end(), [&](const auto& each) { return each.serial == certificate.serial; });
  }

  const x509::TestRoot root_ = x509::make_root(), other_ = x509::make_root(x509::KeyType::ed25519, 0, x509::Padding::pkcs1, "Other");
  const x509::PrivateKey leaf_key_ = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  GivenRevokers revokers_;
  logical::scenario::Runner runner_{[this](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<RevocationBackend>(revokers_));
  }};
};

TEST_F(Revocation, ACertificateStandsOnItsIssuersListAndNoOther) {
  const x509::Certificate mine = issue(root_), others = issue(other_);
  EXPECT_EQ(revoke(mine), "200 {\"revocation_time\":1767323045,\"revocation_time_rfc3339\":\"2026-01-02T03:04:05Z\",\"state\":\"revoked\"}");
  EXPECT_EQ(revoke(others).substr(0, 3), "200");
  const x509::Crl first = list("crl"), second = list("issuer/second/crl/der");
  EXPECT_TRUE(lists(first, mine));
  EXPECT_FALSE(lists(first, others));
  EXPECT_TRUE(lists(second, others));
  EXPECT_FALSE(lists(second, mine));
  EXPECT_TRUE(first.is_signed_by(root_.key.public_key()));
  EXPECT_TRUE(second.is_signed_by(other_.key.public_key()));
  EXPECT_EQ(first.next_update, first.this_update + std::chrono::hours(72));
}

TEST_F(Revocation, OpensslRefusesTheRevokedCertificate) {
  const x509::OpensslCommand openssl;
  const x509::Certificate good = issue(root_), bad = issue(root_);
  revoke(bad);
  openssl.write("root.pem", x509::pem(x509::kCertificateBlock, root_.certificate.der));
  openssl.write("good.pem", x509::pem(x509::kCertificateBlock, good.der));
  openssl.write("bad.pem", x509::pem(x509::kCertificateBlock, bad.der));
  openssl.write("list.pem", ask("GET crl/pem").substr(4) + "\n");
  const std::string verify = "verify -x509_strict -attime 1767400000 -crl_check -CAfile root.pem -CRLfile list.pem ";
  EXPECT_EQ(openssl.run(verify + "good.pem"), "good.pem: OK\n");
  EXPECT_NE(openssl.run(verify + "bad.pem").find("certificate revoked"), std::string::npos);
}

TEST_F(Revocation, ASecondRevocationKeepsTheFirstTime) {
  const x509::Certificate certificate = issue(root_);
  const std::string first = revoke(certificate);
  runner_.run("ADVANCE 5m");
  EXPECT_EQ(revoke(certificate), first);
  EXPECT_EQ(ask("LIST certs/revoked"), "200 {\"keys\":[\"" + x509::serial_text(certificate.serial, ':') + "\"]}");
}

TEST_F(Revocation, NumbersRiseAndTheDeltaListStandsOnTheCompleteOne) {
  const uint64_t before = *list("crl").number;
  ask("GET crl/rotate");
  EXPECT_EQ(list("crl").number, before + 2);
  EXPECT_EQ(list("crl/delta").number, before + 3);
  EXPECT_EQ(list("crl/delta").delta_base, before + 2);
}

TEST_F(Revocation, ACompleteListSaysWhereItsDeltaListsAre) {
  revokers_.given[0].delta_urls = {"http://delta.test"};
  ask("GET crl/rotate");
  const auto says_so = [](const x509::Crl& crl) {
    return std::any_of(crl.extensions.begin(), crl.extensions.end(), [](const auto& each) { return each.oid == x509::extension::kFreshestCrl; });
  };
  EXPECT_TRUE(says_so(list("crl")));
  EXPECT_FALSE(says_so(list("crl/delta")));
  EXPECT_FALSE(says_so(list("issuer/second/crl/der")));
}

TEST_F(Revocation, WithAutoRebuildOnlyADeltaListTellsOfIt) {
  ask("POST config/crl <- {\"auto_rebuild\":true,\"enable_delta\":true}");
  const x509::Certificate certificate = issue(root_);
  revoke(certificate);
  EXPECT_FALSE(lists(list("crl"), certificate));
  EXPECT_FALSE(lists(list("crl/delta"), certificate));
  EXPECT_EQ(ask("GET crl/rotate-delta"), "200 {\"success\":true}");
  EXPECT_FALSE(lists(list("crl"), certificate));
  EXPECT_TRUE(lists(list("crl/delta"), certificate));
  EXPECT_EQ(list("crl/delta").delta_base, list("crl").number);
  ask("GET crl/rotate");
  EXPECT_TRUE(lists(list("crl"), certificate));
  EXPECT_FALSE(lists(list("crl/delta"), certificate));
}

TEST_F(Revocation, SwitchedOffTheListIsEmptyAndSwitchedOnItIsBack) {
  const x509::Certificate certificate = issue(root_);
  revoke(certificate);
  ask("POST config/crl <- {\"disable\":true}");
  EXPECT_TRUE(list("crl").revoked.empty());
  ask("POST config/crl <- {\"disable\":false}");
  EXPECT_TRUE(lists(list("crl"), certificate));
}

TEST_F(Revocation, OneThatExpiredIsLeftAloneUnlessConfigured) {
  const x509::Certificate old = issue(root_, 2025);
  const std::string serial = x509::serial_text(old.serial, ':');
  EXPECT_EQ(revoke(old), "200 null\n  warnings [\"certificate with serial " + serial + " already expired; refusing to add to CRL\"]");
  EXPECT_FALSE(lists(list("crl"), old));
  ask("POST config/crl <- {\"allow_expired_cert_revocation\":true}");
  revoke(old);
  EXPECT_TRUE(lists(list("crl"), old));
}

TEST_F(Revocation, OneThatEndsInTheYear9999IsRevoked) {
  const x509::Certificate endless = issue(root_, 9999);
  EXPECT_EQ(revoke(endless).substr(0, 5), "200 {");
  EXPECT_TRUE(lists(list("crl"), endless));
}

TEST_F(Revocation, ACertificateThatWasNotStoredIsBrought) {
  x509::CertificateTemplate content{.public_key = leaf_key_.public_key(), .not_before = x509::day(2024, 1, 1), .not_after = x509::day(2080, 1, 1)};
  const auto certificate = x509::parse_certificate(*x509::sign_certificate(content, root_.signer()));
  const std::string serial = x509::serial_text(certificate->serial, ':');
  EXPECT_EQ(revoke(*certificate), "400 {\"errors\":[\"certificate with serial " + serial + " not found.\"]}");
  const auto body = [](const std::string& der) { return codec::write_json(codec::Json::object({{"certificate", x509::pem(x509::kCertificateBlock, der)}})); };
  EXPECT_EQ(ask("POST revoke <- " + body(certificate->der)).substr(0, 3), "200");
  EXPECT_TRUE(lists(list("crl"), *certificate));
  EXPECT_TRUE(runner_.get("certs/" + x509::serial_text(certificate->serial, '-'))->has_value());
  EXPECT_EQ(ask("POST revoke <- " + body(x509::make_root().certificate.der)).substr(0, 3), "500");
}

TEST_F(Revocation, AnIssuerIsNotListedByItself) {
  const auto body = codec::write_json(codec::Json::object({{"certificate", x509::pem(x509::kCertificateBlock, root_.certificate.der)}}));
  EXPECT_EQ(ask("POST revoke <- " + body), "400 {\"errors\":[\"adding issuer (id: 1) to its own CRL is not allowed\"]}");
}

TEST_F(Revocation, TheKeyProvesTheRightToRevoke) {
  const x509::Certificate certificate = issue(root_);
  const auto with = [&](std::string_view key) {
    return ask("POST revoke-with-key <- " + codec::write_json(codec::Json::object({{"serial_number", x509::serial_text(certificate.serial, ':')}, {"private_key", key}})));
  };
  EXPECT_EQ(with(root_.key.traditional_pem().reveal()), "500 {\"errors\":[\"1 error occurred:\\n\\t* provided private key does not match certificate's public key\\n\\n\"]}");
  EXPECT_EQ(with("junk").substr(0, 3), "400");
  EXPECT_FALSE(lists(list("crl"), certificate));
  EXPECT_EQ(with(leaf_key_.pkcs8_pem().reveal()).substr(0, 3), "200");
  EXPECT_TRUE(lists(list("crl"), certificate));
}

TEST_F(Revocation, ARevokedIntermediateStandsOnItsParentsList) {
  x509::CertificateTemplate content{.public_key = leaf_key_.public_key(), .not_before = x509::day(2024, 1, 1), .not_after = x509::day(2080, 1, 1)};
  content.subject.add(x509::attribute::kCommonName, "Middle");
  content.basic_constraints = x509::BasicConstraints{.ca = true, .path_length = {}};
  const x509::TestRoot middle{leaf_key_, *x509::parse_certificate(*x509::sign_certificate(content, root_.signer()))};
  revokers_.given.push_back(revoker_of(middle, "3", "middle"));
  revokers_.given.back().revoked_at = *base::parse_rfc3339("2026-01-01T00:00:00Z");
  ask("GET crl/rotate");
  EXPECT_TRUE(lists(list("issuer/first/crl/der"), middle.certificate));
  EXPECT_FALSE(lists(list("issuer/middle/crl/der"), middle.certificate));
}

TEST_F(Revocation, TwinsShareAListAndIssuersThatAreGoneLoseTheirs) {
  revokers_.given.push_back(revoker_of(root_, "4", "twin"));
  ask("GET crl/rotate");
  EXPECT_EQ(list("issuer/twin/crl/der").number, list("issuer/first/crl/der").number);
  const std::string before = **runner_.get("crls/config");
  revokers_.given.erase(revokers_.given.begin() + 1);
  ask("GET crl/rotate");
  EXPECT_EQ(ask("GET issuer/second/crl/der"), "500 {\"errors\":[\"1 error occurred:\\n\\t* unable to find PKI issuer for reference: second\\n\\n\"]}");
  const auto map = codec::parse_json(**runner_.get("crls/config"));
  EXPECT_EQ((*map)["crl_number_map"].size(), 1u);
  const auto old_map = codec::parse_json(before);
  EXPECT_FALSE(runner_.get("crls/" + (*old_map)["issuer_id_crl_map"]["2"].as_string())->has_value());
}

TEST_F(Revocation, WhoMayNotSignListsHasNone) {
  revokers_.given[1].signs_crls = false;
  const uint64_t before = *list("issuer/second/crl/der").number;
  ask("GET crl/rotate");
  EXPECT_EQ(list("issuer/second/crl/der").number, before);  // the last one it signed
}

TEST_F(Revocation, AMountWithoutIssuersHasNoList) {
  revokers_.given.clear();
  EXPECT_EQ(ask("GET crl"), "204");
  EXPECT_EQ(ask("GET crl/rotate"), "200 {\"success\":true}");
  EXPECT_EQ(ask("GET crl/pem"), "204");
}

TEST_F(Revocation, OcspTellsGoodRevokedAndUnknown) {
  const x509::OpensslCommand openssl;
  const x509::Certificate good = issue(root_), bad = issue(root_);
  revoke(bad);
  openssl.write("root.pem", x509::pem(x509::kCertificateBlock, root_.certificate.der));
  openssl.write("stranger.pem", x509::pem(x509::kCertificateBlock, x509::make_root().certificate.der));
  const auto told = [&](const x509::Certificate& about, const std::string& issuer) {
    openssl.write("leaf.pem", x509::pem(x509::kCertificateBlock, about.der));
    openssl.run("ocsp -issuer " + issuer + " -cert leaf.pem -no_nonce -reqout q.der");
    const std::string answer = ask("GET ocsp/" + codec::to_base64(openssl.read("q.der")));
    EXPECT_EQ(answer.substr(0, 4), "200 ");
    openssl.write("a.der", answer.substr(4));
    return openssl.run("ocsp -respin a.der -issuer " + issuer + " -cert leaf.pem -no_nonce -VAfile root.pem -validity_period 2000000000");
  };
  EXPECT_NE(told(good, "root.pem").find("leaf.pem: good"), std::string::npos);
  EXPECT_NE(told(bad, "root.pem").find("leaf.pem: revoked"), std::string::npos);
  EXPECT_NE(told(bad, "root.pem").find("Revocation Time: Jan  2 03:04:05 2026 GMT"), std::string::npos);
  EXPECT_NE(told(good, "stranger.pem").find("leaf.pem: unknown"), std::string::npos);
}

// Signatures differ from one to the next: the same bytes are an answer that was kept.
TEST_F(Revocation, OcspAnswersAreKeptUntilSomethingChanges) {
  const x509::OpensslCommand openssl;
  const x509::Certificate leaf = issue(root_), other = issue(root_);
  openssl.write("root.pem", x509::pem(x509::kCertificateBlock, root_.certificate.der));
  openssl.write("leaf.pem", x509::pem(x509::kCertificateBlock, leaf.der));
  openssl.run("ocsp -issuer root.pem -cert leaf.pem -no_nonce -reqout q.der");
  const std::string question = "GET ocsp/" + codec::to_base64(openssl.read("q.der"));
  const std::string first = ask(question);
  EXPECT_EQ(ask(question), first);
  revoke(other);
  EXPECT_EQ(ask(question), first);
  revoke(leaf);
  const std::string revoked = ask(question);
  EXPECT_NE(revoked, first);
  EXPECT_EQ(ask(question), revoked);
  ask("POST config/crl <- {\"ocsp_expiry\":\"1h\"}");
  const std::string shorter = ask(question);
  EXPECT_NE(shorter, revoked);
  runner_.run("ADVANCE 61s\n");
  EXPECT_NE(ask(question), shorter);
  ask("POST config/crl <- {\"ocsp_disable\":true}");
  EXPECT_TRUE(ask(question).starts_with("401 "));
}

TEST(OcspCache, AnAnswerOfBeforeAChangeIsNotKept) {
  OcspCache cache;
  const x509::OcspCertificateId asked{"1.3.14.3.2.26", "name", "key", "\x11\x22"};
  const base::Time now = *base::parse_rfc3339("2026-01-02T03:10:00Z");
  cache.invalidate("revoked/11-22", base::Index{7});
  cache.keep(asked, "good", base::Index{6}, now, std::chrono::hours(1));
  EXPECT_FALSE(cache.find(asked, now));
  cache.keep(asked, "revoked", base::Index{7}, now, std::chrono::hours(1));
  EXPECT_EQ(cache.find(asked, now), "revoked");
  cache.invalidate("certs/11-22", base::Index{8});
  EXPECT_TRUE(cache.find(asked, now));
  EXPECT_FALSE(cache.find(asked, now + std::chrono::seconds(60)));
  cache.keep(asked, "brief", base::Index{8}, now, std::chrono::seconds(4));  // valid that long
  EXPECT_FALSE(cache.find(asked, now + std::chrono::seconds(1)));
}

TEST_F(Revocation, OcspRefusesWhatItMustNotAnswer) {
  const auto failure = [](const char* status, x509::OcspFailure why) { return std::string(status) + " " + x509::ocsp_failure(why); };
  EXPECT_EQ(ask("GET ocsp/AAAA"), failure("400", x509::OcspFailure::malformed_request));
  EXPECT_EQ(ask("GET ocsp/!"), failure("400", x509::OcspFailure::malformed_request));
  EXPECT_EQ(ask("POST ocsp <- {}"), failure("400", x509::OcspFailure::malformed_request));
  ask("POST config/crl <- {\"ocsp_disable\":true}");
  EXPECT_EQ(ask("GET ocsp/AAAA"), failure("401", x509::OcspFailure::unauthorized));
}

class ManyRevoked : public Revocation {
 protected:
  // Entries below revoked/ as something else left them there, numbers `from` to `to`.
  void fill(int from, int to) {
    for (int begin = from; begin < to; begin += 1000) {
      ASSERT_TRUE(runner_.barrier().transact([&](barrier::Transaction& transaction) -> base::Status {
        storage::PrefixWriteView view(transaction, runner_.view_prefix());
        for (int k = begin; k < std::min(begin + 1000, to); ++k) {
          TRY(put_revoked(view, x509::serial_text(serial(k), '-'), {.certificate = "x", .revoked_at = *base::parse_rfc3339("2026-01-01T00:00:00Z"), .issuer_id = "1"}));
        }
        return {};
      }).ok());
    }
  }
  static std::string serial(int k) { return "\x7f" + std::string(16, '\1') + std::string{static_cast<char>(k >> 16), static_cast<char>(k >> 8), static_cast<char>(k)}; }
  // Turns of the engine's work, until none changes anything.
  void work() {
    for (int turn = 0; turn < 400; ++turn, now_ += std::chrono::milliseconds(500)) {
      ASSERT_TRUE(runner_.backend().work(now_, [this](const auto& body) -> base::Status {
        const auto done = runner_.barrier().transact([&](barrier::Transaction& transaction) {
          storage::PrefixWriteView view(transaction, runner_.view_prefix());
          return body(view);
        });
        return done.ok() ? base::Status() : base::Status(done.error());
      }).ok());
    }
  }
  Json map() { return *codec::parse_json(**runner_.get("crls/config")); }
  bool is_stored(const std::string& key) { return runner_.get(key)->has_value(); }
  std::string part(int64_t number, int index) {
    return "crls/" + map()["issuer_id_crl_map"]["1"].as_string() + "-part-" + std::to_string(number) + "-" + std::to_string(index);
  }

  base::Time now_ = *base::parse_rfc3339("2026-01-02T03:10:00Z");
};

// More than one entry of storage may hold: the list is cut, and what is left of it is removed when it shrinks.
TEST_F(ManyRevoked, AListLongerThanAnEntryIsServedWhole) {
  fill(0, 40'000);
  EXPECT_EQ(ask("GET crl/rotate"), "200 {\"success\":true}");
  const x509::Crl first = list("crl");
  EXPECT_EQ(first.revoked.size(), 40'000u);
  EXPECT_TRUE(is_stored(part(static_cast<int64_t>(*first.number), 1)));

  const x509::Certificate one_more = issue(root_);
  EXPECT_EQ(revoke(one_more).substr(0, 5), "200 {");
  const x509::Crl second = list("crl");
  EXPECT_TRUE(lists(second, one_more));
  EXPECT_EQ(second.revoked.size(), 40'001u);
  EXPECT_FALSE(is_stored(part(static_cast<int64_t>(*first.number), 1)));
  const auto pem = x509::parse_pem(ask("GET crl/pem").substr(4));
  ASSERT_TRUE(pem.ok());
  EXPECT_EQ(pem->der.reveal(), ask("GET crl").substr(4));

  // What is no longer there leaves the list with the next rebuild.
  ASSERT_TRUE(runner_.barrier().transact([&](barrier::Transaction& transaction) {
    return storage::PrefixWriteView(transaction, runner_.view_prefix()).remove("revoked/" + x509::serial_text(serial(77), '-'));
  }).ok());
  EXPECT_EQ(ask("GET crl/rotate"), "200 {\"success\":true}");
  EXPECT_EQ(list("crl").revoked.size(), 40'000u);

  ask("POST config/crl <- {\"disable\":true}");
  EXPECT_TRUE(list("crl").revoked.empty());
  EXPECT_FALSE(is_stored(part(static_cast<int64_t>(*second.number), 1)));
  EXPECT_TRUE(map()["part_counts"].is_null());
}

// They fit no transaction, neither read nor written.
TEST_F(ManyRevoked, TwoHundredThousandAreListedOverManyTurns) {
  fill(0, 200'000);
  const uint64_t number = *list("crl").number;
  EXPECT_EQ(ask("GET crl/rotate"), "200 {\"success\":true}");
  EXPECT_EQ(list("crl").number, number);  // the list of before is served meanwhile
  work();
  EXPECT_EQ(list("crl").revoked.size(), 200'000u);
  EXPECT_EQ(list("crl/delta").delta_base, list("crl").number);
  const uint64_t built = *list("crl").number;
  work();
  EXPECT_EQ(list("crl").number, built);  // nothing is left to do

  // Revoked while a build is under way, and another node takes over in the midst of it.
  const x509::Certificate first = issue(root_), second = issue(root_);
  EXPECT_EQ(revoke(first).substr(0, 5), "200 {");
  now_ += std::chrono::hours(1);
  EXPECT_FALSE(lists(list("crl"), first));
  ASSERT_TRUE(runner_.mount({}).ok());
  EXPECT_EQ(revoke(second).substr(0, 5), "200 {");
  work();
  EXPECT_TRUE(lists(list("crl"), first));
  EXPECT_TRUE(lists(list("crl"), second));
  EXPECT_EQ(list("crl").revoked.size(), 200'002u);
  EXPECT_FALSE(is_stored(part(static_cast<int64_t>(built), 0)));
}

TEST_F(Revocation, WhatIsDueIsBuiltInTime) {
  const auto build_due = [this](const char* when) {
    return runner_.barrier().transact([&](barrier::Transaction& transaction) {
      storage::PrefixWriteView view(transaction, runner_.view_prefix());
      return rebuild_due_crls(view, revokers_, *base::parse_rfc3339(when));
    }).ok();
  };
  const uint64_t first = *list("crl").number;
  ASSERT_TRUE(build_due("2026-01-05T03:00:00Z"));
  EXPECT_EQ(list("crl").number, first);  // nothing is built by and by unless configured
  ask("POST config/crl <- {\"auto_rebuild\":true,\"enable_delta\":true}");
  const uint64_t second = *list("crl").number;
  const uint64_t delta = *list("crl/delta").number;
  const x509::Certificate certificate = issue(root_);
  revoke(certificate);
  ASSERT_TRUE(build_due("2026-01-02T03:10:00Z"));
  EXPECT_EQ(list("crl/delta").number, delta);  // before its interval
  ASSERT_TRUE(build_due("2026-01-02T03:20:00Z"));
  EXPECT_TRUE(lists(list("crl/delta"), certificate));
  ASSERT_TRUE(build_due("2026-01-02T04:20:00Z"));
  EXPECT_EQ(list("crl/delta").number, delta + 1);  // nothing new was revoked
  EXPECT_EQ(list("crl").number, second);
  ASSERT_TRUE(build_due("2026-01-04T15:05:00Z"));  // 12 hours before its end
  EXPECT_TRUE(lists(list("crl"), certificate));
}

}  // namespace
}  // namespace bao::engines::pki
