#include "internal/core/faults.h"

#include "internal/base/fault_log.h"
#include "internal/base/metrics.h"

namespace bao::core {
namespace {

using base::Code;

constexpr int kLowestFault = 500;  // the status of a document of an engine's own

base::FailedRequest told_of(const RequestWork& work) {
  base::FailedRequest told{.id = work.request.id, .operation = logical::operation_name(work.asked), .mount = {}, .route = {}};
  if (work.mount != nullptr) told.mount = work.mount->entry.accessor;
  if (work.match) told.route = work.match->path->pattern;
  return told;
}

}  // namespace

void tell_of_fault(const RequestWork& work, const logical::Reply& reply) {
  if (reply.ok()) {
    const bool fails = reply->raw && reply->raw->status >= kLowestFault;
    if (fails) base::log_fault(told_of(work), Code::internal, base::Words::of_node(std::string(reply->raw->fault)));
    return;
  }
  const Code code = reply.error().code();
  if (!base::is_fault(code) || code == Code::needs_active) return;
  static base::Counter& damage = base::counter("storage.damage_found");
  if (code == Code::corrupt) damage.add();
  base::log_fault(told_of(work), code, reply.error().words());
}

}  // namespace bao::core
