// What a 5xx says beside its text, as headers, so that bodies stay the reference's: the node that said so, its role then, a code that
// tools may rely on, what to do, and under which id the node's log has its reason.
#pragma once

#include <string_view>

#include "internal/http/answer.h"

namespace bao::http {

inline constexpr std::string_view kNodeHeader = "X-Bao-Node", kRoleHeader = "X-Bao-Role", kCodeHeader = "X-Bao-Code",
                                  kAdviceHeader = "X-Bao-Advice", kRequestHeader = "X-Bao-Request-Id";

// Of a 5xx that answers no error.
base::Code code_of_fault(int status);

// Adds them to a 5xx with {"errors":…} that has none yet: another node's answer keeps that node's. `role`: "active", "standby",
// "sealed" or "uninitialized". What the core has not told the log of is told there. Others are left alone.
void explain_fault(Answer& answer, std::string_view node, std::string_view role, std::string_view operation);

}  // namespace bao::http
