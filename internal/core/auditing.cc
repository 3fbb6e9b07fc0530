#include "internal/core/auditing.h"

namespace bao::core {
namespace {

using base::Code;
using base::Status;
using logical::Reply;

audit::Event event_of(const RequestWork& work) {
  return {.request = work.request,
          .withheld_headers = &work.withheld_headers,
          .token = work.token.get(),
          .identity_policies = work.standing == nullptr ? nullptr : &work.standing->policies,
          .mount = work.mount == nullptr ? nullptr : &work.mount->entry,
          .granting_policies = work.decision.granting_policies(),
          .entity_created = work.entity_created,
          .forwarded_from = work.origin.forwarded_from,
          .certificate_serial_number = work.origin.certificate_serial_number};
}

// Of a read that found nothing there is no error to tell.
bool finds_nothing(const base::Error& error) { return error.code() == Code::absent && error.message().empty(); }

}  // namespace

Status audit_request(Core::Parts& parts, RequestWork& work) {
  if (work.audited || parts.audit.silent()) return {};
  const Status logged = parts.audit.log_request(event_of(work));
  work.audited = logged.ok();
  work.audit_failed = !logged.ok();
  return logged;
}

Reply audited(Core::Parts& parts, RequestWork& work, Reply reply) {
  if (work.audit_failed) return base::Error(Code::audit_unavailable, "no audit device takes the record of this request: nothing was done");
  if (parts.audit.silent() || (!reply.ok() && (reply.error().code() == Code::needs_active || reply.error().code() == Code::sealed))) {
    return reply;
  }
  audit::Event event = event_of(work);
  if (reply.ok()) event.response = &*reply;
  else if (!finds_nothing(reply.error())) event.error = &reply.error();
  // By policy; who has no valid token was not judged.
  event.allowed = reply.ok() || reply.error().code() != Code::denied || work.token == nullptr;
  Status logged;
  if (!work.audited && !reply.ok()) logged = parts.audit.log_request(event);
  if (logged.ok()) logged = parts.audit.log_response(event);
  if (logged.ok()) return reply;
  if (work.done) return base::Error(Code::audit_unavailable, "the request was carried out, but no audit device takes the record of its answer");
  return base::Error(Code::audit_unavailable, "no audit device takes the record of this request");
}

}  // namespace bao::core
