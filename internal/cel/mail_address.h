// Mail addresses as Go's mail.ParseAddress takes them (RFC 5322 3.4): "ada@example.com", "Ada <ada@example.com>". Pure.
#pragma once

#include <string_view>

namespace bao::cel {

bool is_mail_address(std::string_view text);

}  // namespace bao::cel
