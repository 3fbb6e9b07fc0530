// A mark on the running thread: what runs below it was declared as reading (ARCHITECTURE D7). A transaction that has
// something to commit is refused there, and remembered, so that whoever swallows the error is found out all the same.
#pragma once

namespace bao::barrier {

// Owned by the thread that made it; may be nested, and each one remembers for itself and for those around it.
class ReadingOnly {
 public:
  ReadingOnly();
  ~ReadingOnly();
  ReadingOnly(const ReadingOnly&) = delete;
  ReadingOnly& operator=(const ReadingOnly&) = delete;
  // Whether a write was refused since it was made.
  bool met_write() const { return met_write_; }

  // For Transaction::commit: true, and remembered, when the running thread only reads.
  static bool refuses_write();

 private:
  ReadingOnly* const outer_;
  bool met_write_ = false;
};

}  // namespace bao::barrier
