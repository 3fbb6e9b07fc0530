#include "internal/core/execution.h"

#include <algorithm>

#include "internal/logical/help.h"

namespace bao::core {

using base::Result;
using logical::Call;
using logical::Operation;
using logical::Reply;

namespace {

// Only beside a body: an answer without one stays 204 (observed.md).
void add_field_warnings(const RequestWork& work, logical::Response& response) {
  if (response.empty()) return;
  if (work.fields->unknown().empty() && work.fields->replaced().empty()) return;
  const auto warnings = logical::field_warnings(*work.fields);
  response.warnings.insert(response.warnings.end(), warnings.begin(), warnings.end());
}

bool allows_header(const MountEntry& entry, std::string_view name) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto& allowed = entry.config.allowed_response_headers;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& header) {
    return header.size() == name.size() && std::equal(header.begin(), header.end(), name.begin(), same);
  });
}

Reply finished(const RequestWork& work, Reply reply) {
  if (!reply.ok()) return reply;
  add_field_warnings(work, *reply);
  if (!work.mount->core_backend && !reply->headers.empty()) {
    std::erase_if(reply->headers, [&](const auto& header) { return !allows_header(work.mount->entry, header.first); });
  }
  return reply;
}

Call call_of(const RequestWork& work) { return {work.request, *work.fields, work.now}; }

Reply help_of(const RequestWork& work) {
  logical::Response response;
  response.raw = logical::RawBody{200, "application/json",
                                  codec::write_json(logical::path_help(*work.mount->backend, work.request)) + "\n"};
  return response;
}

}  // namespace

std::optional<Reply> answer_without_handler(RequestWork& work) {
  const logical::Request& request = work.request;
  if (work.mount == nullptr) {
    return base::Error(base::Code::absent, "no handler for route \"" + request.path + "\". route entry not found.");
  }
  const bool of_mount = request.path.size() <= request.mount_point.size();
  if (request.operation == Operation::help && (work.match || of_mount)) return help_of(work);
  if (!work.match) {
    const logical::Fields none;
    return work.mount->backend->unmatched({request, none, work.now});
  }
  if (work.handler() == nullptr) return logical::unsupported_operation();
  if (work.fields.ok()) return std::nullopt;
  return work.fields.error();
}

Reply run_local(RequestWork& work, const storage::ReadView& all) {
  const storage::PrefixReadView view(all, work.mount->view_prefix);
  const logical::Effect& effect = work.handler()->effect;
  if (const auto* reads = std::get_if<logical::Reads>(&effect)) return finished(work, reads->run(call_of(work), view));
  const auto* reads_unless = std::get_if<logical::ReadsUnless>(&effect);
  ENSURE(reads_unless != nullptr, "what writes has no local half");
  return finished(work, reads_unless->local(call_of(work), view));
}

Reply run_writing(RequestWork& work, storage::WriteView& all) {
  storage::PrefixWriteView view(all, work.mount->view_prefix);
  const logical::Effect& effect = work.handler()->effect;
  const Call call = call_of(work);
  if (const auto* writes = std::get_if<logical::Writes>(&effect)) return finished(work, writes->run(call, view));
  if (const auto* reads = std::get_if<logical::Reads>(&effect)) return finished(work, reads->run(call, view));
  const auto* reads_unless = std::get_if<logical::ReadsUnless>(&effect);
  ENSURE(reads_unless != nullptr, "what manages runs outside of transactions");
  return finished(work, reads_unless->active(call, view));
}

Management manages(const RequestWork& work) {
  const logical::Handler* handler = work.handler();
  const auto* effect = handler == nullptr ? nullptr : std::get_if<logical::Manages>(&handler->effect);
  if (effect == nullptr) return Management::none;
  return effect->of == logical::Of::node ? Management::of_node : Management::of_cluster;
}

Reply run_managing(RequestWork& work) {
  const logical::Handler& handler = *work.handler();
  ENSURE(work.mount->core_backend, "only the core's own backends manage");
  ENSURE(!handler.creates_lease && !handler.is_login, "what manages neither leases nor logs in");
  Reply reply = finished(work, std::get<logical::Manages>(handler.effect).run(call_of(work)));
  ENSURE(!reply.ok() || !reply->lease, "what manages files no lease");
  return reply;
}

Result<logical::Where> plan(RequestWork& work, const storage::ReadView& all) {
  const storage::PrefixReadView view(all, work.mount->view_prefix);
  return std::get<logical::ReadsUnless>(work.handler()->effect).plan(call_of(work), view);
}

}  // namespace bao::core
