// A file that may be larger than memory, read as if it were there: mapped, or copied into a temporary file where that cannot be (a pipe).
// Who cuts it short meanwhile ends the process. Thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/base/spool_file.h"

namespace bao::cli {

class FileView {
 public:
  // Errors: invalid ("open x: no such file or directory"), unavailable (no room for a copy).
  static base::Result<std::unique_ptr<FileView>> open(const std::string& path);
  ~FileView();
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;

  std::string_view bytes() const { return copy_ ? copy_->view() : std::string_view(static_cast<const char*>(mapped_), size_); }

 private:
  FileView() = default;
  base::Status map(int descriptor, size_t size);
  base::Status copy(int descriptor);

  void* mapped_ = nullptr;
  size_t size_ = 0;
  std::unique_ptr<base::SpoolFile> copy_;
};

}  // namespace bao::cli
