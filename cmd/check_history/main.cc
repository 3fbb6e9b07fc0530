// check_history [--steps N] [--seconds N] DIR|FILE…: judges recorded histories (*.txt of a folder), see
// internal/testing/linear/README.md. Exit status: 0 linearizable, 1 violation, 2 undecided within the limits, 3 unreadable.
// A developer's tool.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"

namespace {

namespace linear = bao::testing::linear;
using linear::Verdict;

constexpr int kLinearizable = 0, kViolation = 1, kUndecided = 2, kUnreadable = 3;

// Files of folders in the order of their names; a folder without any is an error of its own.
bool collect(const std::filesystem::path& path, std::vector<std::filesystem::path>& files) {
  if (!std::filesystem::is_directory(path)) {
    files.push_back(path);
    return true;
  }
  const size_t before = files.size();
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
  return files.size() > before;
}

int judge(const std::filesystem::path& path, const linear::Limits& limits) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto history = linear::parse_history(text);
  if (in.bad() || !in.is_open() || !history.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), history.ok() ? "cannot be read" : history.error().message().c_str());
    return kUnreadable;
  }
  const linear::Report report = linear::check(*history, limits);
  const char* verdict = report.verdict == Verdict::linearizable ? "linearizable" : report.verdict == Verdict::violation ? "VIOLATION" : "UNDECIDED";
  std::printf("%s: %s (%zu operations, %llu steps)\n%s", path.c_str(), verdict, history->operations.size(),
              static_cast<unsigned long long>(report.steps), linear::describe(report, *history).c_str());
  return report.verdict == Verdict::linearizable ? kLinearizable : report.verdict == Verdict::violation ? kViolation : kUndecided;
}

// The worst of two: a violation beats what couldn't be read, which beats what couldn't be decided.
int worse(int a, int b) {
  static constexpr int kWeight[] = {0, 3, 1, 2};
  return kWeight[a] > kWeight[b] ? a : b;
}

bool read_number(const char* text, uint64_t& number) {
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), number);
  return error == std::errc() && *end == '\0';
}

int usage() {
  std::fprintf(stderr, "usage: check_history [--steps N] [--seconds N] DIR|FILE...\n");
  return kUnreadable;
}

}  // namespace

int main(int argc, char** argv) {
  linear::Limits limits;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--steps" || word == "--seconds") {
      uint64_t number = 0;
      if (++i == argc || !read_number(argv[i], number)) return usage();
      if (word == "--steps") limits.steps = number;
      if (word == "--seconds") limits.duration = std::chrono::seconds(number);
    } else if (!collect(word, files)) {
      std::fprintf(stderr, "%s: no *.txt there\n", word.c_str());
      return kUnreadable;
    }
  }
  if (files.empty()) return usage();
  int status = kLinearizable;
  for (const auto& file : files) status = worse(status, judge(file, limits));
  return status;
}
