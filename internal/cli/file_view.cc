#include "internal/cli/file_view.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bao::cli {
namespace {

base::Error failed(const char* verb, const std::string& what) {
  std::string why = std::strerror(errno);
  why[0] = static_cast<char>(why[0] | 0x20);
  return base::invalid(std::string(verb) + " " + what + ": " + why);
}

}  // namespace

base::Result<std::unique_ptr<FileView>> FileView::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("open", path);
  std::unique_ptr<FileView> view(new FileView);
  struct stat found{};
  const bool regular = fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
  const base::Status read = regular ? view->map(descriptor, static_cast<size_t>(found.st_size)) : view->copy(descriptor);
  ::close(descriptor);
  if (!read.ok()) return read.error().within(path);
  return view;
}

FileView::~FileView() {
  if (mapped_ != nullptr) munmap(mapped_, size_);
}

base::Status FileView::map(int descriptor, size_t size) {
  if (size == 0) return {};
  void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return failed("read", "it");
  mapped_ = mapped;
  size_ = size;
  return {};
}

base::Status FileView::copy(int descriptor) {
  ASSIGN_OR_RETURN(copy_, base::SpoolFile::create());
  char buffer[65536];
  ssize_t got = 0;
  while ((got = read(descriptor, buffer, sizeof buffer)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", "it");
    TRY(copy_->append({buffer, static_cast<size_t>(got)}));
  }
  return copy_->finish();
}

}  // namespace bao::cli
