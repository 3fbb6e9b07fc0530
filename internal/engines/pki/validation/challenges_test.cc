// The three challenges against servers of the test's on loopback, honest and lying. Every wait is for an event.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/tls.h"
#include "internal/engines/pki/validation/attempt.h"
#include "internal/engines/pki/validation/limits.h"
#include "internal/engines/pki/validation/test_web_server.h"
#include "internal/net/test_dns_server.h"

namespace bao::engines::pki::acme {
namespace {

using Send = TestWebServer::Send;

const std::string kAuthorization = "tok-en.thumb_print";

class Challenges : public testing::Test {
 protected:
  Challenges() {
    task_.identifier = "a.test";
    task_.token = "tok-en";
    task_.key_authorization = kAuthorization;
    task_.dns_resolver = dns_.address();
    dns_.add_address("a.test", "127.0.0.1");
  }
  // What is served at 127.0.0.1, and at other addresses at the same port.
  void serve(TestWebServer::Answer answer, const std::vector<std::string>& other_addresses = {}) {
    servers_.push_back(std::make_unique<TestWebServer>("127.0.0.1:0", answer));
    ports_.http = servers_[0]->port();
    for (const std::string& other : other_addresses)
      servers_.push_back(std::make_unique<TestWebServer>(other + ":" + std::to_string(ports_.http), answer));
  }
  void serve(const std::string& bytes) {
    serve([bytes](const std::string&, const Send& send) { (void)send(bytes); });
  }
  Verdict look(Verdict (*at)(const ValidationTask&, const Attempt&) = http_01) {
    return at(task_, {rule_, ports_, {bell_, until_, goes_on_}});
  }
  size_t requests() {
    size_t count = 0;
    for (const auto& server : servers_) count += server->requests().size();
    return count;
  }

  static constexpr char kPath[] = "http-01: GET http://a.test/.well-known/acme-challenge/tok-en: ";
  static constexpr char kRefused[] = " has no address that this server connects to: those that are not public have to be opened by its "
                                     "configuration (outbound_requests)";
  net::TestDnsServer dns_;
  ValidationTask task_;
  net::AddressRule rule_ = net::AddressRule::allowing({"127.0.0.0/24", "::1/128"}).value();
  Ports ports_{1, 1};
  net::Bell bell_;
  net::SteadyTime until_ = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  std::function<bool()> goes_on_ = [] { return true; };
  std::vector<std::unique_ptr<TestWebServer>> servers_;
};

struct Http01 : Challenges {};
struct Dns01 : Challenges {};

TEST_F(Http01, IsMetByTheKeyAuthorization) {
  serve(web_answer(200, "", kAuthorization + "\r\n "));
  EXPECT_EQ(look().detail, "");
  EXPECT_EQ(look().problem, Problem::none);
  EXPECT_EQ(servers_[0]->requests()[0],
            "GET /.well-known/acme-challenge/tok-en HTTP/1.1\r\nHost: a.test\r\nUser-Agent: bao\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

TEST_F(Http01, IsMetAtAnAddressInPlaceOfAName) {
  serve(web_answer(200, "", kAuthorization));
  task_.identifier_type = IdentifierType::ip;
  task_.identifier = "127.0.0.1";
  EXPECT_EQ(look().problem, Problem::none);
  task_.identifier = "127.0.1.1";
  EXPECT_EQ(look().detail, "http-01: GET http://127.0.1.1/.well-known/acme-challenge/tok-en: 127.0.1.1" + std::string(kRefused));
}

TEST_F(Http01, IsNotMetByAnythingElse) {
  const std::string secret = "what stands at an address that the client cannot see";
  serve(web_answer(200, "", secret));
  const Verdict verdict = look();
  EXPECT_EQ(verdict.problem, Problem::incorrect_response);
  EXPECT_EQ(verdict.detail, std::string(kPath) + "the answer is not the key authorization");
}

TEST_F(Http01, NeedsAStatusOf200) {
  serve(web_answer(404, "", kAuthorization));
  EXPECT_EQ(look().detail, std::string(kPath) + "the answer's status is 404");
}

TEST_F(Http01, TriesIpv4WhereIpv6DoesNotAnswer) {
  dns_.add_address("a.test", "::1");
  serve(web_answer(200, "", kAuthorization));  // nobody listens at ::1
  EXPECT_EQ(look().problem, Problem::none);
}

TEST_F(Http01, PrefersIpv6) {
  dns_.add_address("a.test", "::1");
  serve(web_answer(404, "", ""));
  servers_.push_back(std::make_unique<TestWebServer>("[::1]:" + std::to_string(ports_.http), [](const std::string&, const Send& send) {
    (void)send(web_answer(200, "", kAuthorization));
  }));
  EXPECT_EQ(look().problem, Problem::none);
}

TEST_F(Http01, FollowsAliasesToTheirAddress) {
  dns_.add_alias("alias.test", "b.test");
  dns_.add_alias("b.test", "a.test");
  task_.identifier = "alias.test";
  serve(web_answer(200, "", kAuthorization));
  EXPECT_EQ(look().problem, Problem::none);
}

TEST_F(Http01, NeverDialsAnAddressThatIsNotOpen) {
  rule_ = net::AddressRule();
  serve(web_answer(200, "", kAuthorization));
  const Verdict verdict = look();
  EXPECT_EQ(verdict.problem, Problem::connection);
  EXPECT_EQ(verdict.detail, std::string(kPath) + "a.test" + kRefused);
  EXPECT_EQ(requests(), 0u);
}

TEST_F(Http01, OfAMixDialsOnlyWhatIsOpen) {
  dns_.add_address("mix.test", "127.0.1.7");
  dns_.add_address("mix.test", "::ffff:127.0.1.7");
  dns_.add_address("mix.test", "127.0.0.1");
  task_.identifier = "mix.test";
  serve([](const std::string&, const Send& send) { (void)send(web_answer(200, "", kAuthorization)); }, {"127.0.1.7"});
  EXPECT_EQ(look().problem, Problem::none);
  EXPECT_EQ(servers_[0]->requests().size(), 1u);
  EXPECT_EQ(servers_[1]->requests().size(), 0u);
}

TEST_F(Http01, FollowsRedirectsToOtherHosts) {
  dns_.add_address("b.test", "127.0.0.2");
  serve([](const std::string& request, const Send& send) {
    const bool first = request.find("Host: a.test") != std::string::npos;
    (void)send(first ? web_answer(302, "Location: http://b.test/elsewhere\r\n", "moved") : web_answer(200, "", kAuthorization));
  }, {"127.0.0.2"});
  EXPECT_EQ(look().problem, Problem::none);
  EXPECT_TRUE(servers_[1]->requests()[0].starts_with("GET /elsewhere HTTP/1.1\r\nHost: b.test\r\n"));
}

TEST_F(Http01, ARedirectLeadsToNoAddressThatIsNotOpen) {
  dns_.add_address("inner.test", "127.0.1.2");
  for (const std::string host : {"inner.test", "127.0.1.2", "[::ffff:127.0.1.2]", "169.254.169.254"}) {
    servers_.clear();
    serve([host](const std::string&, const Send& send) { (void)send(web_answer(301, "Location: http://" + host + "/x\r\n", "")); }, {"127.0.1.2"});
    const Verdict verdict = look();
    EXPECT_EQ(verdict.problem, Problem::connection) << host;
    EXPECT_NE(verdict.detail.find("has no address that this server connects to"), std::string::npos) << verdict.detail;
    EXPECT_EQ(servers_[1]->requests().size(), 0u);
  }
}

TEST_F(Http01, ARedirectLeadsToNoOtherPort) {
  serve(web_answer(307, "Location: http://a.test:" + std::to_string(22) + "/x\r\n", ""));
  EXPECT_EQ(look().detail, std::string(kPath) + "the redirect leads to another port than 80 of http or 443 of https");
}

TEST_F(Http01, EndsWhereRedirectsGoInCircles) {
  serve(web_answer(302, "Location: /again\r\n", ""));
  EXPECT_EQ(look().detail, "http-01: GET http://a.test/again: too many redirects");
  EXPECT_EQ(requests(), static_cast<size_t>(kRedirectsMax) + 1);
}

TEST_F(Http01, ARedirectNeedsAPlace) {
  serve(web_answer(302, "", ""));
  EXPECT_EQ(look().detail, std::string(kPath) + "a redirect to nowhere");
}

TEST_F(Http01, AnEndlessBodyIsNotReadToItsEnd) {
  serve([](const std::string&, const Send& send) {
    if (!send("HTTP/1.1 200 OK\r\n\r\n")) return;
    while (send(std::string(4096, 'x'))) {}
  });
  EXPECT_EQ(look().detail, std::string(kPath) + "the answer's body is larger than 512 bytes");
}

TEST_F(Http01, EndlessHeadersAreNotReadToTheirEnd) {
  serve([](const std::string&, const Send& send) {
    if (!send("HTTP/1.1 200 OK\r\n")) return;
    while (send("X: " + std::string(4096, 'x') + "\r\n")) {}
  });
  EXPECT_EQ(look().detail, std::string(kPath) + "the answer's head is too large");
}

// One byte, and then nothing as long as the client waits.
TEST_F(Http01, ASlowServerIsLeftWhenNobodyWantsItsAnswer) {
  std::promise<void> left;
  serve([this, gone = left.get_future().share()](const std::string&, const Send& send) {
    (void)send("H");
    bell_.ring();
    gone.wait();
  });
  goes_on_ = [] { return false; };
  const Verdict verdict = look();
  left.set_value();
  EXPECT_EQ(verdict.problem, Problem::connection);
}

TEST_F(Http01, EndsWhenItsTimeHasCome) {
  serve(web_answer(200, "", kAuthorization));
  until_ = std::chrono::steady_clock::now();
  EXPECT_NE(look().problem, Problem::none);
}

TEST_F(Http01, SaysWhatDnsSaid) {
  task_.identifier = "nobody.test";
  Verdict verdict = look();
  EXPECT_EQ(verdict.problem, Problem::dns);
  EXPECT_EQ(verdict.detail, "http-01: GET http://nobody.test/.well-known/acme-challenge/tok-en: looking up nobody.test: no such name");
  task_.identifier = "a b.test";
  EXPECT_EQ(look().problem, Problem::dns);
}

TEST_F(Http01, RefusedConnectionsAreToldAsSuch) {
  serve("");
  servers_.clear();
  EXPECT_EQ(look().detail, std::string(kPath) + "dial tcp 127.0.0.1:" + std::to_string(ports_.http) + ": Connection refused");
}

// Whoever answers https is nobody in particular; its certificate is the development server's here.
TEST_F(Http01, ARedirectToHttpsIsFollowedWithoutTrust) {
  std::string made = std::filesystem::temp_directory_path() / "bao-validation-XXXXXX";
  ASSERT_NE(mkdtemp(made.data()), nullptr);
  const auto files = crypto::make_development_certificate(made, {"other.test"});
  crypto::TlsServerOptions options;
  options.certificate_file = files->certificate_file;
  options.key_file = files->key_file;
  const auto context = std::move(crypto::TlsContext::server(options)).value();
  const auto listening = std::move(net::ListeningSocket::open("127.0.0.1:0")).value();
  ports_.https = static_cast<uint16_t>(std::stoi(listening->address().substr(listening->address().find(':') + 1)));
  std::thread secure([&] {
    const auto accepted = listening->accept();
    if (!accepted.ok()) return;
    auto stream = crypto::TlsStream::accept(*context, accepted->descriptor, std::chrono::seconds(60));
    char bytes[4096];
    const std::string answer = web_answer(200, "", kAuthorization);
    if (stream.ok() && (*stream)->read(bytes, sizeof bytes).ok()) (void)(*stream)->write(answer.data(), answer.size());
    ::close(accepted->descriptor);
  });
  serve(web_answer(308, "Location: https://a.test/secure\r\n", ""));
  EXPECT_EQ(look().detail, "");
  listening->wake();
  secure.join();
  std::filesystem::remove_all(made);
}

// ---- dns-01

std::string digest() { return codec::to_base64url(crypto::sha256(kAuthorization)); }

TEST_F(Dns01, IsMetByOneOfSeveralRecords) {
  dns_.add_text("_acme-challenge.a.test", {"something else"});
  dns_.add_text("_acme-challenge.a.test", {digest().substr(0, 10), digest().substr(10)});
  EXPECT_EQ(look(dns_01).detail, "");
}

TEST_F(Dns01, IsMetBehindAnAlias) {
  dns_.add_alias("_acme-challenge.a.test", "a.challenges.test");
  dns_.add_text("a.challenges.test", {digest()});
  EXPECT_EQ(look(dns_01).detail, "");
}

TEST_F(Dns01, IsNotMetByOtherTexts) {
  dns_.add_text("_acme-challenge.a.test", {kAuthorization});
  dns_.add_text("_acme-challenge.a.test", {digest() + "x"});
  const Verdict verdict = look(dns_01);
  EXPECT_EQ(verdict.problem, Problem::incorrect_response);
  EXPECT_EQ(verdict.detail, "dns-01: none of the TXT records of _acme-challenge.a.test (2) is the digest of the key authorization");
}

TEST_F(Dns01, FindsItAmongAGreatManyRecords) {
  for (int i = 0; i < 100; ++i) dns_.add_text("_acme-challenge.a.test", {std::string(255, 'x'), std::string(255, 'y')});
  dns_.add_text("_acme-challenge.a.test", {digest()});
  EXPECT_EQ(look(dns_01).detail, "");
}

TEST_F(Dns01, SaysWhenThereIsNoRecord) {
  EXPECT_EQ(look(dns_01).detail, "dns-01: looking up _acme-challenge.a.test: no such name");
  task_.identifier_type = IdentifierType::ip;
  EXPECT_EQ(look(dns_01).problem, Problem::unauthorized);
}

}  // namespace
}  // namespace bao::engines::pki::acme
