// Whether a request writes, known before anything runs (ARCHITECTURE D7). Pure function.
#pragma once

#include <cstdint>

#include "internal/core/token/token_entry.h"
#include "internal/logical/path.h"
#include "internal/logical/request.h"

namespace bao::core {

// The maximum of: a use count, a wrap TTL (but on sys/wrapping), a lease, the operation's own effect (D7).
// A login is judged first, and writes when its token does (login.h).
enum class Intent : uint8_t { reads, reads_unless, logs_in, writes };

// `handler` is nullptr for paths and operations that don't exist; `token` where none is needed.
Intent request_intent(const logical::Request& request, const logical::Handler* handler, const TokenEntry* token);

// Whether an answer to this request is wrapped when it asks for it.
bool may_be_wrapped(const logical::Request& request);

}  // namespace bao::core
