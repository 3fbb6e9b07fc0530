#include "internal/cli/wrap.h"

#include <cstdint>
#include <vector>

#include "internal/cli/columns.h"

namespace bao::cli {
namespace {

constexpr int64_t kTooLongPenalty = 100'000;

std::vector<std::string> words_of(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ' || c == '\n') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// For each word, the word that begins the next line when this one begins a line: least sum of squared slack.
std::vector<size_t> best_breaks(const std::vector<std::string>& words, int64_t limit) {
  const size_t count = words.size();
  std::vector<int64_t> cost(count, INT32_MAX);
  std::vector<size_t> next(count, count);
  std::vector<int64_t> tail(count);  // columns from this word to the last
  for (size_t i = count; i-- > 0;) {
    tail[i] = static_cast<int64_t>(columns_of(words[i])) + (i + 1 < count ? 1 + tail[i + 1] : 0);
    if (tail[i] <= limit) {
      cost[i] = 0;
      continue;
    }
    int64_t length = -1;
    for (size_t j = i + 1; j < count; ++j) {
      length += 1 + static_cast<int64_t>(columns_of(words[j - 1]));
      const int64_t slack = limit - length;
      const int64_t total = slack * slack + cost[j] + (length > limit ? kTooLongPenalty : 0);
      if (total < cost[i]) {
        cost[i] = total;
        next[i] = j;
      }
      if (length > limit) break;  // longer lines only cost more
    }
  }
  return next;
}

}  // namespace

std::string wrap(std::string_view text, int padding) {
  const std::vector<std::string> words = words_of(text);
  const std::vector<size_t> next = best_breaks(words, kLineWidth - padding);
  std::string out;
  for (size_t i = 0; i < words.size(); i = next[i]) {
    if (i > 0) out += '\n';
    out.append(static_cast<size_t>(padding), ' ');
    for (size_t j = i; j < next[i]; ++j) out += (j > i ? " " : "") + words[j];
  }
  if (words.empty()) out.append(static_cast<size_t>(padding), ' ');
  return out;
}

}  // namespace bao::cli
