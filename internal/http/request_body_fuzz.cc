// Bodies of requests: the first line stands for the Content-Type, the rest is the body. JSON and forms are refused or become
// an object that can be written, within the limits.
#include "internal/base/ensure.h"
#include "internal/http/request_body.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view type = text.substr(0, text.find('\n'));
  const std::string_view body = text.substr(std::min(type.size() + 1, size));
  (void)http::media_type(type);
  const http::BodyLimits narrow{8, 512};
  for (const http::BodyLimits& limits : {http::BodyLimits{}, narrow}) {
    for (const auto& read : {http::parse_body(body, type, limits), http::parse_json_body(body, limits)}) {
      if (!read.ok()) {
        ENSURE(read.error().code() == base::Code::invalid, "it is the client who is told");
        continue;
      }
      ENSURE(read->is_object(), "data is an object");
      ENSURE(codec::parse_json(codec::write_json(*read)).ok(), "what was read can be written");
    }
  }
  return 0;
}
