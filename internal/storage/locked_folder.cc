#include "internal/storage/locked_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace bao::storage {
namespace {

base::Status make_folder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  const auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return system_error(path, "making the folder");
  return {};
}

}  // namespace

base::Error system_error(const std::string& path, std::string_view doing) {
  const char* reason = std::strerror(errno);
  return {base::Code::unavailable, path + ": " + std::string(doing) + ": " + reason};
}

base::Result<LockedFolder> LockedFolder::open(const std::string& path, std::string_view lock_name) {
  TRY(make_folder(path));
  const std::string file = path + "/" + std::string(lock_name);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return system_error(file, "opening the lock file");
  LockedFolder folder(path, descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(file, "locking");
    return base::Error(base::Code::unavailable, path + ": the data is in use by another process, which holds " + file);
  }
  return folder;
}

LockedFolder::LockedFolder(LockedFolder&& other) noexcept
    : path_(other.path_), lock_(std::exchange(other.lock_, -1)) {}

LockedFolder::~LockedFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace bao::storage
