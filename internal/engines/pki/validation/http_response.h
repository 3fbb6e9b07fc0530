// An HTTP/1.1 answer to a GET of this server's own, read as its bytes come; strict, and bounded by limits.h. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::engines::pki::acme {

class HttpResponse {
 public:
  // Whether the answer is complete; what comes behind it is not looked at. Only that of status 200 has its body read. Errors:
  // invalid, without what stood there; then nothing more may be taken.
  base::Result<bool> take(std::string_view bytes);
  // The connection has ended. Errors: invalid (the answer isn't complete).
  base::Status end() const;
  int status() const { return status_; }
  const std::string& location() const { return location_; }  // "": there is none
  const std::string& body() const { return body_; }

 private:
  enum class Expects { status, header, sized_body, endless_body, chunk_size, chunk, chunk_end, trailer, nothing };
  bool expects_line() const;
  // The next line without its end; nothing: it is not there yet.
  base::Result<std::optional<std::string>> next_line();
  base::Status on_line(const std::string& line);
  base::Status on_status(const std::string& line);
  base::Status on_header(const std::string& line);
  base::Status on_head_end();
  base::Status on_chunk_size(const std::string& line);
  base::Status on_body();

  Expects expects_ = Expects::status;
  std::string buffer_;       // not read yet
  size_t head_bytes_ = 0;    // of all lines so far
  int status_ = 0;
  std::string location_, body_;
  std::optional<size_t> length_;  // Content-Length, later what is left of body or chunk
  bool chunked_ = false;
};

}  // namespace bao::engines::pki::acme
