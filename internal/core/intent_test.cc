// What makes a request write, before anything of it runs (ARCHITECTURE D7).
#include "internal/core/intent.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

logical::Handler handler_with(logical::Effect effect) {
  logical::Handler handler;
  handler.operation = logical::Operation::read;
  handler.effect = std::move(effect);
  return handler;
}

// reading dynamic credentials on a standby answered 500
TEST(Intent, IsTheMaximumOfWhatCallsForIt) {
  const logical::Handler reads = handler_with(logical::Reads{});
  logical::Request plain;
  plain.path = "kv/a";
  TokenEntry token;
  EXPECT_EQ(request_intent(plain, &reads, &token), Intent::reads);
  EXPECT_EQ(request_intent(plain, nullptr, nullptr), Intent::reads);

  TokenEntry limited;
  limited.num_uses = 3;
  EXPECT_EQ(request_intent(plain, &reads, &limited), Intent::writes);
  EXPECT_EQ(request_intent(plain, nullptr, &limited), Intent::writes);

  logical::Handler leases = reads;
  leases.creates_lease = true;
  EXPECT_EQ(request_intent(plain, &leases, &token), Intent::writes);
  logical::Handler login = reads;
  login.is_login = true;
  EXPECT_EQ(request_intent(plain, &login, nullptr), Intent::logs_in);
  logical::Request wrapped = plain;
  wrapped.wrap_ttl = std::chrono::seconds(60);
  EXPECT_EQ(request_intent(wrapped, &login, nullptr), Intent::logs_in);
  login.effect = logical::Writes{};
  EXPECT_EQ(request_intent(plain, &login, nullptr), Intent::writes);

  const logical::Handler either = handler_with(logical::ReadsUnless{});
  EXPECT_EQ(request_intent(plain, &either, &token), Intent::reads_unless);
  EXPECT_EQ(request_intent(plain, &either, &limited), Intent::writes);
  const logical::Handler writes = handler_with(logical::Writes{}), manages = handler_with(logical::Manages{});
  EXPECT_EQ(request_intent(plain, &writes, &token), Intent::writes);
  EXPECT_EQ(request_intent(plain, &manages, &token), Intent::writes);
}

TEST(Intent, AWrapTtlWritesButNotOnRewrappingWhichWrapsByItself) {
  const logical::Handler reads = handler_with(logical::Reads{});
  logical::Request request;
  request.wrap_ttl = std::chrono::seconds(60);
  request.path = "kv/a";
  EXPECT_EQ(request_intent(request, &reads, nullptr), Intent::writes);
  request.path = "sys/wrapping/lookup";
  EXPECT_EQ(request_intent(request, &reads, nullptr), Intent::writes);
  request.path = "sys/wrapping/rewrap";
  EXPECT_EQ(request_intent(request, &reads, nullptr), Intent::reads);
}

}  // namespace
}  // namespace bao::core
