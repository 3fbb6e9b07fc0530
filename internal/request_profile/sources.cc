#include "internal/request_profile/sources.h"

#include <algorithm>

#include "internal/cel/json.h"
#include "internal/cel/program.h"
#include "internal/text_template/template.h"

namespace bao::request_profile {
namespace {

using codec::Json;
using Outcome = base::Result<Json>;

constexpr std::string_view kKindName = "{kind}_name";  // initialize_name

constexpr SourceMember kEnvironmentMembers[] = {{"env_var"}, {"require_present", false}};
constexpr SourceMember kFileMembers[] = {{"path"}};
constexpr SourceMember kRequestMembers[] = {{kKindName}, {"request_name"}, {"field_selector", false}};
constexpr SourceMember kResponseMembers[] = {{kKindName}, {"response_name"}, {"field_selector", false}};
constexpr SourceMember kTemplateMembers[] = {{"template"}, {"data", false}};
constexpr SourceMember kCelMembers[] = {{"expression"}, {"variables", false}};

base::Error of_wrong_type(std::string_view member, std::string_view expected) {
  return base::invalid("field '" + std::string(member) + "' is of wrong type: expected '" + std::string(expected) + "'");
}

base::Result<std::string> text_of(const Json& object, std::string_view member) {
  const Json& value = object[member];
  if (!value.is_string()) return of_wrong_type(member, "string");
  return value.as_string();
}

Outcome from_environment(const Json& object, const Scope& scope) {
  ASSIGN_OR_RETURN(const std::string name, text_of(object, "env_var"));
  const Json* required = object.find("require_present");
  if (required != nullptr && !required->is_bool()) return of_wrong_type("require_present", "bool");
  const auto value = scope.host.variable(name);
  if (!value && required != nullptr && required->as_bool()) {
    return base::invalid("env source required variable " + name + " to be present but was missing");
  }
  return Json(value.value_or(""));
}

Outcome from_file(const Json& object, const Scope& scope) {
  ASSIGN_OR_RETURN(const std::string path, text_of(object, "path"));
  ASSIGN_OR_RETURN(std::string content, scope.host.file(path));
  return Json(std::move(content));
}

Outcome part_of(const Json& all, const Json& object, std::string_view member, const Scope& scope) {
  ASSIGN_OR_RETURN(const std::string block, text_of(object, scope.profile.kind + "_name"));
  ASSIGN_OR_RETURN(const std::string name, text_of(object, member));
  const Json* whole = all[block].find(name);
  if (whole == nullptr) return base::invalid("there is none of '" + block + "." + name + "'");
  return select(*whole, object["field_selector"]);
}

Outcome from_request(const Json& object, const Scope& scope) {
  return part_of(scope.history.requests(), object, "request_name", scope);
}

Outcome from_response(const Json& object, const Scope& scope) {
  return part_of(scope.history.responses(), object, "response_name", scope);
}

base::Result<cel::Program> program_of(const Json& object) {
  cel::Program program;
  ASSIGN_OR_RETURN(program.expression, text_of(object, "expression"));
  const Json& variables = object["variables"];
  // One that stands alone: what a list of one is in a configuration written in JSON.
  const std::vector<Json> listed = variables.is_object() ? std::vector<Json>{variables} : variables.items();
  if (!variables.is_null() && !variables.is_array() && !variables.is_object()) return of_wrong_type("variables", "list");
  for (const Json& variable : listed) {
    if (variable.size() != 2) return base::invalid("an element of 'variables' has a 'name' and an 'expression', and nothing else");
    ASSIGN_OR_RETURN(std::string name, text_of(variable, "name"));
    ASSIGN_OR_RETURN(std::string expression, text_of(variable, "expression"));
    program.variables.push_back({std::move(name), std::move(expression)});
  }
  return program;
}

Outcome from_expression(const Json& object, const Scope& scope) {
  ASSIGN_OR_RETURN(const cel::Program program, program_of(object));
  cel::Variables variables;
  variables["requests"] = cel::value_of(scope.history.requests(), cel::JsonNumbers::doubles);
  variables["responses"] = cel::value_of(scope.history.responses(), cel::JsonNumbers::doubles);
  auto value = program.evaluate({}, std::move(variables));
  if (!value.ok()) return value.error().within("CEL source failed to evaluate");
  if (const cel::Bytes* bytes = value->as<cel::Bytes>()) return Json(bytes->bytes);
  cel::Budget budget;
  return cel::json_of(budget, *value);
}

base::Status check_expression(const Json& object) {
  ASSIGN_OR_RETURN(const cel::Program program, program_of(object));
  const base::Status valid = program.validate({}, {{"requests", ""}, {"responses", ""}});
  if (!valid.ok()) return valid.error().within("CEL source failed to validate program");
  return {};
}

base::Status nothing_to_check(const Json&) { return {}; }

base::Result<text_template::Template> template_of(const Json& object) {
  ASSIGN_OR_RETURN(const std::string text, text_of(object, "template"));
  if (text.empty()) return base::invalid("missing template");
  auto parsed = text_template::Template::parse(text);
  if (!parsed.ok()) return parsed.error().within("unable to parse template");
  return parsed;
}

Outcome from_template(const Json& object, const Scope& scope) {
  ASSIGN_OR_RETURN(const text_template::Template parsed, template_of(object));
  Json data = object["data"].is_null() ? Json::object() : object["data"];
  if (!data.is_object()) return of_wrong_type("data", "map");
  data.set("requests", scope.history.requests());
  data.set("responses", scope.history.responses());
  auto text = parsed.fill(data, scope.host.now());
  if (!text.ok()) return text.error().within("unable to apply template");
  return Json(*std::move(text));
}

base::Status check_template(const Json& object) {
  const auto parsed = template_of(object);
  return parsed.ok() ? base::Status() : base::Status(parsed.error());
}

constexpr Source kSources[] = {
    {"env", kEnvironmentMembers, from_environment, nothing_to_check},
    {"file", kFileMembers, from_file, nothing_to_check},
    {"request", kRequestMembers, from_request, nothing_to_check},
    {"response", kResponseMembers, from_response, nothing_to_check},
    {"cel", kCelMembers, from_expression, check_expression},
    {"template", kTemplateMembers, from_template, check_template},
};

}  // namespace

const Source* find_source(std::string_view name) {
  const auto found = std::find_if(std::begin(kSources), std::end(kSources), [&](const Source& source) { return source.name == name; });
  return found == std::end(kSources) ? nullptr : found;
}

std::string member_name(const SourceMember& member, const Profile& profile) {
  return member.name == kKindName ? profile.kind + "_name" : std::string(member.name);
}

base::Result<bool> is_evaluated(const Json& value) {
  if (!value.is_object()) return false;
  const Json* source = value.find("eval_source");
  const Json* type = value.find("eval_type");
  if (source == nullptr && type == nullptr) return false;
  if (source == nullptr || type == nullptr) {
    return base::invalid("malformed object; missing either 'eval_type' or 'eval_source'");
  }
  for (const auto& [name, given] : {std::pair("eval_source", source), std::pair("eval_type", type)}) {
    if (!given->is_string()) return base::invalid("malformed object; '" + std::string(name) + "' was of wrong type; expected 'string'");
  }
  return true;
}

}  // namespace bao::request_profile
