// What this host calls itself. Thread-safe.
#pragma once

#include <string>

namespace bao::base {

// "" when the system does not say.
std::string host_name();

}  // namespace bao::base
