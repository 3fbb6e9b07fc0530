#include "internal/storage/raft/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace bao::storage::raft {
namespace {

// bbolt's first page: 16 bytes of page header, then the magic of its meta record, little-endian.
constexpr size_t kBboltMagicOffset = 16;
constexpr unsigned char kBboltMagic[] = {0xED, 0xDA, 0x0C, 0xED};

base::Error system_error(const std::string& path, const char* doing) {
  return {base::Code::unavailable, path + ": " + doing + ": " + std::strerror(errno)};
}

bool is_bbolt(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  char head[kBboltMagicOffset + sizeof(kBboltMagic)];
  return in.read(head, sizeof(head)) && std::memcmp(head + kBboltMagicOffset, kBboltMagic, sizeof(kBboltMagic)) == 0;
}

base::Status refuse_foreign(const std::string& folder) {
  if (std::filesystem::exists(folder + "/state.db")) return {};
  for (const char* name : {"/vault.db", "/raft/raft.db"}) {
    if (!is_bbolt(folder + name)) continue;
    return base::invalid(folder + name +
                         ": this is a database of OpenBao or Vault; use \"operator migrate\" to bring its data here");
  }
  return {};
}

base::Status make_folder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  const auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return system_error(path, "making the folder");
  return {};
}

}  // namespace

base::Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::string& path) {
  TRY(make_folder(path));
  TRY(refuse_foreign(path));
  const std::string file = path + "/lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return system_error(file, "opening the lock file");
  std::unique_ptr<DataFolder> folder(new DataFolder(path, descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(file, "locking");
    return base::Error(base::Code::unavailable, path + ": the data is in use by another process, which holds " + file);
  }
  return folder;
}

DataFolder::~DataFolder() { ::close(lock_); }

base::Status DataFolder::sync() const {
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error(path_, "opening the folder");
  const int code = fsync(descriptor);
  ::close(descriptor);
  return code == 0 ? base::Status() : system_error(path_, "fsync of the folder");
}

base::Result<uint64_t> free_bytes(const std::string& folder) {
  struct statvfs info = {};
  if (statvfs(folder.c_str(), &info) != 0) return system_error(folder, "asking for free space");
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace bao::storage::raft
