// What tidying does to a mount: its phases, each a page at a time. Pure but for the view.
#pragma once

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/engines/pki/revoker.h"
#include "internal/engines/pki/tidy_run.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

// One page; `run` is as it is after it. The phase `done`: nothing is left to do.
base::Status tidy_page(storage::WriteView& view, TidyRun& run, const RevokerSource& revokers, base::Time now);

}  // namespace bao::engines::pki
