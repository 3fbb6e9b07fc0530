#include "internal/migration/destination.h"

#include <chrono>
#include <functional>

#include "internal/base/clock.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"

namespace bao::migration {
namespace {

using storage::Operation;

constexpr size_t kBatchBytes = 1u << 20;
constexpr size_t kBatchOperationsMax = 4096;
constexpr std::string_view kServerLock = "core/lock";

// Ends a walk over a snapshot that has seen enough.
base::Error enough() { return base::Error(base::Code::exhausted, "enough"); }

std::string mark_text() {
  const std::string now = base::format_rfc3339(base::system_clock().now());
  return codec::write_json(codec::Json::record({{"start", codec::Json(now)}}));
}

}  // namespace

base::Result<Destination> Destination::open(const config::Migration& migration) {
  const std::string& type = migration.destination.type;
  if (type != "raft" && type != "file")
    return base::invalid("storage type " + type + " cannot be migrated to: there are raft and file");
  config::Config config;
  config.storage = migration.destination;
  config.cluster_addr = migration.cluster_addr;
  if (type == "raft" && config.cluster_addr.empty()) return base::invalid("cluster_addr config not set");
  ASSIGN_OR_RETURN(server::OpenedStorage opened, server::open_storage(config));
  if (opened.member && !opened.member->formed()) TRY(opened.member->form());
  return Destination(std::move(opened));
}

base::Status Destination::begin(std::string_view start) {
  bool empty = true, marked = false;
  {
    const auto snapshot = storage().snapshot();
    ASSIGN_OR_RETURN(const auto mark, snapshot->get(kMark));
    marked = mark.has_value();
    const base::Status seen = snapshot->each([&](std::string_view key, const storage::Record&) {
      empty = key.empty();
      return empty ? base::Status() : base::Status(enough());
    });
    if (!seen.ok() && seen.error().code() != base::Code::exhausted) return seen;
  }
  if (!empty && !marked) return base::Error(base::Code::conflict, "there is data already, and not of an unfinished migration");
  TRY(add({Operation::Kind::put, std::string(kMark), mark_text(), "", ""}));
  TRY(flush());
  return clear(start);
}

// In pieces: a snapshot is never kept while something is written.
base::Status Destination::clear(std::string_view start) {
  for (bool more = true; more;) {
    more = false;
    storage::Proposal removal;
    const base::Status seen = storage().snapshot()->each([&](std::string_view key, const storage::Record&) -> base::Status {
      if (key == kMark || key < start || key.empty()) return {};
      removal.operations.push_back({Operation::Kind::remove, std::string(key), "", "", ""});
      more = removal.operations.size() == kBatchOperationsMax;
      return more ? base::Status(enough()) : base::Status();
    });
    if (!seen.ok() && seen.error().code() != base::Code::exhausted) return seen;
    if (removal.operations.empty()) return {};
    const auto done = storage().propose(std::move(removal));
    if (!done.ok()) return done.error();
  }
  return {};
}

base::Status Destination::add(Operation operation) {
  const size_t bytes = operation.key.size() + operation.value.size();
  if (pending_bytes_ + bytes > kBatchBytes || pending_.operations.size() == kBatchOperationsMax) TRY(flush());
  pending_bytes_ += bytes;
  pending_.operations.push_back(std::move(operation));
  return {};
}

base::Status Destination::put(std::string_view key, std::string_view value) {
  return add({Operation::Kind::put, std::string(key), std::string(value), "", ""});
}

base::Status Destination::flush() {
  if (pending_.operations.empty()) return {};
  pending_bytes_ = 0;
  const auto done = storage().propose(std::exchange(pending_, {}));
  return done.ok() ? base::Status() : base::Status(done.error());
}

base::Status Destination::take_away_mark() {
  TRY(add({Operation::Kind::remove, std::string(kMark), "", "", ""}));
  return flush();
}

base::Status Destination::finish() {
  TRY(add({Operation::Kind::remove, std::string(kServerLock), "", "", ""}));
  return take_away_mark();
}

}  // namespace bao::migration
