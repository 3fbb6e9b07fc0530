#include "internal/raft/sim/sqlite_log.h"

#include <algorithm>
#include <filesystem>

#include "internal/base/ensure.h"
#include "internal/base/log.h"
#include "internal/raft/sim/state_machine.h"

namespace bao::raft::sim {
namespace {

using Fault = sqlite::FaultVfs::Fault;
using Operation = sqlite::FaultVfs::Operation;

constexpr int kWalPagesMax = 200;  // not LogStore::rest(), whose thread would not do the same twice
constexpr size_t kWholeLog = size_t{1} << 40;

// One for the process, so that nothing stays behind when a world ends in the middle (crash_guard.h).
class Folder {
 public:
  Folder() {
    std::error_code none;
    const std::filesystem::path memory = "/dev/shm";
    std::string pattern = (std::filesystem::is_directory(memory, none) ? memory : std::filesystem::temp_directory_path()) / "raft-sim-XXXXXX";
    ENSURE(mkdtemp(pattern.data()) != nullptr, "a folder for log files");
    path_ = pattern;
    base::set_log_level(base::LogLevel::error);  // each power loss would say that the last checkpoint failed
  }
  ~Folder() {
    std::error_code left;
    std::filesystem::remove_all(path_, left);
  }
  // Another one each time; nothing else depends on the number.
  std::string next() { return path_ + "/" + std::to_string(++made_); }

 private:
  std::string path_;
  uint64_t made_ = 0;
};

std::string next_folder() {
  static Folder folder;
  std::string path = folder.next();
  std::filesystem::create_directory(path);
  return path;
}

SnapshotMeta beginning(const LogImage& image) {
  return {image.start.position, image.start.chain, *image.configuration, image.configuration_index};
}

std::vector<raft::LogWrite> in_store_terms(const std::vector<LogWrite>& writes, GroupId group) {
  std::vector<raft::LogWrite> all;
  for (const LogWrite& write : writes) {
    raft::LogWrite one{group, {}, write.truncate_from, write.entries, write.hard, write.compact_to};
    if (write.reset) one.reset = beginning(*write.reset);
    if (write.reset && !one.hard) one.hard = write.reset->hard;
    all.push_back(std::move(one));
  }
  return all;
}

bool same(const Entry& a, const Entry& b) {
  return a.index == b.index && a.term == b.term && a.kind == b.kind && a.payload == b.payload && a.chain == b.chain;
}

std::string summary(const LogImage& image) {
  return std::to_string(image.start.position.index.value) + " to " + std::to_string(image.last().value) + ", term " +
         std::to_string(image.hard.term.value);
}

}  // namespace

SqliteLog::SqliteLog(const LogImage& first) : folder_(next_folder()), vfs_(folder_) {
  const base::Status opened = open();
  ENSURE(opened.ok(), "a new log");
  LogWrite all;
  all.reset = first;
  all.reset->entries.clear();
  all.entries.assign(first.entries.begin(), first.entries.end());
  all.hard = first.hard;
  if (first.last() == Index{}) return;  // belongs to nothing yet
  const base::Status written = write({all});
  ENSURE(written.ok(), "a new log takes its beginning");
}

SqliteLog::~SqliteLog() {
  log_.reset();
  std::error_code left;
  std::filesystem::remove_all(folder_, left);
}

base::Status SqliteLog::open() {
  ASSIGN_OR_RETURN(log_, LogStore::open(folder_ + "/log.db", cheap_chain, {vfs_.name()}));
  return {};
}

base::Status SqliteLog::write(const std::vector<LogWrite>& writes) {
  TRY(log_->write(in_store_terms(writes, kGroup)));
  return log_->wal_pages() > kWalPagesMax ? log_->checkpoint() : base::Status();
}

base::Status SqliteLog::write_in_vain(const std::vector<LogWrite>& writes) {
  vfs_.fail(Operation::write, 1, Fault::disk_full);
  const base::Status written = write(writes);
  vfs_.clear();
  if (!written.ok() && written.error().code() == base::Code::unavailable) return {};
  return base::corrupt(written.ok() ? "the log took a write without room" : written.error().message());
}

base::Result<SqliteLog::Held> SqliteLog::lose_power(const std::vector<LogWrite>& writes, const LogImage& before, const LogImage& after,
                                                    Random& random) {
  static constexpr Operation kOperations[] = {Operation::write, Operation::write, Operation::sync, Operation::truncate};
  const Operation operation = kOperations[random.below(std::size(kOperations))];
  // A failed fsync would end the process, and this is the world's.
  const bool fails = operation == Operation::write && random.chance(0.2);
  vfs_.fail(operation, static_cast<int64_t>(random.between(1, 3)), fails ? Fault::io_error : Fault::power_loss);
  const bool tried = !writes.empty() && random.chance(0.7);
  const bool done = tried && write(writes).ok();
  log_.reset();  // its last checkpoint meets the loss, if nothing did before
  vfs_.lose_unsynced(random.next());
  TRY(open());
  if (!done) {
    ASSIGN_OR_RETURN(const bool old, holds(before));
    if (old) return Held::before;
  }
  if (tried) {
    ASSIGN_OR_RETURN(const bool whole, holds(after));
    if (whole) return Held::after;
  }
  return base::corrupt("the log on disk is another one than " + summary(done ? after : before));
}

base::Status SqliteLog::reopen(const LogImage& held) {
  log_.reset();
  TRY(open());
  ASSIGN_OR_RETURN(const bool whole, holds(held));
  return whole ? base::Status() : base::corrupt("the log that was closed in order was " + summary(held) + ", and is another one now");
}

base::Result<bool> SqliteLog::holds(const LogImage& image) {
  ASSIGN_OR_RETURN(const Recovered found, recover(kWholeLog));
  const auto [newest_at, newest] = newest_configuration(image);
  return found.hard == image.hard && found.start == image.start && found.last == image.last() &&
         std::ranges::equal(found.tail, image.entries, [](const EntryPtr& a, const EntryPtr& b) { return same(*a, *b); }) &&
         found.configurations.at(image.start.position.index) == *image.configuration &&
         found.configurations.current() == *newest && found.configurations.current_index() == newest_at;
}

}  // namespace bao::raft::sim
