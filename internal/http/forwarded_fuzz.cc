// What another node forwards, and answers.
#include "internal/http/forwarding.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto request = bao::http::decode_forwarded(bytes); request.ok()) {
    (void)bao::http::decode_forwarded(bao::http::encode_forwarded((*request)->wire, (*request)->peer, (*request)->rules, (*request)->upload));
  }
  if (const auto answer = bao::http::decode_forwarded_answer(bytes); answer.ok()) {
    (void)bao::http::encode_forwarded_answer(answer->answer, answer->applied);
  }
  return 0;
}
