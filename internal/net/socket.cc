#include "internal/net/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "internal/net/host_port.h"

namespace bao::net {
namespace {

base::Error failed(const std::string& address, const std::string& why) {
  return {base::Code::unavailable, "dial tcp " + address + ": " + why};
}

// Rounded up, or a wait would come back before its time.
int poll_ms(SteadyTime until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000));
}

base::Result<std::optional<size_t>> moved(ssize_t count) {
  if (count >= 0) return std::optional(static_cast<size_t>(count));
  if (errno == EAGAIN || errno == EINTR) return std::optional<size_t>();
  return base::Error(base::Code::unavailable, std::strerror(errno));
}

base::Result<Socket> connect_to(const std::string& address, const addrinfo& found, Bell& bell, SteadyTime until,
                                const std::function<bool()>& goes_on) {
  Socket socket(::socket(found.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.descriptor() < 0) return failed(address, std::strerror(errno));
  if (::connect(socket.descriptor(), found.ai_addr, found.ai_addrlen) != 0 && errno != EINPROGRESS)
    return failed(address, std::strerror(errno));
  while (true) {
    const Ready ready = wait_for(socket, POLLOUT, bell, until);
    if (ready.bell) bell.silence();
    if (ready.bell && !goes_on()) return failed(address, "it is not wanted any more");
    if (ready.socket) break;
    if (std::chrono::steady_clock::now() >= until) return failed(address, "connection timed out");
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return failed(address, std::strerror(error));
  return socket;
}

}  // namespace

Socket::Socket(int descriptor) : descriptor_(descriptor) {
  if (descriptor_ < 0) return;
  const int on = 1;
  ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<std::optional<size_t>> Socket::read(char* to, size_t size) const { return moved(::recv(descriptor_, to, size, 0)); }
base::Result<std::optional<size_t>> Socket::write(std::string_view bytes) const {
  return moved(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

Ready wait_for(const Socket& socket, short events, const Bell& bell, SteadyTime until) {
  pollfd wanted[2] = {{bell.descriptor(), POLLIN, 0}, {socket.descriptor(), events, 0}};
  // Without any event a socket that broke would be reported all the same, again and again.
  if (::poll(wanted, events == 0 ? 1 : 2, poll_ms(until)) <= 0) return {};
  return {wanted[1].revents != 0, wanted[0].revents != 0};
}

base::Result<Socket> dial(const std::string& address, Bell& bell, SteadyTime until, const std::function<bool()>& goes_on) {
  const auto parts = split_host_port(address);
  if (!parts) return failed(address, "missing port in address");
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  if (const int unknown = ::getaddrinfo(parts->host.c_str(), parts->port.c_str(), &wanted, &found); unknown != 0)
    return failed(address, std::string("lookup: ") + ::gai_strerror(unknown));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  base::Result<Socket> outcome = failed(address, "no address");
  for (const addrinfo* at = found; at && !outcome.ok(); at = at->ai_next)
    outcome = connect_to(address, *at, bell, until, goes_on);
  return outcome;
}

}  // namespace bao::net
