// Running a request's handler on the view that its declaration allows, with the warnings that every answer may earn.
#pragma once

#include "internal/core/request_work.h"

namespace bao::core {

// What is answered without a handler of the effect's kind: no such route, path or operation, fields that don't fit,
// help. Nothing: there is a handler to run.
std::optional<logical::Reply> answer_without_handler(RequestWork& work);

// A `reads` handler, or the local half of `reads_unless`. Error needs_active: it met a write.
logical::Reply run_local(RequestWork& work, const storage::ReadView& all);
// Any handler but `manages`, inside the request's transaction.
logical::Reply run_writing(RequestWork& work, storage::WriteView& all);
// A `manages` handler, outside of any transaction.
logical::Reply run_managing(RequestWork& work);
enum class Management : uint8_t { none, of_cluster, of_node };
Management manages(const RequestWork& work);
// The planner of `reads_unless`.
base::Result<logical::Where> plan(RequestWork& work, const storage::ReadView& all);

}  // namespace bao::core
