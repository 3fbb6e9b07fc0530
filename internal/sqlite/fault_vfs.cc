#include "internal/sqlite/fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <random>

#include "internal/base/ensure.h"

namespace bao::sqlite {

// SQLite allocates it; the real file lies right behind it.
struct FaultFile {
  sqlite3_file base;
  FaultVfs* vfs;
  std::string* path;

  static FaultFile& of(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&of(file) + 1); }

  static int close(sqlite3_file* file) {
    const int code = real(file)->pMethods->xClose(real(file));
    delete of(file).path;
    return code;
  }
  static int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
    return real(file)->pMethods->xRead(real(file), to, bytes, at);
  }
  static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    if (const int fault = of(file).vfs->meet(FaultVfs::Operation::write); fault != SQLITE_OK) return fault;
    FaultVfs::Unsynced note{at, "", std::string(static_cast<const char*>(from), static_cast<size_t>(bytes)), 0};
    sqlite3_int64 file_bytes = 0;
    if (size(file, &file_bytes) != SQLITE_OK) return SQLITE_IOERR_FSTAT;
    note.size_before = file_bytes;
    note.before.resize(static_cast<size_t>(std::clamp<sqlite3_int64>(file_bytes - at, 0, bytes)));
    if (!note.before.empty() && read(file, note.before.data(), static_cast<int>(note.before.size()), at) != SQLITE_OK) {
      return SQLITE_IOERR_READ;
    }
    of(file).vfs->remember(*of(file).path, std::move(note));
    return real(file)->pMethods->xWrite(real(file), from, bytes, at);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    if (const int fault = of(file).vfs->meet(FaultVfs::Operation::truncate); fault != SQLITE_OK) return fault;
    return real(file)->pMethods->xTruncate(real(file), bytes);
  }
  static int sync(sqlite3_file* file, int flags) {
    if (const int fault = of(file).vfs->meet(FaultVfs::Operation::sync); fault != SQLITE_OK) {
      return fault == SQLITE_IOERR_WRITE ? SQLITE_IOERR_FSYNC : fault;
    }
    const int code = real(file)->pMethods->xSync(real(file), flags);
    if (code == SQLITE_OK) of(file).vfs->synced(*of(file).path);
    return code;
  }
  static int size(sqlite3_file* file, sqlite3_int64* bytes) {
    return real(file)->pMethods->xFileSize(real(file), bytes);
  }
  static int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
  static int is_reserved(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
  }
  static int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
  static int characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
  }
  static int shm_map(sqlite3_file* file, int page, int bytes, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
  }
  static int fetch(sqlite3_file* file, sqlite3_int64 at, int bytes, void** out) {
    return real(file)->pMethods->xFetch(real(file), at, bytes, out);
  }
  static int unfetch(sqlite3_file* file, sqlite3_int64 at, void* page) {
    return real(file)->pMethods->xUnfetch(real(file), at, page);
  }
};

namespace {

constexpr sqlite3_io_methods kMethods = {3,
                                         FaultFile::close,
                                         FaultFile::read,
                                         FaultFile::write,
                                         FaultFile::truncate,
                                         FaultFile::sync,
                                         FaultFile::size,
                                         FaultFile::lock,
                                         FaultFile::unlock,
                                         FaultFile::is_reserved,
                                         FaultFile::control,
                                         FaultFile::sector_size,
                                         FaultFile::characteristics,
                                         FaultFile::shm_map,
                                         FaultFile::shm_lock,
                                         FaultFile::shm_barrier,
                                         FaultFile::shm_unmap,
                                         FaultFile::fetch,
                                         FaultFile::unfetch};

void write_at(int descriptor, const std::string& bytes, int64_t at) {
  const ssize_t written = pwrite(descriptor, bytes.data(), bytes.size(), at);
  ENSURE(written == static_cast<ssize_t>(bytes.size()), "the test's own disk takes writes");
}

}  // namespace

FaultVfs::FaultVfs(std::string name) : name_(std::move(name)) {
  sqlite3_initialize();
  real_ = sqlite3_vfs_find("unix-excl");
  ENSURE(real_ != nullptr, "SQLite's unix layer");
  vfs_ = std::make_unique<sqlite3_vfs>(*real_);
  vfs_->zName = name_.c_str();
  vfs_->szOsFile = static_cast<int>(sizeof(FaultFile)) + real_->szOsFile;
  vfs_->pAppData = this;
  vfs_->pNext = nullptr;
  vfs_->xOpen = open;
  vfs_->xDelete = remove;
  const int code = sqlite3_vfs_register(vfs_.get(), 0);
  ENSURE(code == SQLITE_OK, "a file layer is registered");
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(vfs_.get()); }

int FaultVfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* self = static_cast<FaultVfs*>(vfs->pAppData);
  auto* own = new (file) FaultFile{{nullptr}, self, nullptr};
  const int code = self->real_->xOpen(self->real_, path, FaultFile::real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  own->path = new std::string(path == nullptr ? "" : path);
  own->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int FaultVfs::remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  auto* self = static_cast<FaultVfs*>(vfs->pAppData);
  if (const int fault = self->meet(Operation::remove); fault != SQLITE_OK) return fault;
  return self->real_->xDelete(self->real_, path, sync_directory);
}

int FaultVfs::meet(Operation operation) {
  base::MutexLock lock(mutex_);
  Plan& plan = plans_[operation];
  ++plan.count;
  if (plan.count == plan.fails_at) {
    if (plan.fault == Fault::io_error) return SQLITE_IOERR_WRITE;
    (plan.fault == Fault::power_loss ? power_lost_ : disk_full_) = true;
  }
  if (power_lost_) return SQLITE_IOERR;
  return disk_full_ && operation == Operation::write ? SQLITE_FULL : SQLITE_OK;
}

void FaultVfs::remember(const std::string& path, Unsynced write) {
  base::MutexLock lock(mutex_);
  unsynced_[path].push_back(std::move(write));
}

void FaultVfs::synced(const std::string& path) {
  base::MutexLock lock(mutex_);
  unsynced_.erase(path);
}

void FaultVfs::fail(Operation operation, int64_t nth, Fault fault) {
  base::MutexLock lock(mutex_);
  Plan& plan = plans_[operation];
  plan.fails_at = plan.count + nth;
  plan.fault = fault;
}

void FaultVfs::clear() {
  base::MutexLock lock(mutex_);
  for (auto& [operation, plan] : plans_) plan.fails_at = -1;
  disk_full_ = false;
}

bool FaultVfs::power_lost() const {
  base::MutexLock lock(mutex_);
  return power_lost_;
}

int64_t FaultVfs::count(Operation operation) const {
  base::MutexLock lock(mutex_);
  const auto found = plans_.find(operation);
  return found == plans_.end() ? 0 : found->second.count;
}

void FaultVfs::lose_unsynced(uint64_t seed) {
  base::MutexLock lock(mutex_);
  std::mt19937_64 random(seed);
  for (const auto& [path, writes] : unsynced_) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) continue;  // removed since
    for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
      write_at(descriptor, write->before, write->offset);
      ENSURE(ftruncate(descriptor, write->size_before) == 0, "the test's own disk takes writes");
    }
    for (const Unsynced& write : writes) {
      const uint64_t fate = random() % 3;
      if (fate == 0) continue;
      write_at(descriptor, fate == 1 ? write.after : write.after.substr(0, random() % write.after.size()), write.offset);
    }
    ::close(descriptor);
  }
  unsynced_.clear();
  plans_.clear();
  power_lost_ = disk_full_ = false;
}

}  // namespace bao::sqlite
