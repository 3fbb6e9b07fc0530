#include "internal/sqlite/checkpointer.h"

#include <pthread.h>

#include "internal/base/ensure.h"
#include "internal/base/log.h"

namespace bao::sqlite {
namespace {

// Copying so many pages keeps writers waiting for about 4 ms.
constexpr int kCheckpointPages = 1000;
// From here on the WAL is to start over: for that nothing may be left to move and nobody read it, so when the rest is small
// it is moved while writers wait, and readers are waited for (no longer than the writer's busy timeout).
constexpr int kStartOverPages = 4000;
constexpr int kRestMax = 150;
// Past it the disk, and readers too, are waited for.
constexpr int kWalPagesMax = 12'000;

void warn(const base::Error& error) {
  base::log_warn("storage", "a checkpoint failed; it is tried again", {{"error", error.message()}});
}

}  // namespace

base::Result<std::unique_ptr<Checkpointer>> Checkpointer::open(Db& writer, const std::string& vfs, const std::string& mark,
                                                               std::function<void()> let_go) {
  OpenOptions options;
  options.access = Access::read_only;
  options.vfs = vfs;
  options.mmap_bytes = 0;
  Pin pin;
  ASSIGN_OR_RETURN(pin.db, Db::open(writer.path(), options));
  ASSIGN_OR_RETURN(pin.begin, pin.db->prepare("BEGIN"));
  ASSIGN_OR_RETURN(pin.end, pin.db->prepare("COMMIT"));
  ASSIGN_OR_RETURN(pin.mark, pin.db->prepare(mark));
  return std::unique_ptr<Checkpointer>(new Checkpointer(writer, std::move(pin), std::move(let_go)));
}

Checkpointer::Checkpointer(Db& writer, Pin pin, std::function<void()> let_go)
    : writer_(writer), pin_(std::move(pin)), let_go_(std::move(let_go)), next_at_(kCheckpointPages), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  while (!advance()) wait_for_sync();
  if (stage() == Stage::broken) drop_pin();
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::rest() {
  note_restart();
  if (stage() == Stage::broken) return;
  if (pages_ < next_at_) {
    advance();
    return;
  }
  base::Status done;
  if (pages_ >= kWalPagesMax) done = now();
  else if (advance()) done = begin();
  if (!done.ok()) warn(done.error());
}

base::Status Checkpointer::now() {
  while (!advance()) wait_for_sync();
  if (stage() == Stage::broken) return base::internal(writer_.path() + ": the file could not be synced");
  let_go_();
  TRY(set_pin());
  drop_pin();
  auto pages = writer_.checkpoint(Db::Checkpoint::passive);
  // Who began to read during that holds the WAL; who begins now, when all of it is moved, does not.
  if (pages.ok() && pages->written >= kStartOverPages) {
    let_go_();
    pages = writer_.checkpoint(Db::Checkpoint::restart);
  }
  next_at_ = writer_.wal_pages() + kCheckpointPages;
  if (!pages.ok()) return pages.error();
  moved_pages_ = pages->moved;
  if (pages->moved == pages->written) durable_.store(pin_.marked, std::memory_order_release);
  return {};
}

// Nothing was moved of a WAL that has started over.
void Checkpointer::note_restart() {
  const int pages = writer_.wal_pages();
  if (pages < pages_) {
    moved_pages_ = 0;
    next_at_ = kCheckpointPages;
  }
  pages_ = pages;
}

base::Status Checkpointer::begin() {
  if (pages_ >= kStartOverPages && pages_ - moved_pages_ <= kRestMax) return now();
  let_go_();
  next_at_ = pages_ + kCheckpointPages;  // if anything fails
  TRY(set_pin());
  pinned_pages_ = pages_;
  enter(Stage::wal_unsynced);
  return {};
}

// Whether nothing is under way.
bool Checkpointer::advance() {
  switch (stage()) {
    case Stage::idle:
    case Stage::broken: return true;
    case Stage::wal_synced: copy(); return false;
    case Stage::copies_synced: finish(); return true;
    case Stage::wal_unsynced:
    case Stage::copies_unsynced: break;
  }
  return false;
}

// Up to the read transaction, whose frames are on the disk; what was committed later may not be.
void Checkpointer::copy() {
  let_go_();
  const auto mode = writer_.synchronous();
  const auto pages = [&]() -> base::Result<Db::WalPages> {
    TRY(writer_.set_synchronous(Synchronous::off));
    return writer_.checkpoint(Db::Checkpoint::passive);
  }();
  const auto restored = writer_.set_synchronous(mode);
  ENSURE(restored.ok(), "commits are durable again");
  if (!pages.ok()) warn(pages.error());
  moved_pages_ = pages.ok() ? pages->moved : 0;
  enter(Stage::copies_unsynced);  // a part may have been copied
}

void Checkpointer::finish() {
  if (moved_pages_ >= pinned_pages_) durable_.store(pin_.marked, std::memory_order_release);
  drop_pin();
  next_at_ = pinned_pages_ < kStartOverPages ? pinned_pages_ + kCheckpointPages : pages_;
  enter(Stage::idle);
}

base::Status Checkpointer::set_pin() {
  TRY(pin_.begin.run());
  const auto row = pin_.mark.step();  // the first read fixes the moment
  if (row.ok() && *row) pin_.marked = static_cast<uint64_t>(pin_.mark.number(0));
  pin_.mark.reset();
  if (row.ok() && *row) return {};
  drop_pin();
  return row.ok() ? base::corrupt(writer_.path() + ": a row is missing") : row.error();
}

void Checkpointer::drop_pin() { (void)pin_.end.run(); }  // ends a read; nothing can be lost

Checkpointer::Stage Checkpointer::stage() {
  base::MutexLock lock(mutex_);
  return stage_;
}

void Checkpointer::enter(Stage stage) {
  {
    base::MutexLock lock(mutex_);
    stage_ = stage;
  }
  changed_.notify_all();
}

void Checkpointer::wait_for_sync() {
  base::MutexLock lock(mutex_);
  changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) {
    return stage_ != Stage::wal_unsynced && stage_ != Stage::copies_unsynced;
  });
}

void Checkpointer::run() {
  pthread_setname_np(pthread_self(), "checkpoint");
  for (;;) {
    Stage now;
    {
      base::MutexLock lock(mutex_);
      changed_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) {
        return stopping_ || stage_ == Stage::wal_unsynced || stage_ == Stage::copies_unsynced;
      });
      if (stopping_) return;
      now = stage_;
    }
    const bool wal = now == Stage::wal_unsynced;
    const auto synced = pin_.db->sync(wal ? Db::File::wal : Db::File::database);
    if (!synced.ok()) base::log_error("storage", "no checkpoint is possible any more", {{"error", synced.error().message()}});
    enter(!synced.ok() ? Stage::broken : wal ? Stage::wal_synced : Stage::copies_synced);
  }
}

}  // namespace bao::sqlite
