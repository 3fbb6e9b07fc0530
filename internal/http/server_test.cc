// What bad input and bad clients get, over real sockets, in front of a real core.
#include "internal/http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "internal/base/log.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

using testing::TestCore;

// A client that says exactly what the test says. Reads wait for the server, never for time.
class Client {
 public:
  explicit Client(const std::string& address) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    inet_pton(AF_INET, address.substr(0, address.rfind(':')).c_str(), &to.sin_addr);
    EXPECT_EQ(connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~Client() { close(descriptor_); }
  // False when the server has ended the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void end_of_requests() { shutdown(descriptor_, SHUT_WR); }
  // One answer: head and body; "" when the connection ended before.
  std::string answer(bool with_body = true) {
    while (read_.find("\r\n\r\n") == std::string::npos) {
      if (!read_more()) return "";
    }
    size_t size = read_.find("\r\n\r\n") + 4;
    const size_t length = read_.find("Content-Length: ");
    if (with_body && length < size) size += static_cast<size_t>(std::stoul(read_.substr(length + 16)));
    while (read_.size() < size) {
      if (!read_more()) return "";
    }
    const std::string answer = read_.substr(0, size);
    read_.erase(0, size);
    return answer;
  }
  int status() {
    const std::string text = answer();
    return text.size() > 12 ? std::stoi(text.substr(9, 3)) : 0;
  }
  // Whether the server has ended the connection by now.
  bool ended() {
    char byte;
    const ssize_t got = recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
  }
  // What comes next; "" at the end.
  std::string some() {
    if (read_.empty()) (void)read_more();
    return std::exchange(read_, "");
  }
  // What comes up to the end of an answer in chunks.
  std::string rest_of_chunks() {
    while (!read_.ends_with("\r\n0\r\n\r\n") && read_more()) {
    }
    return std::exchange(read_, "");
  }
  // Waits for the server to end the connection; what came before that.
  std::string rest() {
    while (read_more()) {
    }
    return std::exchange(read_, "");
  }

 private:
  bool read_more() {
    char bytes[4096];
    const ssize_t got = recv(descriptor_, bytes, sizeof bytes, 0);
    if (got > 0) read_.append(bytes, static_cast<size_t>(got));
    return got > 0;
  }
  int descriptor_;
  std::string read_;
};

struct HttpServer : ::testing::Test {
  HttpServer() { options.address = "127.0.0.1:0"; options.tls = false; }
  void start() {
    server = std::make_unique<Server>(node.core(), std::vector<ListenerOptions>{options});
    const base::Status started = server->start();
    ASSERT_TRUE(started.ok()) << (started.ok() ? "" : started.error().message());
    address = server->addresses().front();
  }
  std::string request(std::string_view method, std::string_view path, std::string_view body = "") const {
    return std::string(method) + " /v1/" + std::string(path) + " HTTP/1.1\r\nHost: h\r\nX-Vault-Token: " + node.root_token() +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  int status_of(const std::string& text) {
    Client client(address);
    client.send(text);
    return client.status();
  }
  TestCore node;
  ListenerOptions options;
  std::unique_ptr<Server> server;
  std::string address;
};

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

TEST_F(HttpServer, CustomHeadersAreExchangedUnderOpenConnections) {
  options.custom_headers = {{"default", {{"X-Site", "old"}}}};
  start();
  Client client(address);
  client.send(request("GET", "sys/health"));
  EXPECT_NE(client.answer().find("X-Site: old\r\n"), std::string::npos);
  server->set_custom_headers(0, {{"2xx", {{"X-Site", "new"}}}});
  client.send(request("GET", "sys/health"));
  EXPECT_NE(client.answer().find("X-Site: new\r\n"), std::string::npos);
  client.send(request("GET", "nowhere/x"));
  EXPECT_EQ(client.answer().find("X-Site"), std::string::npos);
}

// sys/monitor: a body that goes on
TEST_F(HttpServer, TheLogIsStreamedInChunksAsItIsWrittenUntilTheServerEnds) {
  start();
  Client watching(address), other(address);
  watching.send(request("GET", "sys/monitor?log_level=debug&log_format=json"));
  const std::string head = watching.answer(false);
  EXPECT_EQ(head.find("HTTP/1.1 200 OK\r\n"), 0u) << head;
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
  base::log_debug("core", "seen from outside");
  other.send(request("GET", "sys/health"));
  EXPECT_EQ(other.status(), 200) << "others are served meanwhile";
  std::string seen;
  while (seen.find("\"@message\":\"seen from outside\"") == std::string::npos) {
    const std::string more = watching.some();
    ASSERT_FALSE(more.empty()) << seen;
    seen += more;
  }
  server->drain(std::chrono::seconds(20));
  EXPECT_TRUE((seen + watching.rest()).ends_with("\r\n0\r\n\r\n")) << "the body ends as it should";
}

TEST_F(HttpServer, WhoWatchesTheLogInAnUnknownWayIsRefused) {
  start();
  EXPECT_EQ(status_of(request("GET", "sys/monitor?log_level=loud")), 400);
  EXPECT_EQ(status_of(request("GET", "sys/monitor?log_format=xml")), 400);
}

// sys/pprof/profile: what takes its time, and is ended by whoever asked
TEST_F(HttpServer, ACpuProfileIsTakenOneAtATimeAndEndsWithWhoeverAsked) {
  start();
  const auto ask = [&](Client& client, std::string_view seconds) {
    client.send(request("GET", "sys/pprof/profile?seconds=" + std::string(seconds)));
    return client.answer(false);
  };
  auto watching = std::make_unique<Client>(address);
  EXPECT_EQ(ask(*watching, "80").find("HTTP/1.1 200 OK\r\n"), 0u);
  const std::string busy = request("GET", "sys/pprof/profile?seconds=1");
  Client second(address);
  second.send(busy);
  const std::string refused = second.answer();
  EXPECT_EQ(refused.find("HTTP/1.1 500 "), 0u) << refused;
  EXPECT_EQ(body_of(refused), "Could not enable CPU profiling: cpu profiling already in use\n");
  watching.reset();
  std::string taken;
  while (taken.find("HTTP/1.1 200 OK\r\n") != 0) {  // until the server saw that the first one left
    Client next(address);
    taken = ask(next, "1");
    if (taken.find("HTTP/1.1 200 OK\r\n") == 0) taken += next.rest_of_chunks();
  }
  EXPECT_NE(taken.find("Content-Disposition: attachment; filename=\"profile\"\r\n"), std::string::npos) << taken;
  EXPECT_NE(taken.find("\x1f\x8b"), std::string::npos) << "gzip";
  EXPECT_EQ(status_of(request("GET", "sys/pprof/profile?seconds=91")), 400);
}

TEST_F(HttpServer, AListenerMayLetAnybodyLookIntoTheProcess) {
  const auto ask = [this](std::string_view method, std::string_view path) {
    Client client(address);
    client.send(std::string(method) + " /v1/sys/pprof/" + std::string(path) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    return client.answer();
  };
  const auto status = [&](std::string_view method, std::string_view path) { return std::stoi(ask(method, path).substr(9, 3)); };
  start();
  EXPECT_EQ(status("GET", "heap"), 403) << "unless it is told to, it does not";
  server->drain(std::chrono::seconds(20));
  options.profiles_for_anybody = true;
  start();
  EXPECT_EQ(body_of(ask("GET", "heap")).substr(0, 2), "\x1f\x8b") << "a gzip'ed profile";
  EXPECT_NE(body_of(ask("GET", "goroutine?debug=1")).find("threads: total "), std::string::npos);
  EXPECT_EQ(body_of(ask("GET", "symbol?0x1+0x2")), "num_symbols: 1\n0x1 0x1\n0x2 0x2\n");
  EXPECT_EQ(status("GET", ""), 200);
  EXPECT_EQ(status("GET", "profile?seconds=91"), 400);
  EXPECT_EQ(status("GET", "nothing"), 404);
  EXPECT_EQ(status("POST", "heap"), 405);
  EXPECT_EQ(status_of("GET /v1/sys/host-info HTTP/1.1\r\nHost: h\r\n\r\n"), 403) << "nothing else is told";
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_EQ(status("GET", "heap"), 200) << "a sealed node may be looked into";
}

TEST_F(HttpServer, ANumberBeyondFloatingPointIsRefusedInTheReferencesWords) {
  start();
  for (const char* number : {"1e999", "-1e400", "1.8e308"}) {
    Client client(address);
    client.send(request("POST", "cubbyhole/x", std::string("{\"a\":[{\"b\":") + number + "}]}"));
    const std::string answer = client.answer();
    EXPECT_NE(answer.find("400 "), std::string::npos);
    EXPECT_NE(answer.find(std::string("cannot unmarshal number ") + number + " into Go value of type float64"), std::string::npos) << answer;
  }
  EXPECT_EQ(status_of(request("POST", "cubbyhole/x", "{\"a\":1e-999,\"b\":123456789012345678901234567890}")), 204);
}

TEST_F(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
  start();
  Client client(address);
  client.send(request("GET", "sys/health"));
  const std::string first = client.answer();
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\n")) << first;
  for (const std::string_view header : {"Cache-Control: no-store\r\n", "Content-Type: application/json\r\n",
                                        "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"}) {
    EXPECT_NE(first.find(header), std::string::npos) << first;
  }
  client.send(request("GET", "sys/nothing-here"));
  EXPECT_EQ(client.status(), 404);
  client.send(request("HEAD", "sys/health"));
  EXPECT_TRUE(client.answer(false).starts_with("HTTP/1.1 200"));
  client.send(request("GET", "nowhere/x"));
  EXPECT_EQ(body_of(client.answer()), "{\"errors\":[\"no handler for route \\\"nowhere/x\\\". route entry not found.\"]}\n");
}

TEST_F(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  start();
  Client client(address);
  client.send(request("GET", "sys/seal-status") + request("POST", "sys/health") + request("GET", "sys/init"));
  EXPECT_NE(client.answer().find("\"sealed\":false"), std::string::npos);
  EXPECT_EQ(client.status(), 405);
  EXPECT_EQ(body_of(client.answer()), "{\"initialized\":true}\n");
}

TEST_F(HttpServer, AHalfClosedConnectionGetsItsAnswer) {
  start();
  Client client(address);
  client.send(request("GET", "sys/init"));
  client.end_of_requests();
  EXPECT_EQ(client.status(), 200);
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServer, BadPathsAndBodiesAreRefused) {
  start();
  EXPECT_EQ(status_of(request("GET", "a/../b")), 307);
  EXPECT_EQ(status_of(request("GET", "a/%2e%2e/b")), 400);
  EXPECT_EQ(status_of(request("GET", "a%00b")), 400);
  EXPECT_EQ(status_of(request("GET", "a%ffb")), 400);
  EXPECT_EQ(status_of(request("GET", "%zz")), 400);
  EXPECT_EQ(status_of(request("POST", "sys/mounts/x", "{\"type\":")), 400);
  EXPECT_EQ(status_of(request("POST", "sys/mounts/x", std::string(100'000, '['))), 400);
  EXPECT_EQ(status_of(request("POST", "sys/mounts/x", "{\"a\":" + std::string(100'000, '{'))), 400);
  EXPECT_EQ(status_of(request("POST", "sys/mounts/x/", "{}")), 400);
  EXPECT_EQ(status_of(request("BREW", "sys/mounts")), 405);
}

TEST_F(HttpServer, LargeBodiesAreRefusedBeforeTheyAreRead) {
  start();
  Client client(address);
  client.send("PUT /v1/a HTTP/1.1\r\nHost: h\r\nContent-Length: 34603008\r\n\r\n");  // 33 MiB
  const std::string answer = client.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
  EXPECT_EQ(body_of(answer), "{\"errors\":[\"http: request body too large\"]}\n");
}

TEST_F(HttpServer, AnEndlessChunkedBodyEnds) {
  options.body_bytes_max = 100'000;
  start();
  Client client(address);
  client.send("PUT /v1/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
  for (int i = 0; i < 30; ++i) client.send(chunk);
  EXPECT_EQ(client.status(), 413);
}

TEST_F(HttpServer, TenThousandHeaderLinesAreRefused) {
  start();
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(status_of("GET /v1/a HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n"), 431);
}

TEST_F(HttpServer, ARefusedRequestTakesWhatFollowsWithIt) {
  start();
  Client client(address);
  client.send("POST /v1/a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
              request("GET", "sys/init"));
  client.end_of_requests();
  const std::string all = client.rest();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 400")) << all;
  EXPECT_EQ(all.find("initialized"), std::string::npos);
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
}

TEST_F(HttpServer, ABodyThatNobodyReadIsNoRequest) {
  start();
  Client client(address);
  client.send(request("GET", "sys/init", "GET /v1/sys/health HTTP/1.1\r\n\r\n") + request("GET", "sys/leader"));
  EXPECT_NE(client.answer().find("initialized"), std::string::npos);
  EXPECT_NE(client.answer().find("ha_enabled"), std::string::npos);
}

TEST_F(HttpServer, ContinueComesOnlyWhereTheBodyIsWelcome) {
  options.body_bytes_max = 1000;
  start();
  const std::string head = "PUT /v1/sys/unseal HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ";
  Client welcome(address), unwelcome(address);
  welcome.send(head + "2\r\n\r\n");
  EXPECT_EQ(welcome.answer(false), "HTTP/1.1 100 Continue\r\n\r\n");
  welcome.send("{}");
  EXPECT_EQ(welcome.status(), 400) << "no key";
  unwelcome.send(head + "2000\r\n\r\n");
  EXPECT_EQ(unwelcome.status(), 413);
}

TEST_F(HttpServer, SlowClientsAreCutOff) {
  options.header_timeout = options.body_timeout = options.idle_timeout = std::chrono::milliseconds(50);
  start();
  Client silent(address), half_header(address), half_body(address);
  half_header.send("GET /v1/sys/init HTTP/1.1\r\nHo");
  half_body.send("PUT /v1/sys/unseal HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(half_header.rest(), "");
  EXPECT_EQ(half_body.rest(), "");
  EXPECT_EQ(status_of(request("GET", "sys/init")), 200) << "others are served";
}

TEST_F(HttpServer, ATricklingClientIsCutOff) {
  options.header_timeout = std::chrono::milliseconds(50);
  start();
  Client client(address);
  client.send("GET /v1/sys/init HTTP/1.1\r\nA: ");
  while (client.send("x")) std::this_thread::yield();
  SUCCEED() << "the connection ended although bytes kept coming";
}

TEST_F(HttpServer, AFullHouseMakesRoomByItsIdleConnections) {
  options.connections_max = 2;
  start();
  Client oldest(address);
  oldest.send(request("GET", "sys/init"));
  EXPECT_EQ(oldest.status(), 200);
  // The idle mark is set after the answer went out, so the first newcomers may find nobody to send away.
  std::vector<std::unique_ptr<Client>> newcomers;
  while (!oldest.ended()) {
    newcomers.push_back(std::make_unique<Client>(address));
    newcomers.back()->send(request("GET", "sys/init"));
    (void)newcomers.back()->status();
  }
  EXPECT_EQ(oldest.rest(), "");
}

// servers ended before their listeners
TEST_F(HttpServer, DrainingEndsIdleConnectionsAndFinishesRequests) {
  start();
  Client idle(address), busy(address);
  idle.send(request("GET", "sys/init"));
  EXPECT_EQ(idle.status(), 200);
  busy.send("PUT /v1/sys/unseal HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(busy.answer(false), "HTTP/1.1 100 Continue\r\n\r\n");
  std::thread drain([this] { server->drain(std::chrono::seconds(60)); });
  EXPECT_EQ(idle.rest(), "");
  busy.send("{}");
  const std::string answer = busy.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  drain.join();
}

TEST_F(HttpServer, APortIsNeverShared) {
  start();
  options.address = address;
  Server second(node.core(), {options});
  const base::Status started = second.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().message(), "listen tcp " + address + ": bind: address already in use");
}

TEST_F(HttpServer, NamespacesThatAreNotThere) {
  start();
  const auto in_namespace = [this](std::string_view name, std::string_view path) {
    return status_of("GET /v1/" + std::string(path) + " HTTP/1.1\r\nHost: h\r\nX-Vault-Namespace: " + std::string(name) +
                     "\r\nX-Vault-Token: " + node.root_token() + "\r\n\r\n");
  };
  EXPECT_EQ(in_namespace("absent", "sys/mounts"), 404);
  EXPECT_EQ(in_namespace("root", "sys/mounts"), 200);
  EXPECT_EQ(in_namespace("/", "sys/mounts"), 200);
  EXPECT_EQ(in_namespace("absent", "sys/health"), 400);
}

TEST(HttpServerSealed, SaysSo) {
  TestCore node(TestCore::State::sealed);
  ListenerOptions options;
  options.address = "127.0.0.1:0";
  options.tls = false;
  options.node = "n7";
  Server server(node.core(), {options});
  ASSERT_TRUE(server.start().ok());
  const auto ask = [&](const std::string& line) {
    Client client(server.addresses().front());
    client.send(line + " HTTP/1.1\r\nHost: h\r\n\r\n");
    return client.answer(!line.starts_with("HEAD"));
  };
  const std::string refused = ask("GET /v1/sys/mounts");
  EXPECT_EQ(body_of(refused), "{\"errors\":[\"Vault is sealed\"]}\n");
  EXPECT_NE(refused.find("X-Bao-Node: n7\r\nX-Bao-Role: sealed\r\nX-Bao-Code: sealed\r\nX-Bao-Advice: unseal"), std::string::npos) << refused;
  EXPECT_TRUE(ask("GET /v1/sys/health").starts_with("HTTP/1.1 503"));
  EXPECT_TRUE(ask("GET /v1/sys/health?sealedcode=299").starts_with("HTTP/1.1 299"));
  EXPECT_TRUE(ask("HEAD /v1/sys/health").starts_with("HTTP/1.1 503"));
  EXPECT_TRUE(ask("GET /v1/sys/health?sealedcode=x").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(ask("PUT /v1/sys/seal").starts_with("HTTP/1.1 204"));
  EXPECT_TRUE(ask("OPTIONS /v1/sys/mounts").starts_with("HTTP/1.1 503"));
}

}  // namespace
}  // namespace bao::http
