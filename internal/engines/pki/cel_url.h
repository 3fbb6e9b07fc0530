// The text of a program's url.URL, put together as Go's URL.String does. Pure.
#pragma once

#include <string>

#include "internal/cel/message.h"

namespace bao::engines::pki {

std::string url_text(const cel::Message& url);

}  // namespace bao::engines::pki
