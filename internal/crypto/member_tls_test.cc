// Two members over a pair of sockets.
#include "internal/crypto/member_tls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal/crypto/tls.h"

namespace bao::crypto {
namespace {

using Wants = MemberTls::Wants;

struct Member {
  explicit Member(const std::string& protocol = "h2") : own(std::move(make_member_certificate("member")).value()) {
    context = std::move(MemberTlsContext::make(own.certificate, own.private_key, protocol)).value();
  }
  CertificateAndKey own;
  std::shared_ptr<const MemberTlsContext> context;
};

class Both {
 public:
  Both(const Member& a, const Member& b, MemberTls::Expects a_expects, MemberTls::Expects b_expects) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets_) != 0) abort();
    caller = std::make_unique<MemberTls>(a.context, MemberTls::Side::calls, sockets_[0], std::move(a_expects));
    answerer = std::make_unique<MemberTls>(b.context, MemberTls::Side::answers, sockets_[1], std::move(b_expects));
  }
  ~Both() {
    caller.reset();
    answerer.reset();
    for (const int socket : sockets_) close(socket);
  }
  // Of both, until they are through or one has failed.
  base::Status shake_hands() {
    Wants a = Wants::to_write, b = Wants::to_read;
    while (a != Wants::nothing || b != Wants::nothing) {
      if (a != Wants::nothing) {
        ASSIGN_OR_RETURN(a, caller->shake_hands());
      }
      if (b != Wants::nothing) {
        ASSIGN_OR_RETURN(b, answerer->shake_hands());
      }
    }
    return {};
  }
  std::unique_ptr<MemberTls> caller, answerer;

 private:
  int sockets_[2] = {-1, -1};
};

MemberTls::Expects exactly(const std::string& expected) {
  return [expected](const std::string& certificate) { return certificate == expected; };
}

TEST(MemberTls, CarriesBytesBetweenTwoWhoExpectEachOther) {
  const Member a, b;
  Both both(a, b, exactly(b.own.certificate), exactly(a.own.certificate));
  ASSERT_TRUE(both.shake_hands().ok());
  EXPECT_EQ(both.answerer->peer_certificate(), a.own.certificate);
  char bytes[8];
  ASSERT_FALSE(both.answerer->read(bytes, sizeof bytes)->has_value()) << "nothing is there";
  ASSERT_EQ(both.caller->write("word", 4)->value(), 4u);
  ASSERT_EQ(both.answerer->read(bytes, sizeof bytes)->value(), 4u);
  EXPECT_EQ(std::string(bytes, 4), "word");
  both.caller->say_goodbye();
  EXPECT_EQ(both.answerer->read(bytes, sizeof bytes)->value(), 0u) << "an orderly end";
}

TEST(MemberTls, AFullSocketTakesNoMore) {
  const Member a, b;
  Both both(a, b, exactly(b.own.certificate), exactly(a.own.certificate));
  ASSERT_TRUE(both.shake_hands().ok());
  const std::string much(size_t{64} << 20, 'x');
  size_t left = 0;
  while (true) {
    const auto written = both.caller->write(much.data() + left, much.size() - left);
    ASSERT_TRUE(written.ok());
    if (!*written) break;
    left += **written;
    ASSERT_LT(left, much.size());
  }
  char bytes[16384];
  while (both.answerer->read(bytes, sizeof bytes)->has_value()) {
  }
  EXPECT_TRUE(both.caller->write(much.data() + left, much.size() - left)->has_value()) << "there is room again";
}

TEST(MemberTls, WhoIsNotExpectedIsRefusedByEitherSide) {
  const Member a, b, stranger;
  Both called(stranger, b, exactly(b.own.certificate), exactly(a.own.certificate));
  EXPECT_FALSE(called.shake_hands().ok());
  EXPECT_EQ(called.answerer->peer_certificate(), stranger.own.certificate) << "who it was is known";
  Both answered(a, stranger, exactly(b.own.certificate), exactly(a.own.certificate));
  EXPECT_FALSE(answered.shake_hands().ok());
}

TEST(MemberTls, AnotherProtocolIsRefused) {
  const Member a("http/1.1"), b;
  Both both(a, b, exactly(b.own.certificate), exactly(a.own.certificate));
  EXPECT_FALSE(both.shake_hands().ok());
}

TEST(MemberTls, AKeyThatIsNotTheCertificatesIsRefused) {
  const Member a, b;
  const auto made = MemberTlsContext::make(a.own.certificate, b.own.private_key, "h2");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code(), base::Code::invalid);
  EXPECT_FALSE(MemberTlsContext::make("no certificate", b.own.private_key, "h2").ok());
}

}  // namespace
}  // namespace bao::crypto
