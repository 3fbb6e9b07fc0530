#include "internal/core/lease_index_rebuild.h"

#include "internal/base/log.h"

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
  int64_t leases = 0;
  std::string next;
  const auto committed = barrier_.transact([&](barrier::Transaction& all) -> base::Status {
    next = cursor_;
    ASSIGN_OR_RETURN(const auto built, all.index_scan(kBuiltTable, "\xff", 1));
    complete = !built.empty();
    if (complete) return {};
    ASSIGN_OR_RETURN(leases, expiration_.rebuild_step(all, next, kLeasesAStep));
    complete = leases < kLeasesAStep;
    if (complete) all.index_put(kBuiltTable, kBuiltRow, kBuiltRow);
    return {};
  });
  if (!committed.ok()) return committed.error();
  if (cursor_.empty() && leases > 0) base::log_info("expiration", "leases without an index are given one in the background");
  leases_ += leases;
  done_ = complete;
  cursor_ = std::move(next);
  if (done_ && leases_ > 0) base::log_info("expiration", "the index of leases is complete", {{"leases", std::to_string(leases_)}});
  return {};
}

}  // namespace bao::core
