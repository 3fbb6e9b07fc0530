// What the other side of an HTTP device answers to a line: its status, and whether the connection can be used for the next. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::core::audit {

inline constexpr size_t kHttpAnswerBytesMax = 64 * 1024;  // of head and body; a longer body is left, with its connection

class HttpAnswer {
 public:
  // More of it came. Whether it is complete. Errors: unavailable, it is no HTTP.
  base::Result<bool> take(std::string_view bytes);
  int status() const { return status_; }
  bool keeps_connection() const { return keeps_; }

 private:
  base::Status read_head(std::string_view head);
  void read_header(std::string_view line);

  std::string bytes_;
  std::optional<size_t> whole_;  // head and body; set when the head is here
  size_t body_ = 0;
  int status_ = 0;
  bool sized_ = false, keeps_ = true;
};

}  // namespace bao::core::audit
