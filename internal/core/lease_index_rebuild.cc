#include "internal/core/lease_index_rebuild.h"

namespace bao::core {
namespace {

constexpr int64_t kLeasesAStep = 256;
// A row here says that every lease has its row.
constexpr std::string_view kBuiltTable = "lease_expiry_built";
constexpr std::string_view kBuiltRow = "1";

}  // namespace

base::Status LeaseIndexRebuild::step() {
  if (done_) return {};
  bool complete = false;
  std::string next;
  const auto committed = barrier_.transact([&](barrier::Transaction& all) -> base::Status {
    next = cursor_;
    ASSIGN_OR_RETURN(const auto built, all.index_scan(kBuiltTable, "\xff", 1));
    complete = !built.empty();
    if (complete) return {};
    ASSIGN_OR_RETURN(complete, expiration_.rebuild_step(all, next, kLeasesAStep));
    if (complete) all.index_put(kBuiltTable, kBuiltRow, kBuiltRow);
    return {};
  });
  if (!committed.ok()) return committed.error();
  done_ = complete;
  cursor_ = std::move(next);
  return {};
}

}  // namespace bao::core
