#include "internal/http/target.h"

#include <algorithm>

#include "internal/codec/encoding.h"

namespace bao::http {
namespace {

// "http://host/path" → "/path": what proxies send.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const size_t slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

bool is_dot_segment(std::string_view segment) { return segment == "." || segment == ".."; }

template <typename Test>
bool any_segment(std::string_view path, Test test) {
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (test(path.substr(0, end))) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

bool is_clean(std::string_view path) {
  return path.find("//") == std::string_view::npos && !any_segment(path, is_dot_segment);
}

base::Result<std::string> decode_part(std::string_view part) {
  if (part.find('+') == std::string_view::npos) return codec::percent_decode(part);
  std::string spaced(part);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return codec::percent_decode(spaced);
}

TargetFault fault(TargetFault::Kind kind, std::string location = {}) { return {kind, std::move(location)}; }

}  // namespace

const std::string* Query::find(std::string_view name) const {
  for (const auto& [key, value] : pairs) {
    if (key == name) return &value;
  }
  return nullptr;
}

void Query::erase(std::string_view name) {
  std::erase_if(pairs, [&](const auto& pair) { return pair.first == name; });
}

Query parse_lenient_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty() || part.find(';') != std::string_view::npos) continue;
    const size_t equals = std::min(part.find('='), part.size());
    auto key = decode_part(part.substr(0, equals));
    auto value = decode_part(part.substr(std::min(equals + 1, part.size())));
    if (key.ok() && value.ok()) query.pairs.emplace_back(std::move(key).value(), std::move(value).value());
  }
  return query;
}

std::string clean_path(std::string_view path) {
  std::vector<std::string_view> kept;
  any_segment(path, [&](std::string_view segment) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    return false;
  });
  std::string cleaned;
  for (const std::string_view segment : kept) (cleaned += '/') += segment;
  if (path.ends_with('/') || cleaned.empty()) cleaned += '/';
  return cleaned;
}

std::pair<std::optional<Target>, TargetFault> parse_target(std::string_view target, const TargetRules& rules) {
  using Kind = TargetFault::Kind;
  target = without_authority(target);
  if (!target.starts_with('/')) return {std::nullopt, fault(Kind::malformed)};
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string_view raw_path = target.substr(0, mark);
  auto path = codec::percent_decode(raw_path);
  if (!path.ok()) return {std::nullopt, fault(Kind::malformed)};
  // The reference lets bytes that aren't UTF-8 in and fails later with 500.
  if (!codec::is_valid_utf8(*path)) return {std::nullopt, fault(Kind::unprintable)};
  if (!rules.disable_printable_check && !is_printable(*path)) return {std::nullopt, fault(Kind::unprintable)};
  if (!path->starts_with("/v1/")) return {std::nullopt, fault(Kind::unknown)};
  if (!is_clean(raw_path)) return {std::nullopt, fault(Kind::redirect, clean_path(raw_path) + std::string(target.substr(mark)))};
  if (!rules.unsafe_relative_paths && any_segment(*path, is_dot_segment)) return {std::nullopt, fault(Kind::relative)};
  Target parsed;
  parsed.path = std::move(path).value();
  if (mark < target.size()) parsed.query = parse_lenient_query(target.substr(mark + 1));
  return {std::move(parsed), fault(Kind::malformed)};
}

}  // namespace bao::http
