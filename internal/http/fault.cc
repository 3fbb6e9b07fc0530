#include "internal/http/fault.h"

#include <algorithm>
#include <string>

#include "internal/base/fault_log.h"
#include "internal/http/request_id.h"

namespace bao::http {
namespace {

std::string_view advice_for(base::Code code) {
  switch (code) {
    case base::Code::sealed: return "unseal this node, or ask another one";
    case base::Code::unavailable:
    case base::Code::needs_active: return "nothing was changed: ask again, or another node; if it stays so, look at sys/leader and at the nodes' logs";
    case base::Code::uncertain: return "the change may have been made: read what is there before you repeat it";
    case base::Code::conflict: return "nothing was changed: others change the same at the same time; ask again";
    case base::Code::audit_unavailable: return "look in this node's log for why its audit devices take no lines: requests go on as soon as one does";
    case base::Code::corrupt: return "stored data fails its check: look for it in this node's log, and let another node serve meanwhile";
    default: return "look for the request in this node's log";
  }
}

}  // namespace

base::Code code_of_fault(int status) { return status == 503 ? base::Code::unavailable : base::Code::internal; }

void explain_fault(Answer& answer, std::string_view node, std::string_view role, std::string_view operation) {
  if (answer.status < 500 || !answer.body.starts_with(R"({"errors")")) return;
  if (std::ranges::any_of(answer.headers, [](const auto& header) { return header.first == kCodeHeader; })) return;
  const base::Code code = answer.code.value_or(code_of_fault(answer.status));
  if (answer.told_as.empty()) {
    answer.told_as = make_request_id();
    base::log_fault({.id = answer.told_as, .operation = operation, .mount = {}, .route = {}}, code, answer.why.value_or("the answer does not say why"));
  }
  if (!node.empty()) answer.headers.emplace_back(kNodeHeader, node);
  answer.headers.emplace_back(kRoleHeader, role);
  answer.headers.emplace_back(kCodeHeader, base::code_name(code));
  answer.headers.emplace_back(kAdviceHeader, advice_for(code));
  answer.headers.emplace_back(kRequestHeader, answer.told_as);
}

}  // namespace bao::http
