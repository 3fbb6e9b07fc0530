// A bbolt file in memory, for reading. It is locked as bbolt locks what it only reads: a server that has the file is noticed, and
// none can have it as long as this lives. Immutable; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "internal/base/result.h"

namespace bao::bbolt {

class MappedFile {
 public:
  // Errors: absent, unavailable (in use by another process, not readable).
  static base::Result<MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;  // holds the lock; -1 when moved from
  std::string_view bytes_;
};

}  // namespace bao::bbolt
