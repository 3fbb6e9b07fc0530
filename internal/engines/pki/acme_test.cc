// ACME from a client's side: signed requests against the whole engine, with challenges validated by the test.
#include <gtest/gtest.h>

#include "internal/barrier/barrier.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/jws_signature.h"
#include "internal/crypto/x509/request.h"
#include "internal/engines/pki/pki.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using acme::Problem;
using acme::ValidationOutcome;
using acme::ValidationTask;
using codec::Json;
using logical::Operation;

constexpr char kMount[] = "https://ca.test/v1/pki/";

// Decides as the test says.
struct TestValidations final : acme::Validations {
  bool submit(ValidationTask task) override {
    if (full) return false;
    tasks.push_back(std::move(task));
    return true;
  }
  std::vector<ValidationOutcome> collect() override {
    std::vector<ValidationOutcome> decided;
    if (silent) return decided;
    for (const ValidationTask& task : tasks) decided.push_back({task.id, verdict, "as the test says"});
    seen.insert(seen.end(), tasks.begin(), tasks.end());
    tasks.clear();
    return decided;
  }
  void clear() override { tasks.clear(); }
  std::vector<ValidationTask> tasks, seen;
  Problem verdict = Problem::none;
  bool full = false, silent = false;
};

struct Reply {
  int status = 0;
  Json body{};
  std::string text{}, nonce{}, location{};
  std::string problem() const {
    const std::string& type = body["type"].as_string();
    return type.substr(type.rfind(':') + 1);
  }
};

Json jwk_of(const x509::PublicKey& key) {  // P-256
  const std::string& der = key.der();
  const std::string x = der.substr(der.size() - 64, 32), y = der.substr(der.size() - 32);
  return Json::object({{"kty", "EC"}, {"crv", "P-256"}, {"x", codec::to_base64url(x)}, {"y", codec::to_base64url(y)}});
}

Json signed_document(const Json& header, const std::string& payload, const std::function<std::string(const std::string&)>& sign) {
  const std::string head = codec::to_base64url(codec::write_json(header)), body = codec::to_base64url(payload);
  return Json::object({{"protected", head}, {"payload", body}, {"signature", codec::to_base64url(sign(head + "." + body))}});
}

class AcmeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(runner_.mount({}).ok());
    operate("POST root/generate/internal <- {\"common_name\":\"Root\",\"key_type\":\"ec\",\"ttl\":\"700h\"}");
    operate("POST config/cluster <- {\"path\":\"https://ca.test/v1/pki\"}");
    operate("POST config/acme <- {\"enabled\":true}");
  }
  std::string operate(const std::string& line) {
    std::string answer = runner_.request(line);
    EXPECT_TRUE(answer.starts_with("20")) << line << "\n" << answer;
    return answer;
  }

  // One request as the core runs it; `id` is the request's.
  Reply run(Operation operation, const std::string& path, const Json& data, const std::string& id) {
    logical::Request request;
    request.id = id;
    request.operation = operation;
    request.path = "mount/" + path;
    request.mount_point = "mount/";
    request.data = data;
    const auto match = runner_.backend().paths().match(path);
    if (!match || match->path->find(operation) == nullptr) return {.status = 404};
    const logical::Handler& handler = *match->path->find(operation);
    const auto fields = match->path->read_fields(operation, match->captures, data);
    const logical::Call call{request, *fields, now_};
    logical::Reply reply = base::internal("not run");
    if (const auto* reads = std::get_if<logical::Reads>(&handler.effect)) {
      const barrier::Reader reader(runner_.barrier());
      reply = reads->run(call, storage::PrefixReadView(reader, runner_.view_prefix()));
    } else {
      for (int turn = 0; turn < runs_; ++turn) {
        const auto committed = runner_.barrier().transact([&](barrier::Transaction& transaction) -> base::Status {
          storage::PrefixWriteView view(transaction, runner_.view_prefix());
          reply = std::get<logical::Writes>(handler.effect).run(call, view);
          if (turn + 1 < runs_) return base::invalid("a conflict: thrown away and run again");
          return reply.ok() ? base::Status() : reply.error();
        });
      }
    }
    Reply seen{.status = 500};
    if (!reply.ok()) {
      seen.text = reply.error().message();
      return seen;
    }
    seen.status = reply->raw->status;
    seen.text = reply->raw->body;
    if (const auto json = codec::parse_json(seen.text); json.ok()) seen.body = *json;
    for (const auto& [name, value] : reply->headers) {
      if (name == "Replay-Nonce") seen.nonce = value;
      if (name == "Location") seen.location = value;
    }
    return seen;
  }
  std::string next_id() { return "request-" + std::to_string(++requests_); }
  std::string nonce() { return run(Operation::read, directory_ + "new-nonce", Json::object(), next_id()).nonce; }

  Json signed_request(const std::string& url, const std::string& payload, const std::string& nonce_text, const x509::PrivateKey& key, const std::string& kid) {
    Json header = Json::object({{"alg", "ES256"}, {"nonce", nonce_text}, {"url", url}});
    if (kid.empty()) header.set("jwk", jwk_of(key.public_key()));
    else header.set("kid", kid);
    return signed_document(header, payload, [&key](const std::string& text) { return *x509::sign_jws(key, "ES256", text); });
  }
  // By the account, or by its key where there is none yet.
  Reply post_url(const std::string& url, const std::string& payload) {
    return run(Operation::update, url.substr(std::string(kMount).size()), signed_request(url, payload, nonce(), key_, kid_), next_id());
  }
  Reply post(const std::string& endpoint, const std::string& payload) { return post_url(kMount + directory_ + endpoint, payload); }
  void register_account() {
    kid_.clear();
    const Reply made = post("new-account", "{\"contact\":[\"mailto:a@b.test\"],\"termsOfServiceAgreed\":true}");
    EXPECT_EQ(made.status, 201) << made.text;
    kid_ = made.location;
  }
  Reply order(const std::string& identifiers) { return post("new-order", "{\"identifiers\":[" + identifiers + "]}"); }
  Reply order_name(const std::string& name) { return order("{\"type\":\"dns\",\"value\":\"" + name + "\"}"); }
  void work() {
    const auto transact = [this](const std::function<base::Status(storage::WriteView&)>& body) -> base::Status {
      ++transactions_;
      const auto committed = runner_.barrier().transact([&](barrier::Transaction& transaction) {
        storage::PrefixWriteView view(transaction, runner_.view_prefix());
        return body(view);
      });
      return committed.ok() ? base::Status() : committed.error();
    };
    EXPECT_TRUE(runner_.backend().work(now_, transact).ok());
  }
  // Says the first challenge of every authorization is ready, and lets it be looked at.
  void prove(const Reply& ordered, const std::string& type = "http-01") {
    for (const Json& url : ordered.body["authorizations"].items()) {
      const Reply authorization = post_url(url.as_string(), "");
      for (const Json& challenge : authorization.body["challenges"].items()) {
        if (challenge["type"].as_string() != type) continue;
        EXPECT_EQ(post_url(challenge["url"].as_string(), "{}").status, 200);
      }
    }
    work();
    work();
  }
  std::string csr(const std::vector<std::string>& names, const std::vector<std::string>& addresses = {}) {
    x509::RequestTemplate content;
    content.alternative_names.dns = names;
    for (const std::string& address : addresses) content.alternative_names.addresses.push_back(*x509::parse_address(address));
    return csr(content, leaf_key_);
  }
  std::string csr(const x509::RequestTemplate& content, const x509::PrivateKey& key) {
    return "{\"csr\":\"" + codec::to_base64url(*x509::sign_request(content, key, x509::SignatureAlgorithm::ecdsa_sha256)) + "\"}";
  }
  // Ordered, proved, finalized: the certificate.
  x509::Certificate obtain(const std::string& name) {
    const Reply ordered = order_name(name);
    prove(ordered);
    const Reply final = post_url(ordered.body["finalize"].as_string(), csr({name}));
    EXPECT_EQ(final.status, 200) << final.text;
    const Reply chain = post_url(final.body["certificate"].as_string(), "");
    const auto certificate = x509::parse_certificate_pem(chain.text);
    EXPECT_TRUE(certificate.ok()) << chain.text;
    return *certificate;
  }
  static std::string revocation(const x509::Certificate& certificate) { return "{\"certificate\":\"" + codec::to_base64url(certificate.der) + "\"}"; }

  TestValidations* validations_ = nullptr;  // of the mount that was made last
  logical::scenario::Runner runner_{pki_backend_with([this] {
    auto made = std::make_unique<TestValidations>();
    validations_ = made.get();
    return made;
  })};
  base::Time now_ = *base::parse_rfc3339("2026-01-02T03:04:05Z");
  x509::PrivateKey key_ = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  const x509::PrivateKey leaf_key_ = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  std::string directory_ = "acme/", kid_;
  int requests_ = 0, transactions_ = 0, runs_ = 1;
};

TEST_F(AcmeTest, AnAccountOrdersProvesGetsAndRevokesACertificate) {
  register_account();
  const Reply ordered = order_name("www.a.test");
  EXPECT_EQ(ordered.status, 201) << ordered.text;
  EXPECT_EQ(ordered.body["status"].as_string(), "pending");
  EXPECT_EQ(post_url(ordered.body["finalize"].as_string(), csr({"www.a.test"})).problem(), "orderNotReady");
  prove(ordered);
  ASSERT_EQ(validations_->seen.size(), 1u);
  EXPECT_EQ(validations_->seen[0].identifier, "www.a.test");
  EXPECT_EQ(validations_->seen[0].key_authorization.find(validations_->seen[0].token + "."), 0u);
  EXPECT_EQ(post_url(ordered.location, "").body["status"].as_string(), "ready");
  const Reply final = post_url(ordered.body["finalize"].as_string(), csr({"www.a.test"}));
  EXPECT_EQ(final.body["status"].as_string(), "valid") << final.text;
  const Reply chain = post_url(final.body["certificate"].as_string(), "");
  const auto certificate = x509::parse_certificate_pem(chain.text);
  ASSERT_TRUE(certificate.ok()) << chain.text;
  EXPECT_EQ(certificate->public_key, leaf_key_.public_key());
  EXPECT_EQ(certificate->extended_key_usages, std::vector<std::string>{"1.3.6.1.5.5.7.3.1"});
  EXPECT_EQ(post("revoke-cert", revocation(*certificate)).status, 200);
  EXPECT_EQ(post("revoke-cert", revocation(*certificate)).problem(), "alreadyRevoked");
}

TEST_F(AcmeTest, ARefusalBringsTheNonceForTheNextRequest) {
  const Reply refused = post("new-order", "{}");
  EXPECT_EQ(refused.problem(), "malformed");
  EXPECT_FALSE(refused.nonce.empty());
  const std::string url = std::string(kMount) + "acme/new-account";
  EXPECT_EQ(run(Operation::update, "acme/new-account", signed_request(url, "{}", refused.nonce, key_, ""), next_id()).status, 201);
}

TEST_F(AcmeTest, ANonceServesOneRequestOnceButMayBeUsedAgainByTheSame) {
  const std::string url = std::string(kMount) + "acme/new-account";
  const Json request = signed_request(url, "{}", nonce(), key_, "");
  runs_ = 2;  // the first time its transaction is thrown away
  EXPECT_EQ(run(Operation::update, "acme/new-account", request, "one").status, 201);
  runs_ = 1;
  EXPECT_EQ(run(Operation::update, "acme/new-account", request, "two").problem(), "badNonce");
}

TEST_F(AcmeTest, NoncesOfAnotherReignOldOnesAndMadeUpOnesAreRefused) {
  const std::string url = std::string(kMount) + "acme/new-account";
  const auto use = [&](const std::string& text) { return run(Operation::update, "acme/new-account", signed_request(url, "{}", text, key_, ""), next_id()).problem(); };
  const std::string of_this_reign = nonce();
  ASSERT_TRUE(runner_.mount({}).ok());
  EXPECT_EQ(use(of_this_reign), "badNonce");
  const std::string old = nonce();
  now_ += std::chrono::minutes(16);
  EXPECT_EQ(use(old), "badNonce");
  EXPECT_EQ(use(""), "badNonce");
  std::string changed = nonce();
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(use(changed), "badNonce");
  EXPECT_EQ(use(nonce()), "");
}

TEST_F(AcmeTest, ARequestForAnotherUrlOrWithAWrongSignatureIsRefused) {
  Json request = signed_request("https://ca.test/v1/pki/acme/new-order", "{}", nonce(), key_, "");
  EXPECT_EQ(run(Operation::update, "acme/new-account", request, next_id()).problem(), "unauthorized");
  request = signed_request("https://ca.test/v1/pki/acme/new-account", "{}", nonce(), key_, "");
  request.set("payload", codec::to_base64url("{\"onlyReturnExisting\":true}"));
  EXPECT_EQ(run(Operation::update, "acme/new-account", request, next_id()).problem(), "malformed");
}

TEST_F(AcmeTest, AnAccountIsFoundByItsKeyAndEndsWhenItsHolderSaysSo) {
  EXPECT_EQ(post("new-account", "{\"onlyReturnExisting\":true}").problem(), "accountDoesNotExist");
  register_account();
  const std::string account = std::exchange(kid_, "");
  const Reply again = post("new-account", "{}");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.location, account);
  kid_ = account;
  EXPECT_EQ(post_url(account, "{\"contact\":[\"mailto:new@b.test\"]}").body["contact"], Json::strings({"mailto:new@b.test"}));
  EXPECT_EQ(post_url(account, "{\"status\":\"deactivated\"}").body["status"].as_string(), "deactivated");
  EXPECT_EQ(order_name("a.test").problem(), "unauthorized");
  EXPECT_EQ(post_url(account, "").problem(), "unauthorized");
}

TEST_F(AcmeTest, AnotherAccountSeesNoOrderAndAnotherDirectoryNoAccount) {
  operate("POST roles/web <- {\"key_type\":\"ec\",\"allow_any_name\":true}");
  register_account();
  const Reply mine = order_name("a.test");
  const std::string account = kid_;
  key_ = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  register_account();
  EXPECT_EQ(post_url(mine.location, "").problem(), "malformed");
  EXPECT_EQ(post_url(mine.body["authorizations"].items()[0].as_string(), "").problem(), "malformed");
  EXPECT_EQ(post_url(account, "{\"status\":\"deactivated\"}").problem(), "unauthorized");
  directory_ = "roles/web/acme/";
  EXPECT_EQ(order_name("a.test").problem(), "malformed");
}

TEST_F(AcmeTest, AKeyForExternalBindingIsGoodForOneAccountOfItsDirectory) {
  operate("POST config/acme <- {\"eab_policy\":\"always-required\"}");
  EXPECT_EQ(post("new-account", "{}").problem(), "externalAccountRequired");
  const Json given = *codec::parse_json(operate("POST acme/new-eab <- {}").substr(4));
  const std::string secret = *codec::from_base64url(given["key"].as_string());
  const std::string url = std::string(kMount) + "acme/new-account";
  const auto bound = [&](const std::string& mac_key) {
    const Json header = Json::object({{"alg", "HS256"}, {"kid", given["id"]}, {"url", url}});
    const Json binding = signed_document(header, codec::write_json(jwk_of(key_.public_key())),
                                         [&](const std::string& text) { return crypto::hmac_sha256(mac_key, text); });
    return post("new-account", codec::write_json(Json::object({{"externalAccountBinding", binding}})));
  };
  EXPECT_EQ(bound("another key").problem(), "unauthorized");
  const Reply made = bound(secret);
  EXPECT_EQ(made.status, 201) << made.text;
  kid_ = made.location;
  EXPECT_EQ(order_name("a.test").status, 201);
  key_ = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  kid_.clear();
  EXPECT_EQ(bound(secret).problem(), "unauthorized");
}

TEST_F(AcmeTest, AWildcardIsProvedByDnsAloneAndAnAddressByHttp) {
  register_account();
  const auto challenges = [this](const Reply& ordered) {
    std::string types;
    for (const Json& each : post_url(ordered.body["authorizations"].items()[0].as_string(), "").body["challenges"].items()) types += each["type"].as_string() + " ";
    return types;
  };
  const Reply wildcard = order_name("*.a.test");
  EXPECT_EQ(challenges(wildcard), "dns-01 ");
  prove(wildcard, "dns-01");
  EXPECT_EQ(validations_->seen[0].identifier, "a.test");
  EXPECT_EQ(post_url(wildcard.body["finalize"].as_string(), csr({"*.a.test"})).status, 200);
  const Reply address = order("{\"type\":\"ip\",\"value\":\"192.0.2.7\"}");
  EXPECT_EQ(challenges(address), "http-01 ");
  prove(address);
  EXPECT_EQ(post_url(address.body["finalize"].as_string(), csr({}, {"192.0.2.7"})).status, 200);
  EXPECT_EQ(challenges(order_name("a.test")), "http-01 dns-01 tls-alpn-01 ");
}

TEST_F(AcmeTest, ARequestForACertificateAsksForWhatWasOrderedAndNothingElse) {
  register_account();
  const Reply ordered = order_name("a.test");
  prove(ordered);
  const std::string finalize = ordered.body["finalize"].as_string();
  EXPECT_EQ(post_url(finalize, csr({"b.test"})).problem(), "badCSR");
  EXPECT_EQ(post_url(finalize, csr({"a.test", "b.test"})).problem(), "badCSR");
  EXPECT_EQ(post_url(finalize, csr({"a.test"}, {"192.0.2.7"})).problem(), "badCSR");
  x509::RequestTemplate with_mail;
  with_mail.alternative_names.dns = {"a.test"};
  with_mail.alternative_names.emails = {"root@a.test"};
  EXPECT_EQ(post_url(finalize, csr(with_mail, leaf_key_)).problem(), "badCSR");
  x509::RequestTemplate plain;
  plain.alternative_names.dns = {"a.test"};
  EXPECT_EQ(post_url(finalize, csr(plain, key_)).problem(), "badCSR");  // the account's own key
  EXPECT_EQ(post_url(finalize, "{\"csr\":\"AAAA\"}").problem(), "malformed");
  EXPECT_EQ(post_url(finalize, csr({"a.test"})).status, 200);
}

TEST_F(AcmeTest, ARoleRefusesNamesWhenTheyAreOrdered) {
  operate("POST roles/web <- {\"key_type\":\"ec\",\"allowed_domains\":\"a.test\",\"allow_subdomains\":true,\"allow_ip_sans\":false}");
  directory_ = "roles/web/acme/";
  register_account();
  EXPECT_EQ(order_name("www.b.test").problem(), "rejectedIdentifier");
  EXPECT_EQ(order("{\"type\":\"ip\",\"value\":\"192.0.2.7\"}").problem(), "rejectedIdentifier");
  EXPECT_EQ(order("{\"type\":\"email\",\"value\":\"a@a.test\"}").problem(), "unsupportedIdentifier");
  for (const char* name : {"*.*.a.test", "a*.a.test", "192.0.2.7", "A.test", "a..test", "-a.test", ""}) EXPECT_EQ(order_name(name).problem(), "malformed") << name;
  EXPECT_EQ(obtain("www.a.test").alternative_names.dns, std::vector<std::string>{"www.a.test"});
}

TEST_F(AcmeTest, AFailedChallengeIsTriedAgainLaterAndThenEndsItsOrder) {
  register_account();
  const Reply ordered = order_name("a.test");
  validations_->verdict = Problem::connection;
  prove(ordered);
  const std::string authorization = ordered.body["authorizations"].items()[0].as_string();
  Json challenge = post_url(authorization, "").body["challenges"].items()[0];
  EXPECT_EQ(challenge["status"].as_string(), "processing");
  EXPECT_EQ(challenge["error"]["type"].as_string(), "urn:ietf:params:acme:error:connection");
  work();
  EXPECT_EQ(validations_->seen.size(), 1u);  // not before its time
  for (int attempt = 1; attempt <= 6; ++attempt) {
    now_ += std::chrono::seconds(5 * attempt);
    for (int turn = 0; turn < 3; ++turn) work();
  }
  EXPECT_EQ(validations_->seen.size(), 7u);
  EXPECT_EQ(post_url(authorization, "").body["status"].as_string(), "invalid");
  EXPECT_EQ(post_url(ordered.location, "").body["status"].as_string(), "invalid");
}

TEST_F(AcmeTest, TheNextReignGoesOnWithChallengesFromStorage) {
  register_account();
  const Reply ordered = order_name("a.test");
  validations_->silent = true;
  prove(ordered);
  EXPECT_EQ(validations_->tasks.size(), 1u);
  ASSERT_TRUE(runner_.mount({}).ok());
  for (int turn = 0; turn < 3; ++turn) work();
  EXPECT_EQ(validations_->seen.size(), 1u);
  EXPECT_EQ(post_url(ordered.location, "").body["status"].as_string(), "ready");
}

TEST_F(AcmeTest, NothingToDoTouchesNoStorage) {
  for (int turn = 0; turn < 3; ++turn) work();
  const int before = transactions_;
  for (int turn = 0; turn < 10; ++turn) work();
  EXPECT_EQ(transactions_, before);
}

TEST_F(AcmeTest, ACertificateIsRevokedByItsOwnKeyButNotByAnotherAccount) {
  register_account();
  const x509::Certificate certificate = obtain("a.test");
  key_ = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  register_account();
  EXPECT_EQ(post("revoke-cert", revocation(certificate)).problem(), "malformed");
  kid_.clear();
  EXPECT_EQ(post("revoke-cert", revocation(certificate)).problem(), "malformed");
  key_ = leaf_key_;
  EXPECT_EQ(post("revoke-cert", revocation(certificate)).status, 200);
}

TEST_F(AcmeTest, ADeactivatedAuthorizationEndsItsOrder) {
  register_account();
  const Reply ordered = order_name("a.test");
  const std::string authorization = ordered.body["authorizations"].items()[0].as_string();
  EXPECT_EQ(post_url(authorization, "{\"status\":\"deactivated\"}").body["status"].as_string(), "deactivated");
  EXPECT_EQ(post_url(ordered.location, "").body["status"].as_string(), "invalid");
}

TEST_F(AcmeTest, AnAccountChangesItsKeyWhenBothKeysSignSo) {
  register_account();
  const Reply ordered = order_name("a.test");
  const x509::PrivateKey fresh = *x509::PrivateKey::generate(x509::KeyType::ec, 256);
  const auto change = [&](const x509::PrivateKey& to, const x509::PrivateKey& from) {
    const Json header = Json::object({{"alg", "ES256"}, {"jwk", jwk_of(to.public_key())}, {"url", std::string(kMount) + "acme/key-change"}});
    const std::string payload = codec::write_json(Json::object({{"account", kid_}, {"oldKey", jwk_of(from.public_key())}}));
    const auto sign = [&](const std::string& text) { return *x509::sign_jws(to, "ES256", text); };
    return post("key-change", codec::write_json(signed_document(header, payload, sign)));
  };
  EXPECT_EQ(change(fresh, fresh).problem(), "malformed");
  const Reply same = change(key_, key_);
  EXPECT_EQ(same.status, 409);
  EXPECT_EQ(same.location, kid_);
  EXPECT_EQ(change(fresh, key_).status, 200);
  EXPECT_EQ(post_url(ordered.location, "").problem(), "malformed");  // signed by the old key
  key_ = fresh;
  EXPECT_EQ(post_url(ordered.location, "").status, 200);
  const std::string account = std::exchange(kid_, "");
  EXPECT_EQ(post("new-account", "{}").location, account);
}

TEST_F(AcmeTest, TidyingRemovesOrdersAndThenTheAccountsThatHaveNone) {
  const std::string begin = "POST tidy <- {\"tidy_acme\":true,\"safety_buffer\":\"1h\",\"acme_account_safety_buffer\":\"1h\",\"page_size\":6}";
  const auto tidied = [&] {
    operate(begin);
    std::string status;
    for (int turn = 0; turn < 50 && status.find("Finished") == std::string::npos; ++turn) {
      work();
      status = operate("GET tidy-status");
    }
    const Json shown = *codec::parse_json(status.substr(4));
    std::string counts;
    for (const char* name : {"total_acme_account_count", "acme_orders_deleted_count", "acme_account_revoked_count", "acme_account_deleted_count"}) {
      counts += shown[name].text() + " ";
    }
    return counts;
  };
  operate("POST acme/new-eab <- {}");
  register_account();
  obtain("a.test");
  for (int i = 0; i < 9; ++i) order_name("b.test");
  EXPECT_EQ(tidied(), "1 0 0 0 ");
  now_ += std::chrono::hours(26);  // orders without a certificate are over
  EXPECT_EQ(tidied(), "1 9 0 0 ");
  EXPECT_EQ(runner_.request("LIST eab").substr(0, 3), "404");
  now_ += std::chrono::hours(90 * 24);
  EXPECT_EQ(tidied(), "1 1 1 0 ");
  EXPECT_EQ(order_name("b.test").problem(), "unauthorized");
  now_ += std::chrono::hours(2);
  EXPECT_EQ(tidied(), "1 0 0 1 ");
  EXPECT_EQ(post("new-account", "{\"onlyReturnExisting\":true}").problem(), "accountDoesNotExist");
  EXPECT_EQ(tidied(), "0 0 0 0 ");
}

}  // namespace
}  // namespace bao::engines::pki
