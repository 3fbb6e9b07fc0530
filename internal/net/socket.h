// A connected TCP socket that never blocks, and how one is made. Belongs to one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "internal/base/result.h"
#include "internal/net/bell.h"

namespace bao::net {

using SteadyTime = std::chrono::steady_clock::time_point;

class Socket {
 public:
  Socket() = default;
  // Takes the descriptor over: no longer blocking, without Nagle's delay.
  explicit Socket(int descriptor);
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int descriptor() const { return descriptor_; }
  // Bytes moved now, nothing where it would have to wait; read: 0 at the end. Errors: unavailable.
  base::Result<std::optional<size_t>> read(char* to, size_t size) const;
  base::Result<std::optional<size_t>> write(std::string_view bytes) const;

 private:
  int descriptor_ = -1;
};

struct Ready {
  bool socket = false;  // readable or writable, whatever was asked for, or broken
  bool bell = false;
};
// Waits until the socket is ready for `events` (POLLIN, POLLOUT), the bell rings, or the time has come.
Ready wait_for(const Socket& socket, short events, const Bell& bell, SteadyTime until);

// Connects to "host:port" ("[::1]:8201" too), by `until`; a name is looked up, which may take longer. Whenever the bell rings
// `goes_on` is asked. Errors: unavailable.
base::Result<Socket> dial(const std::string& address, Bell& bell, SteadyTime until, const std::function<bool()>& goes_on);

}  // namespace bao::net
