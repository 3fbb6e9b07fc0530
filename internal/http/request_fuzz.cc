// Bytes → request → target → data. However the bytes are cut into pieces, the parser comes to the same end.
#include "internal/base/ensure.h"
#include "internal/http/request_parser.h"
#include "internal/http/target.h"
#include "internal/http/translation.h"

namespace {

using bao::http::RequestParser;

bool over(const RequestParser& parser) {
  return parser.state() == RequestParser::State::complete || parser.state() == RequestParser::State::refused;
}

size_t feed_in_pieces(RequestParser& parser, std::string_view text, size_t piece) {
  size_t taken = 0, arrived = 0;
  while (arrived < text.size() && !over(parser)) {
    arrived = std::min(text.size(), arrived + piece);
    taken += parser.feed(text.substr(taken, arrived - taken));
  }
  return taken;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  bao::http::ParserLimits limits;
  limits.header_bytes_max = 4096;
  limits.body_bytes_max = 1000;
  RequestParser whole(limits), cut(limits);
  const size_t taken = feed_in_pieces(whole, text, text.size());
  const size_t taken_cut = feed_in_pieces(cut, text, size % 7 + 1);
  if (!over(whole) && !over(cut)) return 0;
  // Refusals may come at another byte, for limits are looked at when bytes arrive; a request is the same request.
  if (whole.state() != RequestParser::State::complete || cut.state() != RequestParser::State::complete) return 0;
  ENSURE(taken == taken_cut, "pieces take as much as the whole");
  ENSURE(whole.request().target == cut.request().target && whole.request().body == cut.request().body, "the same request");
  ENSURE(whole.request().headers.size() == cut.request().headers.size(), "the same headers");
  auto [target, fault] = bao::http::parse_target(whole.request().target, {});
  if (target) (void)bao::http::translate(whole.request(), *target, {}, {});
  return 0;
}
