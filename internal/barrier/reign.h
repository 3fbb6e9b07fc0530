// A mark on the running thread: what is written below it is of one reign of this node (ARCHITECTURE D13) and fails in every
// other one. So what was begun in an earlier reign writes nothing when the node leads again.
#pragma once

#include "internal/base/ids.h"

namespace bao::barrier {

// Owned by the thread that made it; the innermost counts.
class Reign {
 public:
  // Term 0: of no reign in particular.
  explicit Reign(base::Term term);
  ~Reign();
  Reign(const Reign&) = delete;
  Reign& operator=(const Reign&) = delete;

  // What the running thread writes for; a thread that is started to write takes it over.
  static base::Term current();

 private:
  const base::Term outer_;
};

}  // namespace bao::barrier
