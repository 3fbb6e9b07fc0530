#include "internal/storage/raft/data_folder.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace bao::storage::raft {
namespace {

// bbolt's first page: 16 bytes of page header, then the magic of its meta record, little-endian.
constexpr size_t kBboltMagicOffset = 16;
constexpr unsigned char kBboltMagic[] = {0xED, 0xDA, 0x0C, 0xED};

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

}  // namespace

base::Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::string& path) {
  TRY(refuse_foreign(path));
  ASSIGN_OR_RETURN(LockedFolder folder, LockedFolder::open(path, "lock"));
  return std::unique_ptr<DataFolder>(new DataFolder(std::move(folder)));
}

base::Status DataFolder::sync() const {
  const int descriptor = ::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error(path(), "opening the folder");
  const int code = fsync(descriptor);
  ::close(descriptor);
  return code == 0 ? base::Status() : system_error(path(), "fsync of the folder");
}

base::Result<uint64_t> free_bytes(const std::string& folder) {
  struct statvfs info = {};
  if (statvfs(folder.c_str(), &info) != 0) return system_error(folder, "asking for free space");
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace bao::storage::raft
