#include "internal/codec/pattern.h"

#include <re2/re2.h>

namespace bao::codec {

struct Pattern::Compiled {
  Compiled(std::string_view text, const re2::RE2::Options& options) : expression(re2::StringPiece(text.data(), text.size()), options) {}
  re2::RE2 expression;
};

Pattern::Pattern(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

base::Result<Pattern> Pattern::compile(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_unique<Compiled>(text, options);
  if (!compiled->expression.ok()) {
    const std::string& part = compiled->expression.error_arg();
    return base::invalid("error parsing regexp: " + compiled->expression.error().substr(0, compiled->expression.error().rfind(": ")) + ": `" +
                         (part.empty() ? std::string(text) : part) + "`");
  }
  return Pattern(std::move(compiled));
}

int Pattern::groups() const { return compiled_->expression.NumberOfCapturingGroups(); }

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression);
}

std::optional<Pattern::Match> Pattern::match(std::string_view text, size_t start) const {
  std::vector<re2::StringPiece> parts(static_cast<size_t>(groups()) + 1);
  const re2::StringPiece piece(text.data(), text.size());
  if (start > text.size() || !compiled_->expression.Match(piece, start, text.size(), re2::RE2::UNANCHORED, parts.data(), static_cast<int>(parts.size()))) {
    return {};
  }
  Match match;
  for (const re2::StringPiece& part : parts) {
    match.push_back(part.data() == nullptr ? std::nullopt : std::optional(std::string_view(part.data(), part.size())));
  }
  return match;
}

}  // namespace bao::codec
