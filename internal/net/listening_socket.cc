#include "internal/net/listening_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "internal/net/host_port.h"

namespace bao::net {
namespace {

constexpr int kBacklog = 1024;

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] | 0x20);
  return text;
}

base::Error failed(const std::string& address, const char* step, int error) {
  return {base::Code::unavailable, "listen tcp " + address + ": " + step + ": " + lower_first(std::strerror(error))};
}

// Address and port of a socket address, IPv4 in IPv6 as IPv4.
void read_address(const sockaddr_storage& storage, std::string& address, int& port) {
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    port = ntohs(v4.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
    else inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    port = ntohs(v6.sin6_port);
  }
  address = text;
}

int open_socket(const addrinfo& found, bool every_interface) {
  const int descriptor = ::socket(found.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  const int on = 1, v6_only = every_interface ? 0 : 1;
  // Survives connections in TIME_WAIT; two listeners on one port stay impossible without SO_REUSEPORT.
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (found.ai_family == AF_INET6) ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
  return descriptor;
}

}  // namespace

ListeningSocket::~ListeningSocket() {
  if (!file_.empty()) ::unlink(file_.c_str());
  ::close(descriptor_);
}

base::Result<std::unique_ptr<ListeningSocket>> ListeningSocket::open(const std::string& address) {
  const auto parts = split_host_port(address);
  if (!parts) return base::invalid("listen tcp: address " + address + ": missing port in address");
  addrinfo wanted{};
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  wanted.ai_socktype = SOCK_STREAM;
  const bool every = parts->host.empty();
  addrinfo* found = nullptr;
  const int unknown = ::getaddrinfo(every ? "::" : parts->host.c_str(), parts->port.c_str(), &wanted, &found);
  if (unknown != 0) return base::Error(base::Code::unavailable, "listen tcp: lookup " + parts->host + ": " + gai_strerror(unknown));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  const int descriptor = open_socket(*found, every);
  if (descriptor < 0) return failed(address, "socket", errno);
  std::unique_ptr<ListeningSocket> made(new ListeningSocket(descriptor));
  if (::bind(descriptor, found->ai_addr, found->ai_addrlen) != 0) return failed(address, "bind", errno);
  if (::listen(descriptor, kBacklog) != 0) return failed(address, "listen", errno);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
  int port = 0;
  read_address(bound, made->address_, port);
  if (made->address_.find(':') != std::string::npos) made->address_ = "[" + made->address_ + "]";
  made->address_ += ":" + std::to_string(port);
  return made;
}

base::Result<ListeningSocket::Accepted> ListeningSocket::accept() {
  while (true) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    Accepted accepted;
    accepted.descriptor = ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC);
    if (accepted.descriptor >= 0) {
      read_address(peer, accepted.address, accepted.port);
      return accepted;
    }
    switch (errno) {
      case EINVAL:
      case EBADF: return base::Error(base::Code::unavailable, "no longer listening");
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM: return base::Error(base::Code::exhausted, std::strerror(errno));
      default: break;  // of one connection that ended already
    }
  }
}

void ListeningSocket::wake() { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace bao::net
