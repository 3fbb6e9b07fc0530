#include "internal/request_profile/evaluation.h"

#include <algorithm>

#include "internal/request_profile/weak_types.h"

namespace bao::request_profile {
namespace {

using codec::Json;

constexpr size_t kTooShortToHide = 4;  // "1", "kv": hiding those would only make a riddle of what is said
constexpr std::string_view kHidden = "(hidden)";

void replace_all(std::string& text, const std::string& what) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + kHidden.size())) {
    text.replace(at, what.size(), kHidden);
  }
}

}  // namespace

base::Result<Json> Evaluation::value_of(const Json& written) {
  if (written.is_object()) return object_of(written);
  if (!written.is_array()) return written;
  Json list = Json::array();
  for (size_t i = 0; i < written.size(); ++i) {
    auto item = value_of(written.items()[i]);
    if (!item.ok()) return item.error().within("list." + std::to_string(i));
    list.push_back(*std::move(item));
  }
  return list;
}

base::Result<Json> Evaluation::object_of(const Json& written) {
  ASSIGN_OR_RETURN(const bool evaluated, is_evaluated(written));
  Json object = Json::object();
  for (const auto& [name, member] : written.members()) {
    auto value = value_of(member);
    if (!value.ok()) return value.error().within("while evaluating map." + name);
    object.set(name, *std::move(value));
  }
  return evaluated ? from_source(object) : base::Result<Json>(std::move(object));
}

base::Result<Json> Evaluation::from_source(const Json& object) {
  const std::string& name = object["eval_source"].as_string();
  const std::string& type = object["eval_type"].as_string();
  const Source* source = find_source(name);
  ENSURE(source != nullptr && is_eval_type(type), "a profile runs that was not checked");
  const auto value = source->evaluate(object, scope_);
  if (!value.ok()) return value.error().within("failed to evaluate source '" + name + "'");
  hide(*value);
  auto converted = convert(*value, type);
  if (!converted.ok()) return converted.error().within("failed to convert value to type '" + type + "'");
  return converted;
}

// A text's lines too: who complains of a file may quote one of it.
void Evaluation::hide(const Json& value) {
  if (value.is_string()) {
    const std::string& text = value.as_string();
    if (text.size() >= kTooShortToHide) hidden_.push_back(text);
    for (size_t start = 0; text.find('\n') != std::string::npos && start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      if (end - start >= kTooShortToHide) hidden_.push_back(text.substr(start, end - start));
      start = end + 1;
    }
  }
  for (const Json& item : value.items()) hide(item);
  for (const auto& [name, member] : value.members()) hide(member);
}

std::string Evaluation::without_secrets(std::string text, const std::vector<std::string>& also) const {
  std::vector<std::string> secrets = hidden_;
  secrets.insert(secrets.end(), also.begin(), also.end());
  std::sort(secrets.begin(), secrets.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  for (const std::string& secret : secrets) {
    if (!secret.empty()) replace_all(text, secret);
  }
  return text;
}

}  // namespace bao::request_profile
