// Bytes of a connection into requests: Boost.Beast's push parser with the limits and refusals that it lacks
// (ARCHITECTURE D15). RFC 9112. Belongs to one connection's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/limits.h"
#include "internal/base/words.h"
#include "internal/http/wire_request.h"

namespace bao::http {

struct ParserLimits {
  size_t header_bytes_max = base::kHeaderBytesMax;
  size_t header_lines_max = base::kHeaderLinesMax;
  size_t target_bytes_max = base::kRequestTargetBytesMax;
  size_t body_bytes_max = base::kRequestBodyBytesMax;
  uint64_t spooled_bytes_max = uint64_t{64} << 30;  // of snapshots, which go into a file
};

// Why the bytes are no request. The connection can't go on after it.
struct ParseRefusal {
  int status = 400;
  base::Words words = "";
};

class RequestParser {
 public:
  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();
  enum class State { header, body, complete, refused };

  // Takes bytes from the front of `bytes`, which must be what came after the bytes taken so far, and returns how many.
  // What it didn't take must be given again, with more behind it. Takes nothing once complete or refused.
  size_t feed(std::string_view bytes);
  State state() const;
  const WireRequest& request() const;  // whole in `complete`; without a body in `body`
  WireRequest& request();
  const ParseRefusal& refusal() const;  // in `refused`
  // Makes ready for the next request; what the last one held is overwritten.
  void reset();

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

}  // namespace bao::http
