// Request ids: random UUIDs without a system call each. Thread-safe: a generator per thread, seeded from the operating
// system. They name requests; they are no secrets.
#pragma once

#include <string>

namespace bao::http {

std::string make_request_id();  // 8-4-4-4-12 lower-case hex

}  // namespace bao::http
