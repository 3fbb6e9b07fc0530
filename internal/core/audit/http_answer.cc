#include "internal/core/audit/http_answer.h"

#include <strings.h>

#include <charconv>

namespace bao::core::audit {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr std::string_view kHeadEnd = "\r\n\r\n";

Error no_http() { return {Code::unavailable, "the answer is no HTTP"}; }

bool same(std::string_view text, std::string_view word) {
  return text.size() == word.size() && ::strncasecmp(text.data(), word.data(), word.size()) == 0;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Result<bool> HttpAnswer::take(std::string_view bytes) {
  bytes_ += bytes;
  if (!whole_) {
    const size_t end = bytes_.find(kHeadEnd);
    if (end == std::string::npos) return bytes_.size() > kHttpAnswerBytesMax ? Result<bool>(no_http()) : Result<bool>(false);
    TRY(read_head(std::string_view(bytes_).substr(0, end)));
    // A body of unknown length, or a long one, is not waited for: the status has been told.
    if (!sized_ || body_ > kHttpAnswerBytesMax) {
      keeps_ = false;
      body_ = 0;
    }
    whole_ = end + kHeadEnd.size() + body_;
  }
  return bytes_.size() >= *whole_;
}

// "HTTP/1.1 204 No Content", and headers.
Status HttpAnswer::read_head(std::string_view head) {
  constexpr size_t kStatusAt = std::string_view("HTTP/1.1 ").size(), kDigits = 3;
  if (!head.starts_with("HTTP/1.") || head.size() < kStatusAt + kDigits || !read_number(head.substr(kStatusAt, kDigits), status_)) return no_http();
  if (head[kStatusAt - 2] == '0') keeps_ = false;
  constexpr int kNoContent = 204, kNotModified = 304;
  sized_ = status_ == kNoContent || status_ == kNotModified;
  while (true) {
    const size_t line = head.find("\r\n");
    if (line == std::string_view::npos) return {};
    head.remove_prefix(line + 2);
    read_header(head.substr(0, head.find("\r\n")));
  }
}

void HttpAnswer::read_header(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
  if (same(name, "Content-Length")) sized_ = read_number(value, body_);
  if (same(name, "Transfer-Encoding")) keeps_ = false;
  if (same(name, "Connection") && same(value, "close")) keeps_ = false;
}

}  // namespace bao::core::audit
