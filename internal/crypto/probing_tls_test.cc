// The other side is a TLS of a listener, over a pair of sockets.
#include "internal/crypto/probing_tls.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "internal/crypto/tls.h"

namespace bao::crypto {
namespace {

class Listening : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);  // as the server does
    std::string pattern = (std::filesystem::temp_directory_path() / "bao-probing-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    const auto files = make_development_certificate(folder_.string(), {"one.test"});
    ASSERT_TRUE(files.ok());
    TlsServerOptions options;
    options.certificate_file = files->certificate_file;
    options.key_file = files->key_file;
    context_ = std::move(TlsContext::server(options)).value();
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_), 0);
    server_ = std::thread([this] {
      auto stream = TlsStream::accept(*context_, sockets_[1], std::chrono::seconds(60));
      if (stream.ok()) (void)(*stream)->write("hello", 5);
      if (stream.ok()) (*stream)->close_notify();
      ::shutdown(sockets_[1], SHUT_RDWR);
    });
  }
  void TearDown() override {
    ::shutdown(sockets_[0], SHUT_RDWR);
    server_.join();
    for (const int socket : sockets_) ::close(socket);
    std::filesystem::remove_all(folder_);
  }
  void wait(short events) const {
    pollfd wanted{sockets_[0], events, 0};
    ASSERT_EQ(::poll(&wanted, 1, 60'000), 1);
  }
  base::Status shake(ProbingTls& tls) {
    while (true) {
      ASSIGN_OR_RETURN(const TlsWants wants, tls.shake_hands());
      if (wants == TlsWants::nothing) return {};
      wait(wants == TlsWants::to_read ? POLLIN : POLLOUT);
    }
  }
  int sockets_[2] = {-1, -1};

 private:
  std::filesystem::path folder_;
  std::shared_ptr<const TlsContext> context_;
  std::thread server_;
};

TEST_F(Listening, ShowsWhoAnsweredThoughNobodyVouchesForIt) {
  ProbingTls tls(sockets_[0], "other.test", "http/1.1");
  const auto shaken = shake(tls);
  ASSERT_TRUE(shaken.ok()) << shaken.error().message();
  ASSERT_FALSE(tls.peer_certificates().empty());
  EXPECT_EQ(tls.peer_certificates()[0][0], '\x30');
  char bytes[16];
  std::string got;
  while (true) {
    const auto read = tls.read(bytes, sizeof bytes);
    ASSERT_TRUE(read.ok());
    if (!*read) wait(POLLIN);
    else if (**read == 0) break;
    else got.append(bytes, **read);
  }
  EXPECT_EQ(got, "hello");
}

TEST_F(Listening, RefusesWhoDoesNotChooseItsProtocol) {
  ProbingTls tls(sockets_[0], "one.test", "acme-tls/1");
  const auto shaken = shake(tls);
  ASSERT_FALSE(shaken.ok());
  EXPECT_EQ(shaken.error().message(), "handshake: the server did not choose the protocol acme-tls/1");
}

}  // namespace
}  // namespace bao::crypto
