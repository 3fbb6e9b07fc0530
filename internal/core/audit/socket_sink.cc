// A connection that lines are sent over: TCP, UDP or a Unix socket. A broken one is made anew, once a line.
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "internal/base/time_format.h"
#include "internal/core/audit/descriptor.h"
#include "internal/net/host_port.h"

namespace bao::core::audit {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

class SocketSink final : public Sink {
 public:
  SocketSink(std::string address, int family, int type, base::Duration timeout)
      : address_(std::move(address)), family_(family), type_(type), timeout_(timeout) {}

  Status write(std::string_view line, SteadyTime until) override {
    const SteadyTime by = std::min(until, std::chrono::steady_clock::now() + std::chrono::duration_cast<SteadyTime::duration>(timeout_));
    const bool fresh = !connection_.open();
    const Status sent = send(line, by);
    if (sent.ok() || fresh) return sent;
    return send(line, by);
  }
  void reopen() override { connection_ = Descriptor(); }

 private:
  Status send(std::string_view line, SteadyTime until) {
    if (!connection_.open()) TRY(connect(until));
    size_t written = 0;
    const Status status = connection_.write_all(line, until, written);
    if (!status.ok()) connection_ = Descriptor();
    return status;
  }

  Status connect(SteadyTime until) {
    if (family_ == AF_UNIX) return connect_unix(until);
    const auto split = net::split_host_port(address_);
    if (!split) return base::invalid("address " + address_ + ": missing port in address");
    addrinfo hints{};
    hints.ai_socktype = type_;
    addrinfo* found = nullptr;
    if (::getaddrinfo(split->host.c_str(), split->port.c_str(), &hints, &found) != 0) {
      return Error(Code::unavailable, "the name of " + address_ + " is not known");
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
    Status status = Error(Code::unavailable, "no address");
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
      status = connect_one(at->ai_family, at->ai_addr, at->ai_addrlen, until);
      if (status.ok()) return status;
    }
    return status;
  }

  Status connect_unix(SteadyTime until) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (address_.size() >= sizeof address.sun_path) return base::invalid("the path of the socket is too long");
    std::memcpy(address.sun_path, address_.data(), address_.size());
    return connect_one(AF_UNIX, &address, sizeof address, until);
  }

  Status connect_one(int family, const void* address, size_t size, SteadyTime until) {
    Descriptor made(::socket(family, type_ | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!made.open()) return system_error("socket");
    TRY(made.connect_to(address, size, until));
    connection_ = std::move(made);
    return {};
  }

  const std::string address_;
  const int family_, type_;
  const base::Duration timeout_;
  Descriptor connection_;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_socket_sink(const Options& options) {
  const std::string address = option(options, "address", "");
  if (address.empty()) return base::invalid("address is required");
  const std::string type = option(options, "socket_type", "tcp");
  ASSIGN_OR_RETURN(const base::Duration timeout, base::parse_api_duration(option(options, "write_timeout", "2s")));
  if (type == "unix" || type == "unixgram") {
    return std::unique_ptr<Sink>(std::make_unique<SocketSink>(address, AF_UNIX, type == "unix" ? SOCK_STREAM : SOCK_DGRAM, timeout));
  }
  if (type != "tcp" && type != "udp") return base::invalid("unknown socket_type \"" + type + "\"");
  return std::unique_ptr<Sink>(std::make_unique<SocketSink>(address, AF_UNSPEC, type == "tcp" ? SOCK_STREAM : SOCK_DGRAM, timeout));
}

}  // namespace bao::core::audit
