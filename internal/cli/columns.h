// Tables as the reference prints them (openbao-cli.md 1.7): columns left aligned, four spaces apart, "n/a" for empty cells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bao::cli {

using Row = std::vector<std::string>;

inline constexpr std::string_view kGap = "    ";

// Width of a text: its code points.
size_t columns_of(std::string_view text);
// Rows without a heading.
std::string align(std::vector<Row> rows, std::string_view gap = kGap);
// Rows below a heading that is underlined cell by cell; the first row is the heading.
std::string table(const std::vector<Row>& rows, std::string_view gap = kGap);

}  // namespace bao::cli
