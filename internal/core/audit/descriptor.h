// A descriptor that lines are written to before a deadline. Owned by one thread at a time.
#pragma once

#include <string_view>
#include <utility>

#include "internal/base/result.h"
#include "internal/core/audit/sink.h"

namespace bao::core::audit {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  bool open() const { return number_ >= 0; }
  int number() const { return number_; }

  // All of it. `written`: how much, also where the rest failed. Errors: unavailable.
  base::Status write_all(std::string_view bytes, SteadyTime until, size_t& written) const;
  // Connects a socket that does not block. Errors: unavailable.
  base::Status connect_to(const void* address, size_t size, SteadyTime until) const;

 private:
  bool await_writable(SteadyTime until) const;
  int number_ = -1;
};

// "what: the system's text for errno"
base::Error system_error(std::string_view what);

}  // namespace bao::core::audit
