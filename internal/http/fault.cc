#include "internal/http/fault.h"

#include <algorithm>
#include <string>

namespace bao::http {
namespace {

base::Code code_of(const Answer& answer) {
  if (answer.code) return *answer.code;
  return answer.status == 503 ? base::Code::unavailable : base::Code::internal;
}

std::string_view advice_for(base::Code code) {
  switch (code) {
    case base::Code::sealed: return "unseal this node, or ask another one";
    case base::Code::unavailable:
    case base::Code::needs_active: return "nothing was changed: ask again, or another node; if it stays so, look at sys/leader and at the nodes' logs";
    case base::Code::uncertain: return "the change may have been made: read what is there before you repeat it";
    case base::Code::conflict: return "nothing was changed: others change the same at the same time; ask again";
    case base::Code::corrupt: return "stored data fails its check: look for it in this node's log, and let another node serve meanwhile";
    default: return "look for the request in this node's log";
  }
}

}  // namespace

void explain_fault(Answer& answer, std::string_view node, std::string_view role) {
  if (answer.status < 500 || !answer.body.starts_with(R"({"errors")")) return;
  const auto says = [&answer](std::string_view name) {
    return std::ranges::any_of(answer.headers, [name](const auto& header) { return header.first == name; });
  };
  if (says(kRoleHeader)) return;
  if (!node.empty()) answer.headers.emplace_back(kNodeHeader, node);
  answer.headers.emplace_back(kRoleHeader, role);
  if (says(kCodeHeader)) return;
  const base::Code code = code_of(answer);
  answer.headers.emplace_back(kCodeHeader, base::code_name(code));
  answer.headers.emplace_back(kAdviceHeader, advice_for(code));
}

}  // namespace bao::http
