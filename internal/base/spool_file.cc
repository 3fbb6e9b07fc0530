#include "internal/base/spool_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "internal/base/ensure.h"

namespace bao::base {
namespace {

Error failed(const char* what) { return {Code::unavailable, std::string(what) + ": " + std::strerror(errno)}; }

// What is not worth filling a disk for that others need, too.
constexpr size_t kLookEvery = size_t{16} << 20, kLeftFree = size_t{256} << 20;

bool has_room(int descriptor) {
  struct statvfs disk{};
  return ::fstatvfs(descriptor, &disk) != 0 || disk.f_bavail * disk.f_frsize >= kLeftFree;
}

// Not every file system knows files without a name.
int open_nameless(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) return descriptor;
  std::string name = folder + "/bao-spool-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::create() {
  const char* folder = std::getenv("TMPDIR");
  const int descriptor = open_nameless(folder != nullptr && *folder != '\0' ? folder : "/tmp");
  if (descriptor < 0) return failed("cannot make a temporary file");
  return std::unique_ptr<SpoolFile>(new SpoolFile(descriptor));
}

SpoolFile::~SpoolFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, size_);
  ::close(descriptor_);
}

Status SpoolFile::append(std::string_view bytes) {
  ENSURE(mapped_ == nullptr, "a finished file stays as it is");
  if (size_ / kLookEvery != (size_ + bytes.size()) / kLookEvery && !has_room(descriptor_)) {
    return Error(Code::unavailable, "there is too little room for temporary files (TMPDIR)");
  }
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("cannot write a temporary file");
    size_ += static_cast<size_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status SpoolFile::finish() {
  if (size_ == 0 || mapped_ != nullptr) return {};
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, descriptor_, 0);
  if (mapped == MAP_FAILED) return failed("cannot read a temporary file");
  mapped_ = mapped;
  return {};
}

}  // namespace bao::base
