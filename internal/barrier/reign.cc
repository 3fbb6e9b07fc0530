#include "internal/barrier/reign.h"

namespace bao::barrier {
namespace {

thread_local base::Term innermost;

}  // namespace

Reign::Reign(base::Term term) : outer_(innermost) { innermost = term; }
Reign::~Reign() { innermost = outer_; }
base::Term Reign::current() { return innermost; }

}  // namespace bao::barrier
