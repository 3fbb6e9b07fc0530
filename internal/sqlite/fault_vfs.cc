#include "internal/sqlite/fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <random>

#include "internal/base/ensure.h"

namespace bao::sqlite {

constexpr sqlite3_int64 kStrayBytes = 4096;  // how far a misdirected write lands from where it should

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
    const auto met = of(file).vfs->meet(FaultVfs::Operation::read);
    if (met.code != SQLITE_OK) return met.code == SQLITE_IOERR_WRITE ? SQLITE_IOERR_READ : met.code;
    const int code = read_real(file, to, bytes, at);
    if (met.fault == FaultVfs::Fault::bit_flip && bytes > 0) static_cast<char*>(to)[bytes / 2] ^= 0x10;
    return code;
  }
  static int read_real(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
    return real(file)->pMethods->xRead(real(file), to, bytes, at);
  }
  static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    const auto met = of(file).vfs->meet(FaultVfs::Operation::write);
    if (met.code != SQLITE_OK && met.fault != FaultVfs::Fault::power_loss) return met.code;
    if (met.fault == FaultVfs::Fault::misdirected) at += kStrayBytes;
    FaultVfs::Unsynced note{at, "", std::string(static_cast<const char*>(from), static_cast<size_t>(bytes)), 0};
    sqlite3_int64 file_bytes = 0;
    if (size(file, &file_bytes) != SQLITE_OK) return SQLITE_IOERR_FSTAT;
    note.size_before = file_bytes;
    note.before.resize(static_cast<size_t>(std::clamp<sqlite3_int64>(file_bytes - at, 0, bytes)));
    if (!note.before.empty() && read_real(file, note.before.data(), static_cast<int>(note.before.size()), at) != SQLITE_OK) {
      return SQLITE_IOERR_READ;
    }
    of(file).vfs->remember(*of(file).path, std::move(note));
    if (met.code != SQLITE_OK) return met.code;
    return real(file)->pMethods->xWrite(real(file), from, bytes, at);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    if (const int fault = of(file).vfs->meet(FaultVfs::Operation::truncate).code; fault != SQLITE_OK) return fault;
    return real(file)->pMethods->xTruncate(real(file), bytes);
  }
  static int sync(sqlite3_file* file, int) {
    if (const int fault = of(file).vfs->meet(FaultVfs::Operation::sync).code; fault != SQLITE_OK) {
      return fault == SQLITE_IOERR_WRITE ? SQLITE_IOERR_FSYNC : fault;
    }
    // What a power loss takes is played, so that the real disk need not be waited for.
    of(file).vfs->synced(*of(file).path);
    return SQLITE_OK;
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
  // No mapped memory: every page is read through read().
  static int fetch(sqlite3_file*, sqlite3_int64, int, void** out) {
    *out = nullptr;
    return SQLITE_OK;
  }
  static int unfetch(sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; }
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
  if (const int fault = self->meet(Operation::remove).code; fault != SQLITE_OK) return fault;
  return self->real_->xDelete(self->real_, path, sync_directory);
}

FaultVfs::Meeting FaultVfs::meet(Operation operation) {
  base::MutexLock lock(mutex_);
  Plan& plan = plans_[operation];
  Meeting met;
  if (++plan.count == plan.fails_at) {
    met.fault = plan.fault;
    if (plan.fault == Fault::io_error) return {SQLITE_IOERR_WRITE, met.fault};
    if (plan.fault == Fault::power_loss) power_lost_ = true;
    if (plan.fault == Fault::disk_full) disk_full_ = true;
    if (plan.fault == Fault::hang) hung_ = true;
    if (plan.fault == Fault::stuck) stuck_ = true;
  }
  if (hung_ || met.fault == Fault::stuck) {
    ++waiting_;
    released_.notify_all();
    released_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) { return !hung_ && !(stuck_ && met.fault == Fault::stuck); });
    --waiting_;
  }
  if (power_lost_ && operation != Operation::read) met.code = SQLITE_IOERR;
  if (disk_full_ && operation == Operation::write) met.code = SQLITE_FULL;
  return met;
}

void FaultVfs::wait_until_it_hangs() {
  base::MutexLock lock(mutex_);
  released_.wait(mutex_, [&]() BAO_TS(no_thread_safety_analysis) { return waiting_ > 0; });
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
  disk_full_ = hung_ = stuck_ = false;
  released_.notify_all();
}

bool FaultVfs::hangs() const {
  base::MutexLock lock(mutex_);
  return waiting_ > 0;
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
    const auto keep = [&](const Unsynced& write, bool torn) {
      write_at(descriptor, torn ? write.after.substr(0, random() % write.after.size()) : write.after, write.offset);
    };
    const uint64_t manner = random() % 3;
    const size_t kept = random() % (writes.size() + 1);
    for (size_t i = 0; i < writes.size() && manner != 0; ++i) {
      if (manner == 1 ? i > kept : random() % 3 == 0) continue;
      keep(writes[i], manner == 1 ? i == kept : random() % 2 == 0);
    }
    ::close(descriptor);
  }
  unsynced_.clear();
  plans_.clear();
  power_lost_ = disk_full_ = false;
}

}  // namespace bao::sqlite
