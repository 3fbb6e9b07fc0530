// Bytes that are too many for memory: a file without a name, written once, then read as if it were memory. It is gone when the
// object or the process ends. Stands where TMPDIR says (/tmp). Thread-compatible; a finished one may be read by many threads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::base {

class SpoolFile {
 public:
  // Errors: unavailable.
  static Result<std::unique_ptr<SpoolFile>> create();
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // Errors: unavailable (the disk is full, or nearly). Not after finish().
  Status append(std::string_view bytes);
  // Once, before view().
  Status finish();
  // Everything that was written; lives as long as this.
  std::string_view view() const { return {static_cast<const char*>(mapped_), mapped_ == nullptr ? 0 : size_}; }
  size_t size() const { return size_; }

 private:
  explicit SpoolFile(int descriptor) : descriptor_(descriptor) {}

  const int descriptor_;
  size_t size_ = 0;
  void* mapped_ = nullptr;
};

}  // namespace bao::base
