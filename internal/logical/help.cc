#include "internal/logical/help.h"

#include "internal/logical/path_pattern.h"

namespace bao::logical {
namespace {

using codec::Json;

std::string pattern_text(const Path& path) { return pattern_regex(compile_pattern(path.pattern)); }

std::string indented(std::string_view text, std::string_view by) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out += std::string(by) + std::string(text.substr(0, end));
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string mount_help(const Backend& backend) {
  std::string out = "## DESCRIPTION\n\n" + backend.help() +
                    "\n\n## PATHS\n\nThe following paths are supported by this backend. To view help for\n"
                    "any of the paths below, use the help command with any route matching\n"
                    "the path pattern. Note that depending on the policy of your auth token,\n"
                    "you may or may not be able to access certain paths.\n\n";
  for (const Path& path : backend.paths().paths()) {
    out += "    ^" + pattern_text(path) + "$\n" + indented(path.synopsis, "        ") + "\n";
  }
  return out;
}

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::boolean: return "bool";
    case FieldType::integer: return "int";
    case FieldType::floating: return "float";
    case FieldType::duration:
    case FieldType::signed_duration: return "duration (sec)";
    case FieldType::map: return "map";
    case FieldType::pairs: return "keypair";
    case FieldType::list:
    case FieldType::string_list:
    case FieldType::comma_list:
    case FieldType::comma_int_list: return "slice";
    case FieldType::time: return "time";
    default: return "string";
  }
}

std::string one_path_help(const Path& path, const Request& request) {
  std::string out = "Request:        " + std::string(request.relative_path()) + "\nMatching Route: ^" + pattern_text(path) +
                    "$\n\n" + path.synopsis + "\n\n## PARAMETERS\n\n";
  for (const Field& field : path.fields) {
    out += "    " + field.name + (field.required ? " (required)" : "") + " (" + std::string(type_name(field.type)) + ")\n\n";
    out += indented(field.description, "        ") + "\n";
  }
  return out + "## DESCRIPTION\n\n" + path.description + "\n";
}

std::string_view schema_type(FieldType type) {
  switch (type) {
    case FieldType::boolean: return "boolean";
    case FieldType::integer:
    case FieldType::duration:
    case FieldType::signed_duration: return "integer";
    case FieldType::floating: return "number";
    case FieldType::map:
    case FieldType::pairs: return "object";
    case FieldType::list:
    case FieldType::string_list:
    case FieldType::comma_list:
    case FieldType::comma_int_list: return "array";
    default: return "string";
  }
}

// "data/{path:all}" as OpenAPI writes it: "data/{path}".
std::string template_of(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (const char c : pattern) {
    if (c == ':') in_class = true;
    if (c == '}') in_class = false;
    const bool shown = !in_class && c != '[' && c != ']' && c != '?';
    if (shown) out += c;
  }
  return out;
}

bool is_capture(const Path& path, const std::string& name) {
  return path.pattern.find("{" + name + ":") != std::string::npos || path.pattern.find("{" + name + "}") != std::string::npos;
}

Json parameters_of(const Path& path) {
  Json out = Json::array();
  for (const Field& field : path.fields) {
    if (!is_capture(path, field.name)) continue;
    out.push_back(Json::object({{"name", field.name},
                                {"description", field.description},
                                {"in", "path"},
                                {"required", true},
                                {"schema", Json::object({{"type", std::string(schema_type(field.type))}})}}));
  }
  return out;
}

Json body_of(const Path& path) {
  Json properties = Json::object();
  for (const Field& field : path.fields) {
    if (is_capture(path, field.name)) continue;
    properties.set(field.name, Json::object({{"type", std::string(schema_type(field.type))}, {"description", field.description}}));
  }
  const Json schema = Json::object({{"type", "object"}, {"properties", std::move(properties)}});
  return Json::object({{"content", Json::object({{"application/json", Json::object({{"schema", schema}})}})}});
}

std::string_view method_of(Operation operation) {
  switch (operation) {
    case Operation::read:
    case Operation::list:
    case Operation::scan: return "get";
    case Operation::create:
    case Operation::update: return "post";
    case Operation::patch: return "patch";
    case Operation::remove: return "delete";
    default: return "";
  }
}

Json path_item(const Path& path) {
  Json item = Json::object();
  if (!path.synopsis.empty()) item.set("description", path.synopsis);
  if (const Json parameters = parameters_of(path); !parameters.empty()) item.set("parameters", parameters);
  for (const Handler& handler : path.handlers) {
    const std::string_view method = method_of(handler.operation);
    if (method.empty()) continue;
    Json operation = Json::object({{"summary", handler.summary},
                                   {"responses", Json::object({{"200", Json::object({{"description", "OK"}})}})}});
    if (method == "post" || method == "patch") operation.set("requestBody", body_of(path));
    item.set(method, std::move(operation));
  }
  if (path.access == Access::unauthenticated) item.set("x-vault-unauthenticated", true);
  if (path.access == Access::sudo) item.set("x-vault-sudo", true);
  return item;
}

Json empty_document() {
  return Json::object({{"openapi", "3.0.2"},
                       {"info", Json::object({{"title", "OpenBao API"}, {"version", "2.6.2"}})},
                       {"paths", Json::object()},
                       {"components", Json::object({{"schemas", Json::object()}})}});
}

}  // namespace

Json path_help(const Backend& backend, const Request& request) {
  Json document = empty_document();
  std::string text;
  const std::string_view relative = request.relative_path();
  const auto match = relative.empty() ? std::nullopt : backend.paths().match(relative);
  if (match) {
    text = one_path_help(*match->path, request);
    Json paths = Json::object();
    paths.set("/" + template_of(match->path->pattern), path_item(*match->path));
    document.set("paths", std::move(paths));
  } else {
    text = mount_help(backend);
    add_openapi(document, backend, "");
  }
  return Json::object({{"help", text}, {"see_also", nullptr}, {"openapi", std::move(document)}});
}

void add_openapi(Json& document, const Backend& backend, std::string_view mount_point) {
  Json* paths = document.find("paths");
  if (paths == nullptr) paths = &document.set("paths", Json::object());
  for (const Path& path : backend.paths().paths()) {
    paths->set("/" + std::string(mount_point) + template_of(path.pattern), path_item(path));
  }
}

}  // namespace bao::logical
