#include "internal/raft/transport/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace bao::raft {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kTogetherBytes = size_t{64} << 10;  // written in one go
constexpr size_t kRecordBytes = size_t{16} << 10;    // of TLS: no read brings more
constexpr int kRecordsAStep = 64;                    // then it is written, too
constexpr std::chrono::seconds kPingAfter{5}, kSilenceMax{15};
constexpr std::chrono::milliseconds kAskEvery{100};
constexpr std::chrono::seconds kFarewellMax{10};

base::Error gone(const std::string& why) { return {base::Code::unavailable, why}; }

}  // namespace

Connection::Connection(net::Socket socket, std::shared_ptr<const crypto::MemberTlsContext> context, crypto::MemberTls::Side side,
                       crypto::MemberTls::Expects expects, net::Bell& bell)
    : socket_(std::move(socket)), tls_(std::move(context), side, socket_.descriptor(), std::move(expects)), bell_(bell) {}

base::Status Connection::shake_hands(SteadyTime until, const std::function<bool()>& goes_on) {
  while (true) {
    ASSIGN_OR_RETURN(const auto wants, tls_.shake_hands());
    if (wants == crypto::MemberTls::Wants::nothing) return {};
    const short events = wants == crypto::MemberTls::Wants::to_read ? POLLIN : POLLOUT;
    const net::Ready ready = net::wait_for(socket_, events, bell_, std::min(until, Clock::now() + kAskEvery));
    if (ready.bell) bell_.silence();
    if (!goes_on()) return gone("it is not wanted any more");
    if (Clock::now() >= until) return gone("handshake timeout");
  }
}

void Connection::begin(std::unique_ptr<GrpcSession> session, Source& source) {
  session_ = std::move(session);
  source_ = &source;
  heard_ = pinged_ = Clock::now();
  more_ = tls_.has_more();  // it may have come with the end of the handshake
}

// ---- who may touch it ----
bool Connection::claim_or_leave() {
  base::MutexLock lock(mutex_);
  again_ = claimed_;
  return !std::exchange(claimed_, true);
}

void Connection::claim() {
  base::MutexLock lock(mutex_);
  released_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return !claimed_; });
  claimed_ = true;
}

bool Connection::release() {
  base::MutexLock lock(mutex_);
  if (std::exchange(again_, false)) return false;
  claimed_ = false;
  released_.notify_one();
  return true;
}

void Connection::write_and_release() {
  do write();
  while (!release());
}

// ---- writing ----
void Connection::pump() {
  if (claim_or_leave()) write_and_release();
}

void Connection::write() {
  while (!ending_ && flush()) {
    session_->give(leaving_, kTogetherBytes);
    while (leaving_.size() < kTogetherBytes && session_->takes_message()) {
      auto message = source_->next();
      if (!message) break;
      session_->send(std::move(*message));
      session_->give(leaving_, kTogetherBytes);
    }
    if (leaving_.empty()) return;
  }
}

// False: the socket takes no more for now, or never.
bool Connection::flush() {
  while (left_ < leaving_.size()) {
    const auto written = tls_.write(leaving_.data() + left_, leaving_.size() - left_);
    if (written.ok() && *written) {
      left_ += **written;
      continue;
    }
    if (!written.ok()) ending_ = written.error();
    // The thread that reads goes on with it. Once it waits for room it needs no bell.
    if (!full_.exchange(true) || ending_) bell_.ring();
    return false;
  }
  leaving_.clear();
  left_ = 0;
  full_ = false;
  return true;
}

// ---- reading ----
void Connection::read() {
  char record[kRecordBytes];
  more_ = false;
  for (int records = 0; records < kRecordsAStep; ++records) {
    const auto size = tls_.read(record, sizeof record);
    if (size.ok() && !*size) return;
    if (!size.ok()) ending_ = size.error();
    else if (**size == 0) ending_ = gone("the connection was closed");
    else if (const base::Status taken = session_->take({record, **size}); !taken.ok()) ending_ = taken.error();
    if (ending_) return;
    heard_ = Clock::now();
    if (!tls_.has_more()) return;
  }
  more_ = true;
}

// A peer whose machine went away says nothing, and nothing else would tell.
void Connection::look_after(SteadyTime now, Reads reads) {
  if (reads == Reads::no) {
    heard_ = now;
    return;
  }
  if (now - heard_ >= kSilenceMax) ending_ = gone("nothing was heard for too long");
  else if (now - std::max(heard_, pinged_) >= kPingAfter) {
    pinged_ = now;
    session_->ping();
  }
}

Connection::Arrived Connection::step(SteadyTime until, Reads reads) {
  const auto events = static_cast<short>((reads == Reads::yes ? POLLIN : 0) | (full_ ? POLLOUT : 0));
  const bool at_once = more_ && reads == Reads::yes;
  const net::Ready ready = net::wait_for(socket_, events, bell_, at_once ? SteadyTime() : std::min(until, Clock::now() + kPingAfter));
  if (ready.bell) bell_.silence();
  claim();
  if (!ending_ && reads == Reads::yes && (at_once || ready.socket)) read();
  if (!ending_) look_after(Clock::now(), reads);
  write();
  Arrived arrived{session_->messages(), session_->ending() ? session_->ending() : ending_};
  if (!release()) write_and_release();
  return arrived;
}

// ---- its end ----
void Connection::finish(const base::Status& status, const std::function<bool()>& goes_on) {
  claim();
  session_->finish(status);
  write_and_release();
  const SteadyTime until = Clock::now() + kFarewellMax;
  while (goes_on() && Clock::now() < until && !step(until).ending) {
  }
}

void Connection::cut() {
  claim();
  if (!ending_) tls_.say_goodbye();
  ending_ = gone("the connection was ended");
  ::shutdown(socket_.descriptor(), SHUT_RDWR);
  while (!release()) {
  }
}

}  // namespace bao::raft
