#include "internal/storage/raft/read_pool.h"

#include <chrono>

#include "internal/base/limits.h"
#include "internal/storage/raft/key_cursor.h"

namespace bao::storage::raft {
namespace {

constexpr std::chrono::seconds kLendWait{5};

}  // namespace

base::Result<std::unique_ptr<ReadConnection>> ReadConnection::open(const std::string& file, const std::string& vfs) {
  sqlite::OpenOptions options;
  options.access = sqlite::Access::read_only;
  options.vfs = vfs;
  auto connection = std::make_unique<ReadConnection>();
  ASSIGN_OR_RETURN(connection->db, sqlite::Db::open(file, options));
  sqlite::Db& db = *connection->db;
  ASSIGN_OR_RETURN(connection->begin, db.prepare("BEGIN"));
  ASSIGN_OR_RETURN(connection->end, db.prepare("COMMIT"));
  ASSIGN_OR_RETURN(connection->applied, db.prepare("SELECT applied_index FROM meta WHERE id = 1"));
  ASSIGN_OR_RETURN(connection->get, db.prepare("SELECT value, modified_index FROM kv WHERE key = ?1"));
  ASSIGN_OR_RETURN(connection->list, db.prepare(KeyCursor::kQuery));
  ASSIGN_OR_RETURN(connection->scan, db.prepare("SELECT sort_key, key FROM index_row WHERE table_name = ?1 AND sort_key < ?2"
                                                " ORDER BY sort_key, key LIMIT ?3"));
  ASSIGN_OR_RETURN(connection->each, db.prepare("SELECT key, value, modified_index FROM kv WHERE key <> x'' ORDER BY key"));
  return connection;
}

base::Status ReadConnection::begin_reading() {
  TRY(begin.run());
  reading = true;
  ASSIGN_OR_RETURN(const bool found, applied.step());  // the first read fixes the snapshot
  if (!found) return base::corrupt(base::Words::of_node(db->path() + ": no row in meta"));
  index = base::Index{static_cast<uint64_t>(applied.number(0))};
  applied.reset();
  return {};
}

void ReadConnection::end_reading() {
  if (reading) (void)end.run();  // ends a read; nothing can be lost
  reading = false;
}

ReadPool::~ReadPool() {
  base::MutexLock lock(mutex_);
  ENSURE(idle_.size() == open_, "snapshots end before their storage");
}

base::Result<std::unique_ptr<ReadConnection>> ReadPool::take() {
  {
    base::MutexLock lock(mutex_);
    const auto available = [this]() BAO_TS(no_thread_safety_analysis) {
      return !idle_.empty() || open_ < base::kReadConnectionsMax;
    };
    if (!returned_.wait_for(mutex_, kLendWait, available)) {
      return base::Error(base::Code::unavailable, "storage: too many reads at once");
    }
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      connection->round = round_;
      return connection;
    }
    ++open_;
  }
  auto opened = ReadConnection::open(file_, vfs_);
  if (!opened.ok()) {
    base::MutexLock lock(mutex_);
    --open_;
  }
  return opened;
}

base::Result<std::unique_ptr<ReadConnection>> ReadPool::lend(base::Index applied) {
  ASSIGN_OR_RETURN(auto connection, take());
  if (connection->reading && connection->index >= applied) return connection;
  connection->end_reading();
  if (const auto begun = connection->begin_reading(); !begun.ok()) {
    give_back(std::move(connection));
    return begun.error();
  }
  return connection;
}

void ReadPool::give_back(std::unique_ptr<ReadConnection> connection) {
  {
    base::MutexLock lock(mutex_);
    if (connection->round != round_) connection->end_reading();
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

// Under the lock, or readers would open connections meanwhile; ending a read touches memory only.
void ReadPool::let_go() {
  base::MutexLock lock(mutex_);
  ++round_;
  for (const auto& connection : idle_) connection->end_reading();
}

}  // namespace bao::storage::raft
