#include "internal/core/audit/descriptor.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace bao::core::audit {

using base::Code;
using base::Error;
using base::Status;

Error system_error(std::string_view what) {
  return {Code::unavailable, std::string(what) + ": " + std::generic_category().message(errno)};
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

bool Descriptor::await_writable(SteadyTime until) const {
  pollfd ready{number_, POLLOUT, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int count = ::poll(&ready, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (count >= 0 || errno != EINTR) return count > 0;  // a profile's signal is no answer
  }
}

Status Descriptor::write_all(std::string_view bytes, SteadyTime until, size_t& written) const {
  written = 0;
  while (written < bytes.size()) {
    const ssize_t some = ::write(number_, bytes.data() + written, bytes.size() - written);
    if (some > 0) {
      written += static_cast<size_t>(some);
      continue;
    }
    if (some < 0 && errno == EINTR) continue;
    if (some < 0 && errno != EAGAIN) return system_error("write");
    if (!await_writable(until)) return Error(Code::unavailable, "write: it takes nothing in time");
  }
  return {};
}

Status Descriptor::connect_to(const void* address, size_t size, SteadyTime until) const {
  if (::connect(number_, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0) return {};
  if (errno != EINPROGRESS) return system_error("connect");
  if (!await_writable(until)) return Error(Code::unavailable, "connect: no answer in time");
  int failure = 0;
  socklen_t length = sizeof failure;
  ::getsockopt(number_, SOL_SOCKET, SO_ERROR, &failure, &length);
  errno = failure;
  return failure == 0 ? Status() : Status(system_error("connect"));
}

}  // namespace bao::core::audit
