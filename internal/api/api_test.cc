// What users of the client rely on: addresses read as Go reads them, errors in the reference's words.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "internal/api/address.h"
#include "internal/api/client.h"
#include "internal/api/test_server.h"

namespace bao::api {
namespace {

ClientOptions options_for(const std::string& address) {
  ClientOptions options;
  options.address = address;
  options.retries_max = 0;
  return options;
}

TEST(Address, IsReadAsGoReadsIt) {
  EXPECT_EQ(parse_address(":bad:").error().message(), "parse \":bad:\": missing protocol scheme");
  EXPECT_EQ(parse_address("http://h:x").error().message(), "parse \"http://h:x\": invalid port \":x\" after host");
  const auto plain = parse_address("https://[::1]:8200/prefix");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->host, "::1");
  EXPECT_EQ(plain->port, 8200);
  EXPECT_EQ(plain->path, "/prefix");
  EXPECT_EQ(parse_address("HTTPS://h")->port, 443);
  EXPECT_EQ(parse_address("unix:///run/bao.sock")->unix_socket, "/run/bao.sock");
  EXPECT_EQ(parse_address("127.0.0.1")->scheme, "");
}

TEST(Address, PathsAreCleanedAndEscaped) {
  EXPECT_EQ(join_path("", "/v1/a//b/./c/../d/"), "/v1/a/b/d");
  EXPECT_EQ(join_path("/prefix", "/v1/x"), "/prefix/v1/x");
  EXPECT_EQ(join_path("", "../.."), "/");
  EXPECT_EQ(escape_path("/a b/ü%?#@:"), "/a%20b/%C3%BC%25%3F%23@:");
  EXPECT_EQ(encode_query({{"b", "2 3"}, {"a", "x&y"}, {"b", "1"}}), "a=x%26y&b=2+3&b=1");
}

TEST(ErrorText, IsTheReferences) {
  HttpResponse response{403, {}, R"({"errors":["permission denied"]})", "http://h/v1/x", "GET"};
  EXPECT_EQ(error_text(response), "Error making API request.\n\nURL: GET http://h/v1/x\nCode: 403. Errors:\n\n* permission denied");
  response.headers = {{"x-vault-namespace", "team/"}};
  EXPECT_EQ(error_text(response),
            "Error making API request.\n\nNamespace: team/\nURL: GET http://h/v1/x\nCode: 403. Errors:\n\n* permission denied");
  response = {400, {}, "plain words\n", "http://h/v1/x", "PUT"};
  EXPECT_EQ(error_text(response), "Error making API request.\n\nURL: PUT http://h/v1/x\nCode: 400. Raw Message:\n\nplain words\n");
}

TEST(Client, SendsWhatItIsToldTo) {
  TestServer server({answer("200 OK", "{}", "X-Extra: yes\r\n")});
  ClientOptions options = options_for(server.address());
  options.token = "s.t";
  options.namespace_path = "team/";
  options.wrap_ttl = "5m0s";
  options.headers = {{"x-mine", "1"}};
  Client client(options);
  const auto response = client.send({"PATCH", "/v1/a b", {{"q", "1"}}, "{\"x\":1}", "application/merge-patch+json"});
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(*response->header("x-extra"), "yes");
  const std::string& asked = server.asked().at(0);
  EXPECT_EQ(asked.find("PATCH /v1/a%20b?q=1 HTTP/1.1\r\n"), 0u);
  for (const char* line : {"X-Vault-Token: s.t\r\n", "X-Vault-Namespace: team/\r\n", "X-Vault-Wrap-Ttl: 5m0s\r\n", "X-Mine: 1\r\n",
                           "X-Vault-Request: true\r\n", "Content-Type: application/merge-patch+json\r\n"}) {
    EXPECT_NE(asked.find(line), std::string::npos) << line;
  }
}

TEST(Client, FollowsOneRedirect) {
  TestServer second({answer("200 OK", "there")});
  TestServer first({answer("307 Temporary Redirect", "", "Location: " + second.address() + "/v1/y\r\n")});
  Client client(options_for(first.address()));
  const auto response = client.send({"GET", "/v1/x", {}, {}, ""});
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->body, "there");
  EXPECT_EQ(response->url, second.address() + "/v1/y");
}

TEST(Client, LeavesRedirectsAloneWhenTold) {
  TestServer server({answer("307 Temporary Redirect", "", "Location: /v1/y\r\n")});
  ClientOptions options = options_for(server.address());
  options.no_redirect = true;
  EXPECT_EQ(Client(options).send({"GET", "/v1/x", {}, {}, ""})->status, 307);
}

TEST(Client, SaysWhyThereIsNoAnswer) {
  // A port that was free a moment ago: nothing listens there.
  const int taken = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(taken, reinterpret_cast<sockaddr*>(&name), sizeof(name));
  socklen_t size = sizeof(name);
  getsockname(taken, reinterpret_cast<sockaddr*>(&name), &size);
  const std::string host = "127.0.0.1:" + std::to_string(ntohs(name.sin_port));
  const auto refused = Client(options_for("http://" + host)).send({"PUT", "/v1/x", {}, "{}", ""});
  EXPECT_EQ(refused.error().message(), "Put \"http://" + host + "/v1/x\": dial tcp " + host + ": connect: connection refused");
  close(taken);
  EXPECT_EQ(Client(options_for("127.0.0.1")).send({"GET", "/v1/x", {}, {}, ""}).error().message(),
            "Get \"127.0.0.1/v1/x\": unsupported protocol scheme \"\"");
  EXPECT_EQ(Client(options_for("unix:///no/such.sock")).send({"GET", "/v1/x", {}, {}, ""}).error().message(),
            "Get \"http://localhost/v1/x\": dial unix /no/such.sock: connect: no such file or directory");
}

// Keeps what its answers bring, as a file would.
struct Received {
  std::vector<std::string> answers;
  base::Status says;
  std::function<base::Result<HttpRequest::TakePiece>()> receiver() {
    return [this]() -> base::Result<HttpRequest::TakePiece> {
      answers.emplace_back();
      return HttpRequest::TakePiece([this](std::string_view piece) {
        answers.back() += piece;
        return says;
      });
    };
  }
};

TEST(Client, ALargeAnswerGoesToItsReceiverPieceByPiece) {
  const std::string large(300'000, 'a');
  TestServer server({answer("200 OK", large)});
  Received received;
  uint64_t done = 0;
  const auto response = Client(options_for(server.address()))
                            .send({.method = "GET", .path = "/v1/x", .query = {}, .body = {}, .content_type = "",
                                   .progress = [&](uint64_t bytes, uint64_t) { done = bytes; }, .receive = received.receiver()});
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->body, "");
  ASSERT_EQ(received.answers.size(), 1u);
  EXPECT_TRUE(received.answers[0] == large);
  EXPECT_EQ(done, large.size());
}

TEST(Client, AnErrorIsNotWhatAReceiverWaitsFor) {
  TestServer server({answer("403 Forbidden", "{\"errors\":[\"no\"]}")});
  Received received;
  const auto response = Client(options_for(server.address()))
                            .send({.method = "GET", .path = "/v1/x", .query = {}, .body = {}, .content_type = "", .receive = received.receiver()});
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->body, "{\"errors\":[\"no\"]}");
  EXPECT_TRUE(received.answers.empty());
}

TEST(Client, AnAnswerThatBrokeOffIsReceivedAnewFromItsBeginning) {
  const std::string whole = answer("200 OK", std::string(100'000, 'a'));
  TestServer server({whole.substr(0, whole.size() / 2), whole});
  Received received;
  ClientOptions options = options_for(server.address());
  options.retries_max = 1;
  const auto response =
      Client(options).send({.method = "GET", .path = "/v1/x", .query = {}, .body = {}, .content_type = "", .receive = received.receiver()});
  ASSERT_TRUE(response.ok()) << response.error().message();
  ASSERT_EQ(received.answers.size(), 2u);
  EXPECT_EQ(received.answers[1].size(), 100'000u);
}

// A full disk is the client's own: nobody is asked again.
TEST(Client, WhatAReceiverRefusesIsTheErrorOfTheRequest) {
  TestServer server({answer("200 OK", std::string(100'000, 'a'))});
  Received received;
  received.says = base::Error(base::Code::unavailable, "the disk is full");
  ClientOptions options = options_for(server.address());
  options.retries_max = 1;
  const auto response =
      Client(options).send({.method = "GET", .path = "/v1/x", .query = {}, .body = {}, .content_type = "", .receive = received.receiver()});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code(), base::Code::invalid);
  EXPECT_EQ(response.error().message(), "the disk is full");
  EXPECT_EQ(received.answers.size(), 1u);
}

TEST(Client, ALargeBodyIsSentFromWhereItLies) {
  const std::string body(3000, 'b');
  TestServer server({answer("204 No Content", "")});
  uint64_t done = 0;
  {
    const auto response = Client(options_for(server.address()))
                              .send({.method = "POST", .path = "/v1/x", .query = {}, .body = {}, .content_type = "application/gzip",
                                     .progress = [&](uint64_t bytes, uint64_t) { done = bytes; }, .large_body = body});
    ASSERT_TRUE(response.ok()) << response.error().message();
    EXPECT_EQ(response->status, 204);
  }
  EXPECT_EQ(done, body.size());
  EXPECT_NE(server.asked()[0].find("Content-Length: 3000\r\n"), std::string::npos) << server.asked()[0];
}

TEST(Client, RefusesWhatWouldBreakTheRequest) {
  ClientOptions options = options_for("http://127.0.0.1:1");
  options.token = "bad\ntoken";
  EXPECT_EQ(Client(options).send({"GET", "/v1/x", {}, {}, ""}).error().message(),
            "configured Vault token contains non-printable characters and cannot be used");
  options.token = "";
  options.headers = {{"X-A", "1\r\nX-Vault-Token: stolen"}};
  EXPECT_FALSE(Client(options).send({"GET", "/v1/x", {}, {}, ""}).ok());
}

TEST(Tls, FilesAreCheckedBeforeAnythingIsSent) {
  TlsOptions tls;
  tls.ca_cert_file = "absent.pem";
  EXPECT_EQ(check_tls(tls).error().message(), "Error loading CA File: open absent.pem: no such file or directory");
  tls = {};
  tls.ca_cert_pem = "garbage";
  EXPECT_EQ(check_tls(tls).error().message(), "Error appending CA: Couldn't parse PEM");
  tls = {};
  tls.ca_path = "absent";
  EXPECT_EQ(check_tls(tls).error().message(), "lstat absent: no such file or directory");
  tls = {};
  tls.client_key_file = "k.pem";
  EXPECT_EQ(check_tls(tls).error().message(), "both client cert and client key must be provided");
}

TEST(Client, AnswersOverAnythingButHttpAreErrors) {
  TestServer server({"not http at all\r\n\r\n"});
  EXPECT_FALSE(Client(options_for(server.address())).send({"GET", "/v1/x", {}, {}, ""}).ok());
}

TEST(Client, HttpsToAPlainServerIsNamed) {
  TestServer server({answer("400 Bad Request", "plain")}, TestServer::After::first_bytes);
  const std::string address = "https" + server.address().substr(4);
  EXPECT_EQ(Client(options_for(address)).send({"GET", "/v1/x", {}, {}, ""}).error().message(),
            "Get \"" + address + "/v1/x\": http: server gave HTTP response to HTTPS client");
}

}  // namespace
}  // namespace bao::api
