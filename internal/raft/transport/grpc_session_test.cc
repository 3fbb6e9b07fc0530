// Two sessions, bytes carried between them; and bytes that nobody should say.
#include "internal/raft/transport/grpc_session.h"

#include <gtest/gtest.h>

namespace bao::raft {
namespace {

constexpr char kMethod[] = "/bao.raft.v1.Raft/Log";
constexpr size_t kMax = size_t{1} << 20;

size_t limit_of(std::string_view method) { return method == kMethod ? kMax : 0; }

// Everything that either has to say, until neither has more.
base::Status exchange(GrpcSession& a, GrpcSession& b, size_t piece = SIZE_MAX) {
  while (true) {
    std::string there, back;
    a.give(there, SIZE_MAX);
    for (size_t at = 0; at < there.size(); at += std::min(piece, there.size())) TRY(b.take(std::string_view(there).substr(at, piece)));
    b.give(back, SIZE_MAX);
    for (size_t at = 0; at < back.size(); at += std::min(piece, back.size())) TRY(a.take(std::string_view(back).substr(at, piece)));
    if (there.empty() && back.empty()) return {};
  }
}

struct Pair {
  explicit Pair(const std::string& method = kMethod)
      : caller(GrpcSession::calling(method, kMax)), answerer(GrpcSession::answering(limit_of)) {}
  std::unique_ptr<GrpcSession> caller, answerer;
};

TEST(GrpcSession, MessagesGoBothWaysWhole) {
  Pair pair;
  pair.caller->send("asked");
  ASSERT_TRUE(exchange(*pair.caller, *pair.answerer).ok());
  EXPECT_EQ(pair.answerer->method(), kMethod);
  EXPECT_EQ(pair.answerer->messages(), std::vector<std::string>{"asked"});
  pair.answerer->send("answered");
  ASSERT_TRUE(exchange(*pair.caller, *pair.answerer).ok());
  EXPECT_EQ(pair.caller->messages(), std::vector<std::string>{"answered"});
  EXPECT_TRUE(pair.caller->takes_message());
}

TEST(GrpcSession, LargeAndEmptyMessagesComeInOrderHoweverTheBytesAreCut) {
  Pair pair;
  std::vector<std::string> sent;
  for (const size_t size : {size_t{0}, kMax, size_t{1}, size_t{70'000}}) {
    sent.emplace_back(size, static_cast<char>('a' + sent.size()));
    pair.caller->send(sent.back());
    ASSERT_TRUE(exchange(*pair.caller, *pair.answerer, 7'001).ok());
    EXPECT_TRUE(pair.caller->takes_message());
  }
  EXPECT_EQ(pair.answerer->messages(), sent);
}

TEST(GrpcSession, TheOneWhoAnswersSaysHowItEnded) {
  Pair good, bad;
  ASSERT_TRUE(exchange(*good.caller, *good.answerer).ok());
  good.answerer->send("the last piece");
  good.answerer->finish({});
  ASSERT_TRUE(exchange(*good.caller, *good.answerer).ok());
  EXPECT_EQ(good.caller->messages().size(), 1u);
  ASSERT_TRUE(good.caller->ending().has_value());
  EXPECT_TRUE(good.caller->ending()->ok());

  ASSERT_TRUE(exchange(*bad.caller, *bad.answerer).ok());
  bad.answerer->finish(base::denied("100 % \"märchen\"\n"));
  ASSERT_TRUE(exchange(*bad.caller, *bad.answerer).ok());
  ASSERT_TRUE(bad.caller->ending().has_value());
  EXPECT_EQ(bad.caller->ending()->error().code(), base::Code::denied);
  EXPECT_EQ(bad.caller->ending()->error().message(), "100 % \"märchen\"\n");
  EXPECT_FALSE(bad.caller->takes_message());
}

TEST(GrpcSession, AMethodThatIsNoneIsRefused) {
  Pair pair("/bao.raft.v1.Raft/Nothing");
  ASSERT_TRUE(exchange(*pair.caller, *pair.answerer).ok());
  ASSERT_TRUE(pair.caller->ending().has_value());
  EXPECT_EQ(pair.caller->ending()->error().code(), base::Code::unsupported);
}

TEST(GrpcSession, AMessageOverTheLimitEndsTheConnection) {
  Pair pair;
  pair.caller->send(std::string(kMax + 1, 'x'));
  const base::Status taken = exchange(*pair.caller, *pair.answerer);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code(), base::Code::corrupt);
  EXPECT_NE(taken.error().message().find(std::to_string(kMax + 1) + " bytes"), std::string::npos) << taken.error().message();
}

TEST(GrpcSession, WhatIsNoHttp2IsRefused) {
  const auto session = GrpcSession::answering(limit_of);
  EXPECT_EQ(session->take("GET / HTTP/1.1\r\nHost: here\r\n\r\n").error().code(), base::Code::corrupt);
}

// RFC 9113: a window of 65,535 bytes until the peer has said otherwise.
TEST(GrpcSession, WaitsForTheWindowOfThePeer) {
  Pair pair;
  pair.caller->send(std::string(200'000, 'x'));
  std::string bytes;
  pair.caller->give(bytes, SIZE_MAX);
  EXPECT_LT(bytes.size(), 70'000u);
  EXPECT_FALSE(pair.caller->takes_message()) << "the message before has not left whole";
  ASSERT_TRUE(pair.answerer->take(bytes).ok());
  ASSERT_TRUE(exchange(*pair.caller, *pair.answerer).ok());
  EXPECT_EQ(pair.answerer->messages().at(0).size(), 200'000u);
}

}  // namespace
}  // namespace bao::raft
