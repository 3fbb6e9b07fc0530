#include "internal/engines/pki/validation/http_response.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "internal/base/letters.h"
#include "internal/engines/pki/validation/limits.h"

namespace bao::engines::pki::acme {
namespace {

bool same(const std::string& a, const char* b) { return ::strcasecmp(a.c_str(), b) == 0; }

std::string trimmed(const std::string& text) {
  const size_t start = text.find_first_not_of(" \t");
  return start == std::string::npos ? "" : text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

// The whole text as one number. A larger one than fits is none either.
std::optional<size_t> number(std::string_view text, int base) {
  size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

base::Error too_large() { return base::invalid("the answer's body is larger than " + std::to_string(kResponseBodyBytesMax) + " bytes"); }

}  // namespace

bool HttpResponse::expects_line() const {
  return expects_ == Expects::status || expects_ == Expects::header || expects_ == Expects::chunk_size || expects_ == Expects::chunk_end ||
         expects_ == Expects::trailer;
}

base::Result<bool> HttpResponse::take(std::string_view bytes) {
  buffer_ += bytes;
  while (expects_ != Expects::nothing) {
    if (expects_line()) {
      ASSIGN_OR_RETURN(const std::optional<std::string> line, next_line());
      if (!line) return false;
      TRY(on_line(*line));
    } else {
      if (buffer_.empty()) return false;
      TRY(on_body());
    }
  }
  return true;
}

base::Status HttpResponse::end() const {
  if (expects_ == Expects::nothing || expects_ == Expects::endless_body) return {};
  return base::invalid("the connection ended before the answer did");
}

base::Result<std::optional<std::string>> HttpResponse::next_line() {
  const size_t end = buffer_.find('\n');
  const size_t size = end == std::string::npos ? buffer_.size() : end + 1;
  if (head_bytes_ + size > kResponseHeadBytesMax) return base::invalid("the answer's head is too large");
  if (end == std::string::npos) return std::optional<std::string>();
  head_bytes_ += size;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, size);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return std::optional(std::move(line));
}

base::Status HttpResponse::on_line(const std::string& line) {
  switch (expects_) {
    case Expects::status: return on_status(line);
    case Expects::header: return line.empty() ? on_head_end() : on_header(line);
    case Expects::chunk_size: return on_chunk_size(line);
    case Expects::chunk_end:
      if (!line.empty()) return base::invalid("a chunk of the answer is longer than it says");
      expects_ = Expects::chunk_size;
      return {};
    default:  // trailers say nothing that matters
      if (line.empty()) expects_ = Expects::nothing;
      return {};
  }
}

// "HTTP/1.1 200 OK"
base::Status HttpResponse::on_status(const std::string& line) {
  constexpr size_t kCodeAt = 9, kCodeSize = 3;
  const bool version = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
  const bool ends = line.size() == kCodeAt + kCodeSize || (line.size() > kCodeAt + kCodeSize && line[kCodeAt + kCodeSize] == ' ');
  const auto code = version && ends ? number(std::string_view(line).substr(kCodeAt, kCodeSize), 10) : std::nullopt;
  if (!code || *code < 100) return base::invalid("the answer is not HTTP/1.1");
  status_ = static_cast<int>(*code);
  expects_ = Expects::header;
  return {};
}

base::Status HttpResponse::on_header(const std::string& line) {
  const size_t colon = line.find(':');
  const std::string name = line.substr(0, colon);
  if (colon == std::string::npos || !base::is_token(name)) return base::invalid("the answer holds a malformed header");
  const std::string value = trimmed(line.substr(colon + 1));
  if (same(name, "Location")) location_ = value;
  if (same(name, "Transfer-Encoding")) {
    if (!same(value, "chunked") || chunked_) return base::invalid("the answer's transfer coding is not chunked");
    chunked_ = true;
  }
  if (same(name, "Content-Length")) {
    const auto length = number(value, 10);
    if (!length || (length_ && length_ != length)) return base::invalid("the answer's length is none");
    length_ = length;
  }
  return {};
}

base::Status HttpResponse::on_head_end() {
  if (status_ < 200) {  // interim: another one follows
    if (status_ == 101) return base::invalid("the answer changes the protocol");
    expects_ = Expects::status;
    location_.clear();
    length_.reset();
    chunked_ = false;
    return {};
  }
  if (chunked_ && length_) return base::invalid("the answer has a length and chunks");
  if (status_ != 200) expects_ = Expects::nothing;
  else if (chunked_) expects_ = Expects::chunk_size;
  else if (!length_) expects_ = Expects::endless_body;
  else if (*length_ > kResponseBodyBytesMax) return too_large();
  else expects_ = *length_ == 0 ? Expects::nothing : Expects::sized_body;
  return {};
}

base::Status HttpResponse::on_chunk_size(const std::string& line) {
  const auto size = number(trimmed(line.substr(0, line.find(';'))), 16);
  if (!size) return base::invalid("the size of a chunk of the answer is none");
  length_ = size;
  expects_ = *size == 0 ? Expects::trailer : Expects::chunk;
  return {};
}

base::Status HttpResponse::on_body() {
  const size_t taken = expects_ == Expects::endless_body ? buffer_.size() : std::min(buffer_.size(), *length_);
  if (body_.size() + taken > kResponseBodyBytesMax) return too_large();
  body_.append(buffer_, 0, taken);
  buffer_.erase(0, taken);
  if (expects_ == Expects::endless_body) return {};
  *length_ -= taken;
  if (*length_ == 0) expects_ = expects_ == Expects::chunk ? Expects::chunk_end : Expects::nothing;
  return {};
}

}  // namespace bao::engines::pki::acme
