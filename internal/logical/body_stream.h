// The body of an answer that goes on: nobody knows its end when it begins (sys/monitor). Owned by the thread that sends it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace bao::logical {

class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // What comes next; "": nothing in that time, nothing at all: it is over.
  virtual std::optional<std::string> next(std::chrono::milliseconds at_most) = 0;
};

}  // namespace bao::logical
