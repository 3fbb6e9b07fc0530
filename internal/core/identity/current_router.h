// How identity finds the mounts of the moment.
#pragma once

#include <functional>
#include <memory>

#include "internal/core/mounts/router.h"

namespace bao::core::identity {

// nullptr while there are none.
using CurrentRouter = std::function<std::shared_ptr<const Router>()>;

}  // namespace bao::core::identity
