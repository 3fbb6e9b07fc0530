// What is wrong with a profile before anything runs.
#include <algorithm>
#include <set>

#include "internal/request_profile/sources.h"
#include "internal/request_profile/step_name.h"
#include "internal/request_profile/weak_types.h"

namespace bao::request_profile {
namespace {

using codec::Json;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

base::Status check_name(std::string_view what, const std::string& name) {
  const auto may_follow = [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  if (!name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), may_follow)) return {};
  return base::invalid(std::string(what) + " name '" + name + "' is invalid: must start with a letter or underscore and contain only "
                       "letters, digits, underscores and dashes");
}

// Whether a member is written down, not taken from a source itself.
bool is_written(const Json& member) {
  const auto evaluated = is_evaluated(member);
  return evaluated.ok() && !*evaluated;
}

// Whether a value that is written down can be what its place asks for.
template <auto convert>
base::Status fits(const Json& value) {
  const auto converted = convert(value);
  return converted.ok() ? base::Status() : base::Status(converted.error());
}

struct Member {
  const char* name;
  const Json& value;
  base::Status (*fits)(const Json& value);
};

class Checker {
 public:
  explicit Checker(const Profile& profile) : profile_(profile) {}

  base::Status names() const {
    std::set<std::string_view> blocks;
    for (const Block& block : profile_.blocks) {
      TRY(check_name(profile_.kind, block.name));
      if (!blocks.insert(block.name).second) return base::invalid("duplicate " + profile_.kind + " block '" + block.name + "'");
      std::set<std::string_view> steps;
      for (const Step& step : block.steps) {
        TRY(check_name("request in " + profile_.kind + " '" + block.name + "':", step.name));
        if (!steps.insert(step.name).second) {
          return base::invalid("duplicate request '" + step.name + "' in " + profile_.kind + " '" + block.name + "'");
        }
      }
    }
    return {};
  }

  base::Status values() {
    for (size_t b = 0; b < profile_.blocks.size(); ++b) {
      const Block& block = profile_.blocks[b];
      const base::Status when = value(block.when);
      if (!when.ok()) return when.error().within(name_of(profile_, b) + ": when");
      for (size_t s = 0; s < block.steps.size(); ++s) {
        const base::Status fine = step(block.steps[s]);
        if (!fine.ok()) return fine.error().within(name_of(profile_, b) + ": " + name_of(block, s));
        asked_.insert(block.name + "." + block.steps[s].name);
      }
    }
    return {};
  }

 private:
  base::Status step(const Step& step) const {
    if (step.operation.is_null()) return base::invalid("operation must be specified");
    if (step.path.is_null()) return base::invalid("path must be specified");
    const Member members[] = {{"operation", step.operation, fits<to_text>}, {"path", step.path, fits<to_text>}, {"token", step.token, fits<to_text>},
                              {"data", step.data, fits<to_object>},         {"headers", step.headers, fits<to_object>},
                              {"when", step.when, fits<to_bool>},           {"allow_failure", step.allow_failure, fits<to_bool>}};
    for (const Member& member : members) {
      const base::Status fine = value(member.value);
      if (!fine.ok()) return fine.error().within(member.name);
      const base::Status fitting = is_written(member.value) ? member.fits(member.value) : base::Status();
      if (!fitting.ok()) return fitting.error().within(member.name);
    }
    return {};
  }

  base::Status value(const Json& written) const {
    for (const Json& item : written.items()) TRY(value(item));
    for (const auto& [name, member] : written.members()) {
      const base::Status fine = value(member);
      if (!fine.ok()) return fine.error().within(name);
    }
    ASSIGN_OR_RETURN(const bool evaluated, is_evaluated(written));
    return evaluated ? source(written) : base::Status();
  }

  base::Status source(const Json& object) const {
    const std::string& name = object["eval_source"].as_string();
    const Source* source = find_source(name);
    if (source == nullptr) return base::invalid("unknown value for 'eval_source': " + name);
    const std::string& type = object["eval_type"].as_string();
    if (!is_eval_type(type)) return base::invalid("unsupported type conversion: " + type);
    TRY(members(object, *source));
    TRY(reference(object));
    const bool whole = std::all_of(object.members().begin(), object.members().end(), [](const auto& m) { return is_written(m.second); });
    return whole ? source->check(object) : base::Status();
  }

  base::Status members(const Json& object, const Source& source) const {
    std::set<std::string> known = {"eval_source", "eval_type"};
    for (const SourceMember& member : source.members) {
      const std::string name = member_name(member, profile_);
      known.insert(name);
      if (member.required && object[name].is_null()) {
        return base::invalid(std::string(source.name) + " source is missing required field '" + name + "'");
      }
    }
    for (const auto& [name, member] : object.members()) {
      if (!known.contains(name)) return base::invalid(std::string(source.name) + " source has no field '" + name + "'");
    }
    return {};
  }

  // A name that is written down is of a request that comes before.
  base::Status reference(const Json& object) const {
    const std::string& block = object[profile_.kind + "_name"].as_string();
    for (const char* member : {"request_name", "response_name"}) {
      const std::string& name = object[member].as_string();
      if (block.empty() || name.empty() || asked_.contains(block + "." + name)) continue;
      return base::invalid("'" + block + "." + name + "' is no request that comes before");
    }
    return {};
  }

  const Profile& profile_;
  std::set<std::string> asked_;
};

// Every object that stands for what a source gives.
template <typename Visit>
base::Status visit_sources(const Json& value, const Visit& visit) {
  for (const Json& item : value.items()) TRY(visit_sources(item, visit));
  for (const auto& [name, member] : value.members()) TRY(visit_sources(member, visit));
  ASSIGN_OR_RETURN(const bool evaluated, is_evaluated(value));
  return evaluated ? visit(value) : base::Status();
}

base::Status check_source_on(const Host& host, const Json& object) {
  const std::string& source = object["eval_source"].as_string();
  const std::string& name = object["env_var"].as_string();
  if (source == "env" && !name.empty() && object["require_present"].as_bool() && !host.variable(name)) {
    return base::invalid("env source required variable " + name + " to be present but was missing");
  }
  const std::string& path = object["path"].as_string();
  return source == "file" && !path.empty() ? host.file_is_there(path) : base::Status();
}

}  // namespace

base::Status check(const Profile& profile) {
  Checker checker(profile);
  TRY(checker.names());
  return checker.values();
}

base::Status check_host(const Profile& profile, const Host& host) {
  const auto visit = [&](const Json& object) { return check_source_on(host, object); };
  for (size_t b = 0; b < profile.blocks.size(); ++b) {
    const Block& block = profile.blocks[b];
    const base::Status when = visit_sources(block.when, visit);
    if (!when.ok()) return when.error().within(name_of(profile, b) + ": when");
    for (size_t s = 0; s < block.steps.size(); ++s) {
      const Step& step = block.steps[s];
      for (const Json* value : {&step.operation, &step.path, &step.token, &step.data, &step.headers, &step.when, &step.allow_failure}) {
        const base::Status fine = visit_sources(*value, visit);
        if (!fine.ok()) return fine.error().within(name_of(profile, b) + ": " + name_of(block, s));
      }
    }
  }
  return {};
}

}  // namespace bao::request_profile
