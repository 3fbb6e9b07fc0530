// Devices of type http: what is sent, what counts as taken, and where such a device may not reach.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <thread>

#include "internal/core/audit/device.h"
#include "internal/core/audit/http_answer.h"
#include "internal/core/audit/http_target.h"
#include "internal/core/audit/table.h"
#include "internal/net/listening_socket.h"

namespace bao::core::audit {
namespace {

// Answers each request on a connection with the next of its answers; the last one for ever. "": it closes the connection instead.
class WebServer {
 public:
  explicit WebServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~WebServer() {
    socket_->wake();
    thread_.join();
  }
  std::string uri(const std::string& path) const { return "http://" + socket_->address() + path; }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  void serve() {
    while (true) {
      const auto accepted = socket_->accept();
      if (!accepted.ok()) return;
      {
        const std::lock_guard lock(mutex_);
        ++connections_;
      }
      while (answer_one(accepted->descriptor)) {
      }
      ::close(accepted->descriptor);
    }
  }
  // A whole request: head, and as many bytes as it says.
  bool answer_one(int descriptor) {
    std::string request;
    char byte = 0;
    size_t wanted = SIZE_MAX;
    while (request.size() < wanted && ::recv(descriptor, &byte, 1, 0) == 1) {
      request += byte;
      if (wanted == SIZE_MAX && request.ends_with("\r\n\r\n")) {
        const std::string label = "Content-Length: ";
        wanted = request.size() + std::stoul(request.substr(request.find(label) + label.size()));
      }
    }
    if (request.size() != wanted) return false;
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    const std::string answer = answers_[std::min(requests_.size(), answers_.size()) - 1];
    return !answer.empty() && ::send(descriptor, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  const std::unique_ptr<net::ListeningSocket> socket_ = std::move(*net::ListeningSocket::open("127.0.0.1:0"));
  const std::vector<std::string> answers_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  int connections_ = 0;
  std::thread thread_;
};

constexpr char kTaken[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

base::Result<std::unique_ptr<Device>> make(std::string_view table, Options options, const ServerOptions& allowed = {}) {
  MountEntry entry;
  entry.table = table;
  entry.path = "d/";
  entry.type = "http";
  entry.options = std::move(options);
  return Device::make(std::move(entry), "salt", allowed);
}

TEST(HttpDevice, PostsEachLineOverOneConnection) {
  WebServer server({kTaken});
  const auto device = *make(kDeclaredTable, {{"uri", server.uri("/in?a=b#c")}, {"headers", R"({"X-Key":["k1","k2"]})"}});
  ASSERT_TRUE(device->write("{\"n\":1}\n").ok());
  ASSERT_TRUE(device->write("{\"n\":2}\n").ok());
  EXPECT_EQ(server.connections(), 1);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_TRUE(requests[0].starts_with("POST /in?a=b HTTP/1.1\r\nHost: 127.0.0.1:")) << requests[0];
  EXPECT_NE(requests[0].find("X-Key: k1\r\nX-Key: k2\r\n"), std::string::npos);
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\n{\"n\":2}\n"));
}

TEST(HttpDevice, TakesStatusesOfSuccessAlone) {
  for (const char* status : {"302 Found", "400 Bad Request", "500 Internal Server Error"}) {
    WebServer server({"HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n\r\n"});
    const auto device = *make(kDeclaredTable, {{"uri", server.uri("/")}});
    const auto written = device->write("1\n");
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().message(), "failed to perform request: status code not 2xx: " + std::string(status).substr(0, 3));
  }
}

TEST(HttpDevice, MakesAConnectionAnewThatIsGone) {
  WebServer server({kTaken, "", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"});
  const auto device = *make(kDeclaredTable, {{"uri", server.uri("/")}});
  EXPECT_TRUE(device->write("1\n").ok());
  EXPECT_TRUE(device->write("2\n").ok());
  EXPECT_EQ(server.connections(), 2);
}

// S13: who may use the API must not reach, by way of the server, what he could not reach himself.
TEST(HttpDevice, OfTheApiReachesPublicAddressesAndWhatIsOpened) {
  WebServer server({kTaken});
  const auto closed = *make(kApiTable, {{"uri", server.uri("/")}});
  EXPECT_FALSE(closed->write("1\n").ok());
  EXPECT_EQ(server.connections(), 0);
  ServerOptions opened;
  opened.outbound = {"127.0.0.0/8"};
  EXPECT_TRUE((*make(kApiTable, {{"uri", server.uri("/")}}, opened))->write("1\n").ok());
}

// S13: nor read the server's files and variables.
TEST(HttpDevice, OfTheApiNamesNoValuesOfTheServer) {
  ASSERT_EQ(::setenv("BAO_AUDIT_TEST", "http://127.0.0.1:1/", 1), 0);
  EXPECT_TRUE(make(kDeclaredTable, {{"uri", "env://BAO_AUDIT_TEST"}}).ok());
  const auto error = [](Options options) { return make(kApiTable, std::move(options)).error().message(); };
  const std::string refused = "values that lie on the server are for devices of its configuration only";
  EXPECT_EQ(error({{"uri", "env://BAO_AUDIT_TEST"}}), "failed to resolve uri: " + refused);
  EXPECT_EQ(error({{"uri", "file:///etc/hostname"}}), "failed to resolve uri: " + refused);
  EXPECT_EQ(error({{"uri", "https://a/"}, {"headers", R"({"X":["file:///etc/hostname"]})"}}), "failed to parse header X: " + refused);
  EXPECT_EQ(error({{"uri", "https://a/"}, {"tls_ca_file", "/x"}}), "tls_ca_file is for devices of the server's configuration only");
}

TEST(HttpTarget, TakesHostsPortsAndPaths) {
  const auto target = [](const std::string& uri) { return *http_target({{"uri", uri}}, Maker::configuration); };
  EXPECT_EQ(target("https://log.test").port, 443);
  EXPECT_EQ(target("https://log.test").path, "/");
  EXPECT_EQ(target("http://[::1]:8/x").host, "::1");
  EXPECT_EQ(target("http://[::1]").port, 80);
  EXPECT_EQ(target("http://log.test?a=b").path, "/?a=b");
}

TEST(HttpTarget, RefusesWhatCannotBeSent) {
  const auto ok = [](Options options) { return http_target(options, Maker::configuration).ok(); };
  for (const char* uri : {"", "ftp://a", "log.test", "http://", "http://a:0/", "http://a:99999/", "http://user:secret@a/", "http://a/b c", "http://a/\r\nX: y", "env://NO_SUCH"}) {
    EXPECT_FALSE(ok({{"uri", uri}})) << uri;
  }
  EXPECT_EQ(http_target({}, Maker::api).error().message(), "uri is required");
  for (const char* headers : {"[]", "{", R"({"X":"y"})", R"({"X Y":["z"]})", R"({"X":["a\r\nY: b"]})", R"({"":["a"]})"}) {
    EXPECT_FALSE(ok({{"uri", "http://a/"}, {"headers", headers}})) << headers;
  }
}

TEST(HttpAnswer, IsReadInPieces) {
  const std::string whole = "HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nabc";
  HttpAnswer answer;
  for (size_t i = 0; i < whole.size(); ++i) {
    const auto complete = answer.take(whole.substr(i, 1));
    ASSERT_TRUE(complete.ok());
    EXPECT_EQ(*complete, i + 1 == whole.size());
  }
  EXPECT_EQ(answer.status(), 201);
  EXPECT_TRUE(answer.keeps_connection());
}

TEST(HttpAnswer, LeavesAConnectionWhoseBodyItDoesNotKnowTheEndOf) {
  for (const char* head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"}) {
    HttpAnswer answer;
    const auto complete = answer.take(head);
    ASSERT_TRUE(complete.ok() && *complete) << head;
    EXPECT_FALSE(answer.keeps_connection()) << head;
  }
}

TEST(HttpAnswer, RefusesWhatIsNoHttp) {
  EXPECT_FALSE(HttpAnswer().take("220 mail.test ESMTP\r\n\r\n").ok());
  EXPECT_FALSE(HttpAnswer().take("HTTP/1.1 abc\r\n\r\n").ok());
  EXPECT_FALSE(HttpAnswer().take(std::string(kHttpAnswerBytesMax + 1, 'x')).ok());
}

}  // namespace
}  // namespace bao::core::audit
