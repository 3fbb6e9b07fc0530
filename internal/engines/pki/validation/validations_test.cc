// The threads: what is submitted is decided once, what is forgotten tells nothing, and nobody waits for a silent server.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>

#include "internal/engines/pki/validation/attempt.h"
#include "internal/engines/pki/validation/limits.h"
#include "internal/engines/pki/validation/test_web_server.h"
#include "internal/net/test_dns_server.h"

namespace bao::engines::pki::acme {
namespace {

class Pool : public testing::Test {
 protected:
  Pool() : web_("127.0.0.1:0", [](const std::string&, const TestWebServer::Send& send) { (void)send(web_answer(200, "", "t.k")); }) {
    dns_.add_address("a.test", "127.0.0.1");
    dns_.be_silent_about("silent.test", asked_);
    rule_ = net::AddressRule::allowing({"127.0.0.1/32"}).value();
  }
  std::unique_ptr<Validations> make() { return make_validations(rule_, {.http = web_.port(), .https = 1}); }
  ValidationTask task(const std::string& id, const std::string& name) {
    ValidationTask out;
    out.id = id;
    out.identifier = name;
    out.token = "t";
    out.key_authorization = "t.k";
    out.dns_resolver = dns_.address();
    return out;
  }
  void wait_until_asked() {
    pollfd wanted{asked_.descriptor(), POLLIN, 0};
    ASSERT_EQ(::poll(&wanted, 1, 120'000), 1);
  }
  // All of them: the last is decided while this looks.
  static std::vector<ValidationOutcome> collect(Validations& validations, size_t count) {
    std::vector<ValidationOutcome> out;
    while (out.size() < count) {
      for (ValidationOutcome& outcome : validations.collect()) out.push_back(std::move(outcome));
      std::this_thread::yield();
    }
    return out;
  }

  net::Bell asked_;
  net::TestDnsServer dns_;
  TestWebServer web_;
  net::AddressRule rule_;
};

TEST_F(Pool, DecidesEachTaskOnce) {
  const auto validations = make();
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    ids.push_back("task-" + std::to_string(100 + i));
    ASSERT_TRUE(validations->submit(task(ids.back(), i % 2 == 0 ? "a.test" : "nobody.test")));
  }
  std::vector<std::string> decided;
  for (const ValidationOutcome& outcome : collect(*validations, ids.size())) {
    decided.push_back(outcome.id);
    const bool met = (outcome.id.back() - '0') % 2 == 0;
    EXPECT_EQ(outcome.problem, met ? Problem::none : Problem::dns) << outcome.detail;
  }
  std::sort(decided.begin(), decided.end());
  EXPECT_EQ(decided, ids);
  EXPECT_TRUE(validations->collect().empty());
  ASSERT_TRUE(validations->submit(task("later", "a.test")));
  EXPECT_EQ(collect(*validations, 1)[0].id, "later");
}

TEST_F(Pool, TakesNoMoreThanMayWait) {
  const auto validations = make();
  size_t taken = 0;
  while (taken <= kValidationsWaiting + kValidationThreads && validations->submit(task("x", "silent.test"))) ++taken;
  EXPECT_GE(taken, kValidationsWaiting);
  EXPECT_LE(taken, kValidationsWaiting + kValidationThreads);
}

TEST_F(Pool, EndsWhileAServerIsSilent) {
  const auto silent = std::move(net::ListeningSocket::open("127.0.0.1:0")).value();
  const auto port = static_cast<uint16_t>(std::stoi(silent->address().substr(silent->address().rfind(':') + 1)));
  auto validations = make_validations(rule_, {.http = port, .https = 1});
  ASSERT_TRUE(validations->submit(task("x", "a.test")));
  const net::Socket connection(silent->accept()->descriptor);
  const auto began = std::chrono::steady_clock::now();
  validations.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, kAttemptTime / 2);
}

TEST_F(Pool, ForgetsWhatWasUnderWay) {
  const auto validations = make();
  for (size_t i = 0; i < 2 * kValidationThreads; ++i) ASSERT_TRUE(validations->submit(task("before", "silent.test")));
  wait_until_asked();
  validations->clear();
  ASSERT_TRUE(validations->submit(task("after", "a.test")));
  const auto outcomes = collect(*validations, 1);
  EXPECT_EQ(outcomes[0].id, "after");
  EXPECT_EQ(outcomes[0].problem, Problem::none) << outcomes[0].detail;
  EXPECT_TRUE(validations->collect().empty());
}

TEST_F(Pool, PublicPortsAreThoseOfTheProtocol) {
  EXPECT_EQ(Ports().http, 80);
  EXPECT_EQ(Ports().https, 443);
}

}  // namespace
}  // namespace bao::engines::pki::acme
