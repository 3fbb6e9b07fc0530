#include "internal/bbolt/mapped_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace bao::bbolt {
namespace {

base::Error failed(const std::string& path, const char* doing) {
  const base::Code code = errno == ENOENT ? base::Code::absent : base::Code::unavailable;
  return {code, path + ": " + doing + ": " + std::strerror(errno)};
}

}  // namespace

base::Result<MappedFile> MappedFile::open(const std::string& path) {
  MappedFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor_ < 0) return failed(path, "opening the file");
  if (flock(file.descriptor_, LOCK_SH | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed(path, "locking the file");
    return base::Error(base::Code::unavailable, path + ": the file is in use by another process: stop that server first");
  }
  struct stat info = {};
  if (fstat(file.descriptor_, &info) != 0) return failed(path, "asking for the file's size");
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return file;
  void* const memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor_, 0);
  if (memory == MAP_FAILED) return failed(path, "mapping the file");
  file.bytes_ = {static_cast<const char*>(memory), size};
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace bao::bbolt
