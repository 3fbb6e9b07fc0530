#include "internal/http/transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace bao::http {
namespace {

// Larger answers go out in pieces, so that their deadline is looked at in between.
constexpr size_t kWritePieceBytes = 256 * 1024;
constexpr size_t kReadOverBytesMax = 64u << 20;

timeval to_timeval(base::Duration d) {
  const auto us = std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::microseconds>(d).count());
  return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

base::Error broken(const char* what) { return {base::Code::unavailable, std::string(what) + ": " + std::strerror(errno)}; }
bool timed_out() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Transport::Transport(int descriptor, base::Duration tick) : descriptor_(descriptor) {
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval timeout = to_timeval(tick);
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

Transport::~Transport() {
  tls_.reset();
  ::close(descriptor_);
}

base::Status Transport::start_tls(const crypto::TlsContext& context, base::Duration at_most) {
  ASSIGN_OR_RETURN(tls_, crypto::TlsStream::accept(context, descriptor_, at_most));
  return {};
}

base::Result<size_t> Transport::read(char* to, size_t size) {
  if (tls_) return tls_->read(to, size);
  while (true) {
    const ssize_t got = ::recv(descriptor_, to, size, 0);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno == EINTR) continue;
    if (timed_out()) return base::Error(base::Code::exhausted, "timeout");
    return broken("read");
  }
}

base::Status Transport::write(std::string_view bytes, SteadyTime deadline) {
  while (!bytes.empty()) {
    size_t done = 0;
    const std::string_view piece = bytes.substr(0, kWritePieceBytes);
    if (tls_) {
      auto written = tls_->write(piece.data(), piece.size());
      if (written.ok()) done = *written;
      else if (written.error().code() != base::Code::exhausted) return written.error();
    } else {
      const ssize_t sent = ::send(descriptor_, piece.data(), piece.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR && !timed_out()) return broken("write");
      done = sent > 0 ? static_cast<size_t>(sent) : 0;
    }
    bytes.remove_prefix(done);
    if (!bytes.empty() && std::chrono::steady_clock::now() >= deadline) {
      return base::Error(base::Code::unavailable, "write: the peer is too slow");
    }
  }
  return {};
}

bool Transport::wait_readable(base::Duration at_most) const {
  pollfd wanted{descriptor_, POLLIN | POLLRDHUP, 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count() + 1;
  return ::poll(&wanted, 1, static_cast<int>(std::clamp<int64_t>(ms, 1, 3'600'000))) != 0;
}

bool Transport::peer_left() const {
  pollfd wanted{descriptor_, POLLRDHUP, 0};
  return ::poll(&wanted, 1, 0) > 0;
}

void Transport::close_politely(base::Duration at_most) {
  if (tls_) tls_->close_notify();
  ::shutdown(descriptor_, SHUT_WR);
  const SteadyTime deadline = std::chrono::steady_clock::now() + at_most;
  char rest[4096];
  size_t read_over = 0;
  while (read_over < kReadOverBytesMax && std::chrono::steady_clock::now() < deadline) {
    const ssize_t got = ::recv(descriptor_, rest, sizeof rest, 0);
    if (got == 0 || (got < 0 && !timed_out() && errno != EINTR)) return;
    if (got > 0) read_over += static_cast<size_t>(got);
  }
}

void Transport::interrupt() { ::shutdown(descriptor_, SHUT_RD); }
void Transport::cut_off() { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace bao::http
