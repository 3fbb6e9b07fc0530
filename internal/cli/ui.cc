#include "internal/cli/ui.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "internal/cli/environment.h"

namespace bao::cli {
namespace {

constexpr std::string_view kRed = "\033[31m", kYellow = "\033[33m", kPlain = "\033[0m";

void write_to(std::FILE* stream, std::string_view text) { std::fwrite(text.data(), 1, text.size(), stream); }

bool terminal_without_colour() {
  const char* terminal = std::getenv("TERM");
  const char* forbidden = std::getenv("NO_COLOR");
  return (forbidden != nullptr && *forbidden != 0) || (terminal != nullptr && std::string_view(terminal) == "dumb") ||
         isatty(STDOUT_FILENO) == 0;
}

}  // namespace

Ui::Ui(std::string_view format_name, bool detailed) : detailed_(detailed) {
  static constexpr std::pair<std::string_view, Format> kFormats[] = {
      {"table", Format::table}, {"json", Format::json},     {"yaml", Format::yaml},
      {"yml", Format::yaml},    {"pretty", Format::pretty}, {"raw", Format::raw}};
  known_ = false;
  for (const auto& [name, format] : kFormats) {
    if (name != format_name) continue;
    format_ = format;
    known_ = true;
  }
  plain_ = terminal_without_colour();
  coloured_ = !plain_ && environment_or_empty("BAO_CLI_NO_COLOR").empty() && format_ == Format::table;
}

std::string Ui::take_held() {
  holding_ = false;
  return std::exchange(held_, "");
}

void Ui::output(std::string_view text) {
  write_to(stdout, text);
  write_to(stdout, "\n");
}

void Ui::value(std::string_view text) {
  write_to(stdout, text);
  if (!plain_) write_to(stdout, "\n");
}

void Ui::warn(std::string_view text) { to_stderr(text, kYellow); }
void Ui::error(std::string_view text) { to_stderr(text, kRed); }

void Ui::error_now(std::string_view text) {
  std::fflush(stdout);
  write_to(stderr, text);
}

void Ui::to_stderr(std::string_view text, std::string_view colour) {
  std::string line;
  if (coloured_ && !text.empty()) {
    line.append(colour).append(text).append(kPlain);
  } else {
    line = text;
  }
  line += '\n';
  if (holding_) {
    held_ += line;
  } else {
    error_now(line);
  }
}

}  // namespace bao::cli
