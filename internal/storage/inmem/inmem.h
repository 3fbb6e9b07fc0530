// A backend in memory: development mode and tests. Keeps nothing after it ends.
#pragma once

#include <memory>

#include "internal/storage/backend.h"

namespace bao::storage::inmem {

std::unique_ptr<Backend> open();

}  // namespace bao::storage::inmem
