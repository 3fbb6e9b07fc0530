#include "internal/diagnose/finding.h"

#include <algorithm>

#include "internal/base/time_format.h"

namespace bao::diagnose {
namespace {

using codec::Json;

constexpr const char* kLabels[] = {"\x1b[90m[ skipped ]\x1b[0m ", "\x1b[32m[ success ]\x1b[0m ", "\x1b[33m[ warning ]\x1b[0m ",
                                   "\x1b[31m[ failure ]\x1b[0m "};
constexpr const char* kWords[] = {"invalid", "ok", "warn", "fail"};  // the reference has no word for what was skipped

std::string label(Grade grade) { return kLabels[static_cast<int>(grade)]; }
std::string indent(size_t depth) { return std::string(2 * depth, ' '); }

}  // namespace

Finding::Finding(std::string name) : time_(base::system_clock().now()), name_(std::move(name)) {}

Finding& Finding::add(std::string name) { return children_.emplace_back(std::move(name)); }

Finding& Finding::add(std::string name, Grade grade, std::string message, std::string advice) {
  Finding& added = add(std::move(name));
  added.own_ = grade;
  added.message_ = std::move(message);
  added.advice_ = std::move(advice);
  return added;
}

void Finding::fail(std::string message) {
  own_ = Grade::failure;
  message_ = std::move(message);
}

void Finding::skip(std::string message) {
  own_ = Grade::skipped;
  message_ = std::move(message);
}

Grade Finding::grade() const {
  Grade worst = own_ == Grade::ok && !warnings_.empty() ? Grade::warning : own_;
  for (const Finding& child : children_) worst = std::max(worst, child.grade());
  return worst;
}

Json Finding::json() const {
  Json json = Json::record({{"time", Json(base::format_rfc3339(time_))},
                            {"name", Json(name_)},
                            {"status", Json(kWords[static_cast<int>(grade())])}});
  if (!warnings_.empty()) json.set("warnings", Json::strings(warnings_));
  if (!message_.empty()) json.set("message", Json(message_));
  json.set("Advice", Json(advice_));
  if (children_.empty()) return json;
  std::vector<Json> children;
  for (const Finding& child : children_) children.push_back(child.json());
  json.set("children", Json::array(std::move(children)));
  return json;
}

std::string Finding::text(size_t depth) const {
  std::string text = indent(depth);
  size_t listed = 0;  // warnings that stand in the first line already
  if (!message_.empty()) {
    text += label(grade()) + name_ + ": " + message_;
  } else if (warnings_.empty()) {
    text += label(grade()) + name_;
  } else {
    text += label(Grade::warning) + name_ + ": ";
    if (warnings_.size() == 1) text += warnings_[listed++];
  }
  for (; listed < warnings_.size(); ++listed) text += "\n" + indent(depth + 1) + label(Grade::warning) + warnings_[listed];
  if (!advice_.empty()) text += "\n" + indent(depth + 1) + "\x1b[35m" + advice_ + "\x1b[0m";
  text += "\n";
  for (const Finding& child : children_) text += child.text(depth + 1);
  return text;
}

}  // namespace bao::diagnose
