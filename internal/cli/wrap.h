// Lines of limited width, broken so that raggedness is least (the rule of kr/text, which the reference's texts show).
#pragma once

#include <string>
#include <string_view>

namespace bao::cli {

inline constexpr int kLineWidth = 78;

// The text as one paragraph of lines of at most kLineWidth columns, each indented by `padding` spaces.
std::string wrap(std::string_view text, int padding = 0);

}  // namespace bao::cli
