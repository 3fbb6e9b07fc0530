#include "internal/cli/health_check/parameters.h"

#include <charconv>

#include "internal/base/time_format.h"

namespace bao::cli::health {

using codec::Json;

base::Result<Parameters> Parameters::merge(std::string_view check, const std::vector<Parameter>& known, const Json& changes, bool enabled) {
  Json values = Json::object({{"enabled", enabled}});
  for (const Parameter& parameter : known) {
    const bool stays_off = parameter.kind == ParameterKind::on_or_off && !enabled;
    values.set(parameter.name, stays_off ? Json(false) : parameter.fallback);
  }
  if (!changes.is_null() && !changes.is_object()) return base::invalid("the configuration of " + std::string(check) + " is no object");
  for (const auto& [name, value] : changes.members()) {
    if (values.find(name) == nullptr) return base::invalid("unknown configuration option for " + std::string(check) + ": " + name);
    values.set(name, value);
  }
  Parameters merged(std::string(check), std::move(values));
  const auto refused = [&check](const base::Error& error) { return error.within("error saving merged config for " + std::string(check)); };
  for (const Parameter& parameter : known) {
    if (const base::Status fits = merged.check_kind(parameter); !fits.ok()) return refused(fits.error());
  }
  if (const auto on = merged.enabled(); !on.ok()) return refused(on.error());
  return merged;
}

base::Status Parameters::check_kind(const Parameter& parameter) const {
  const auto status_of = [](const auto& result) { return result.ok() ? base::Status() : base::Status(result.error()); };
  switch (parameter.kind) {
    case ParameterKind::on_or_off: return status_of(enabled());
    case ParameterKind::duration: return status_of(duration(parameter.name));
    case ParameterKind::percentage: return status_of(percentage(parameter.name));
    case ParameterKind::count: return status_of(count(parameter.name));
    case ParameterKind::certificates: return status_of(certificates(parameter.name));
    case ParameterKind::texts: return status_of(texts(parameter.name));
  }
  return {};
}

base::Result<bool> Parameters::enabled() const {
  const Json& value = values_["enabled"];
  if (value.is_bool()) return value.as_bool();
  const std::string& text = value.text();
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) if (text == yes) return true;
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False", ""}) if (text == no) return false;
  return base::invalid("error parsing " + check_ + ".enabled: cannot parse '' as bool: strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
}

base::Result<base::Duration> Parameters::duration(std::string_view name) const {
  const auto parsed = base::parse_api_duration(values_[name].text());
  if (parsed.ok()) return *parsed;
  return parsed.error().within("failed to parse parameter " + check_ + "." + std::string(name) + "=" + values_[name].text());
}

base::Result<int64_t> Parameters::number(std::string_view name, int64_t least, int64_t most) const {
  const std::string& text = values_[name].text();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
  return base::invalid("error parsing " + check_ + "." + std::string(name) + ": \"" + text + "\" is no number from " + std::to_string(least) + " to " +
                       std::to_string(most));
}

base::Result<std::vector<std::string>> Parameters::texts(std::string_view name) const {
  std::vector<std::string> out;
  const Json& value = values_[name];
  bool all_texts = value.is_array() || value.is_null();
  for (const Json& item : value.items()) {
    all_texts = all_texts && item.is_string();
    out.push_back(item.as_string());
  }
  if (!all_texts) return base::invalid("error parsing " + check_ + "." + std::string(name) + ": not a list of texts");
  return out;
}

std::string long_duration(base::Duration duration) {
  constexpr base::Duration kDay = std::chrono::hours(24);
  constexpr std::pair<const char*, base::Duration> kUnits[] = {{"y", 365 * kDay}, {"mo", 30 * kDay}, {"w", 7 * kDay}, {"d", kDay}};
  std::string out;
  for (const auto& [suffix, unit] : kUnits) {
    if (duration <= unit) continue;
    out = std::to_string(duration / unit) + suffix + out;
    duration %= unit;
  }
  return duration > base::Duration(0) ? base::format_go_duration(duration) + out : out;
}

}  // namespace bao::cli::health
