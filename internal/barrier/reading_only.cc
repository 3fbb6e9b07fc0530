#include "internal/barrier/reading_only.h"

namespace bao::barrier {
namespace {

thread_local ReadingOnly* innermost = nullptr;

}  // namespace

ReadingOnly::ReadingOnly() : outer_(innermost) { innermost = this; }
ReadingOnly::~ReadingOnly() { innermost = outer_; }

bool ReadingOnly::refuses_write() {
  for (ReadingOnly* scope = innermost; scope != nullptr; scope = scope->outer_) scope->met_write_ = true;
  return innermost != nullptr;
}

}  // namespace bao::barrier
