#include "internal/sqlite/gathered_wal.h"

#include <sqlite3.h>

#include <string>

namespace bao::sqlite {
namespace {

// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
constexpr int kWalHeaderBytes = 32, kFrameHeaderBytes = 24;
constexpr size_t kGatheredBytesMax = 1 << 16;  // with one more frame; SQLite's file layer takes less than 128 KiB a write

// A frame whose header names the size of the database ends its commit.
bool ends_commit(const char* frame_header) {
  return frame_header[4] != 0 || frame_header[5] != 0 || frame_header[6] != 0 || frame_header[7] != 0;
}

}  // namespace

// Found again from a file by its methods, which are its first member. Only new frames behind everything written so far are
// held back, and no longer than until the last one of a commit, or until anything else is asked of the file: so every error
// of the disk reaches SQLite before it counts the commit, and no reader is told of frames that are not in the file.
struct GatheredWal::File {
  sqlite3_io_methods methods;
  const sqlite3_io_methods* original;
  sqlite3_int64 end = 0;  // of what was written since the WAL began
  sqlite3_int64 from = 0;
  std::string held;
  bool last_frame = false;

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(const_cast<sqlite3_io_methods*>(file->pMethods)); }

  int pass_on(sqlite3_file* file) {
    if (held.empty()) return SQLITE_OK;
    const int code = original->xWrite(file, held.data(), static_cast<int>(held.size()), from);
    held.clear();
    last_frame = false;
    return code;
  }

  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    File& self = of(file);
    const auto* text = static_cast<const char*>(bytes);
    if (at == 0 && count == kWalHeaderBytes) self.end = 0;
    const bool follows = !self.held.empty() && at == self.from + static_cast<sqlite3_int64>(self.held.size());
    const bool begins = self.held.empty() && at >= self.end && count == kFrameHeaderBytes;
    if (!follows && !begins) {
      if (const int code = self.pass_on(file); code != SQLITE_OK) return code;
      self.end = std::max(self.end, at + count);
      return self.original->xWrite(file, bytes, count, at);
    }
    if (begins) self.from = at;
    self.held.append(text, static_cast<size_t>(count));
    self.end = std::max(self.end, at + count);
    if (count == kFrameHeaderBytes) {
      self.last_frame = ends_commit(text);
      return SQLITE_OK;
    }
    return self.last_frame || self.held.size() >= kGatheredBytesMax ? self.pass_on(file) : SQLITE_OK;
  }
  static int close(sqlite3_file* file) {
    File& self = of(file);
    file->pMethods = self.original;
    return self.original->xClose(file);
  }
  static int read(sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
    const int code = of(file).pass_on(file);
    return code != SQLITE_OK ? code : of(file).original->xRead(file, to, count, at);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    const int code = of(file).pass_on(file);
    return code != SQLITE_OK ? code : of(file).original->xTruncate(file, bytes);
  }
  static int sync(sqlite3_file* file, int flags) {
    const int code = of(file).pass_on(file);
    return code != SQLITE_OK ? code : of(file).original->xSync(file, flags);
  }
  static int size(sqlite3_file* file, sqlite3_int64* bytes) {
    const int code = of(file).pass_on(file);
    return code != SQLITE_OK ? code : of(file).original->xFileSize(file, bytes);
  }
};

GatheredWal::GatheredWal(std::unique_ptr<File> file) : file_(std::move(file)) {}
GatheredWal::~GatheredWal() = default;

std::unique_ptr<GatheredWal> GatheredWal::gather(sqlite3* db) {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (found != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return nullptr;
  auto gathered = std::make_unique<File>(File{*file->pMethods, file->pMethods, 0, 0, "", false});
  gathered->methods.xWrite = File::write;
  gathered->methods.xClose = File::close;
  gathered->methods.xRead = File::read;
  gathered->methods.xTruncate = File::truncate;
  gathered->methods.xSync = File::sync;
  gathered->methods.xFileSize = File::size;
  file->pMethods = &gathered->methods;
  return std::unique_ptr<GatheredWal>(new GatheredWal(std::move(gathered)));
}

}  // namespace bao::sqlite
