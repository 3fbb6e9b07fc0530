// A request on its way to the active node, whole, and the answer on its way back (ARCHITECTURE D11; proto/cluster.proto). Numbers are
// frozen once released. Pure functions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/http/answer.h"
#include "internal/http/request_body.h"
#include "internal/http/target.h"
#include "internal/http/translation.h"
#include "internal/http/wire_request.h"

namespace bao::http {

// What the listener that took it allows, wherever it is carried out.
struct RequestRules {
  TargetRules target;
  BodyLimits body;
};
// With `upload` the body is not in it: it was sent before, in parts under that name.
std::string encode_forwarded(const WireRequest& wire, const Peer& peer, const RequestRules& rules, std::string_view upload = {});
// A part of a body, which begins behind `offset` bytes.
std::string encode_forwarded_part(std::string_view upload, uint64_t offset, std::string_view bytes);
// Its views point into itself, so it stays where it is.
struct Forwarded {
  WireRequest wire;
  Peer peer;
  RequestRules rules;
  std::string upload;   // "": the body is here
  uint64_t offset = 0;  // of a part
  bool is_part() const { return wire.method.empty(); }
};
// Errors: corrupt.
base::Result<std::unique_ptr<Forwarded>> decode_forwarded(std::string_view bytes);

// What is said in place of an answer of more than 32 MiB, which no call takes (a snapshot).
std::optional<Answer> too_large_to_forward(const Answer& answer);
// `applied`: where the active node stood when it had answered; who forwarded waits for it.
std::string encode_forwarded_answer(const Answer& answer, base::Index applied);
struct ForwardedAnswer {
  Answer answer;
  base::Index applied;
};
// Errors: corrupt.
base::Result<ForwardedAnswer> decode_forwarded_answer(std::string_view bytes);

}  // namespace bao::http
