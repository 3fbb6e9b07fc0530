// Real sockets on loopback; waits are for events.
#include "internal/net/socket.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <thread>

#include "internal/net/listening_socket.h"

namespace bao::net {
namespace {

const auto kAlways = [] { return true; };
SteadyTime in(std::chrono::seconds some) { return std::chrono::steady_clock::now() + some; }

TEST(Dial, ReachesWhoListens) {
  const auto listening = std::move(ListeningSocket::open("127.0.0.1:0")).value();
  Bell bell;
  const auto socket = dial(listening->address(), bell, in(std::chrono::seconds(20)), kAlways);
  ASSERT_TRUE(socket.ok());
  const Socket accepted(listening->accept()->descriptor);
  ASSERT_EQ(::send(accepted.descriptor(), "x", 1, 0), 1);
  EXPECT_TRUE(wait_for(*socket, POLLIN, bell, in(std::chrono::seconds(20))).socket);
}

TEST(Dial, SaysWhyItFailed) {
  std::string address;
  {
    const auto listening = std::move(ListeningSocket::open("127.0.0.1:0")).value();
    address = listening->address();
  }
  Bell bell;
  const auto refused = dial(address, bell, in(std::chrono::seconds(20)), kAlways);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::unavailable);
  EXPECT_EQ(refused.error().message(), "dial tcp " + address + ": Connection refused");
  EXPECT_NE(dial("nowhere", bell, in(std::chrono::seconds(20)), kAlways).error().message().find("missing port"), std::string::npos);
}

// 192.0.2.0/24 is nobody's (RFC 5737): a connection there neither comes about nor fails, or is refused at once.
TEST(Dial, EndsWhenItIsNoLongerWanted) {
  Bell bell;
  bell.ring();
  const auto abandoned = dial("192.0.2.1:1", bell, in(std::chrono::seconds(300)), [] { return false; });
  EXPECT_FALSE(abandoned.ok());
}

TEST(Bell, WakesWhoWaitsUntilItIsSilenced) {
  Bell bell;
  const Socket none;
  std::thread ringer([&bell] { bell.ring(); });
  EXPECT_TRUE(wait_for(none, 0, bell, in(std::chrono::seconds(20))).bell);
  ringer.join();
  EXPECT_TRUE(wait_for(none, 0, bell, SteadyTime()).bell) << "it rings on";
  bell.silence();
  EXPECT_FALSE(wait_for(none, 0, bell, SteadyTime()).bell);
}

}  // namespace
}  // namespace bao::net
