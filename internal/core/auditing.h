// Where in a request's way audit devices are told of it (audit/README). Costs one look where there are none.
#pragma once

#include "internal/core/request_work.h"

namespace bao::core {

// After the decision and before the handler, once however often the request runs. Errors: unavailable, and nothing may be done.
base::Status audit_request(Core::Parts& parts, RequestWork& work);
// Before the answer goes out: the line of the answer, and of the request if it was refused before its own. What was given to another node is
// told of there. No device takes it: the answer becomes the error audit_unavailable.
logical::Reply audited(Core::Parts& parts, RequestWork& work, logical::Reply reply);

}  // namespace bao::core
