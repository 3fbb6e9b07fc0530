// What a 5xx says beside its text, as headers, so that bodies stay the reference's: the node that said so, its role then, a code that
// tools may rely on, and what to do.
#pragma once

#include <string_view>

#include "internal/http/answer.h"

namespace bao::http {

inline constexpr std::string_view kNodeHeader = "X-Bao-Node", kRoleHeader = "X-Bao-Role", kCodeHeader = "X-Bao-Code",
                                  kAdviceHeader = "X-Bao-Advice";

// Adds them to a 5xx with {"errors":…} that has none yet: another node's answer keeps that node's, and what the core gave a code (audit)
// keeps that. `role`: "active", "standby", "sealed" or "uninitialized". Others are left alone.
void explain_fault(Answer& answer, std::string_view node, std::string_view role);

}  // namespace bao::http
