// Help texts, in the reference's structure.
#include "internal/logical/help.h"

#include <algorithm>

#include "internal/logical/openapi.h"
#include "internal/logical/path_pattern.h"

namespace bao::logical {
namespace {

using codec::Json;

std::string route_of(const Path& path) { return "^" + pattern_regex(compile_pattern(path.pattern)) + "$"; }

// Every line that isn't empty, moved to the right.
std::string indented(std::string_view text, size_t by) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out.append(by, ' ').append(text.substr(0, end));
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string_view or_else(std::string_view text, std::string_view otherwise) { return text.empty() ? otherwise : text; }

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::lower_string: return "lowercase string";
    case FieldType::name_string: return "name string";
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

std::string mount_help(const Backend& backend) {
  std::vector<std::pair<std::string, const Path*>> routes;
  for (const Path& path : backend.paths().paths()) routes.emplace_back(route_of(path), &path);
  std::sort(routes.begin(), routes.end());
  std::string out = "## DESCRIPTION\n\n" + backend.help() +
                    "\n\n## PATHS\n\nThe following paths are supported by this backend. To view help for\n"
                    "any of the paths below, use the help command with any route matching\n"
                    "the path pattern. Note that depending on the policy of your auth token,\n"
                    "you may or may not be able to access certain paths.\n\n";
  for (const auto& [route, path] : routes) {
    out += indented(route, 4) + "\n" + indented(path->synopsis, 8) + "\n\n";
  }
  return out + "\n";
}

std::string parameters_help(const Path& path) {
  if (path.fields.empty()) return "";
  std::vector<const Field*> fields;
  for (const Field& field : path.fields) fields.push_back(&field);
  std::sort(fields.begin(), fields.end(), [](const Field* a, const Field* b) { return a->name < b->name; });
  std::string out = "## PARAMETERS\n";
  for (const Field* field : fields) {
    const std::string description(or_else(field->description, "<no description>"));
    out += "\n" + indented(field->name, 4) + " (" + std::string(type_name(field->type)) + ")\n\n";
    out += indented((field->deprecated ? "(DEPRECATED) " : "") + description, 8) + "\n";
  }
  return out;
}

std::string one_path_help(const Path& path, const Request& request) {
  std::string out = "Request:        " + std::string(request.relative_path()) + "\nMatching Route: " + route_of(path) + "\n\n";
  out.append(or_else(path.synopsis, "<no synopsis>")).append("\n\n").append(parameters_help(path)).append("\n## DESCRIPTION\n\n");
  return out.append(or_else(path.description, "<no description>")).append("\n");
}

}  // namespace

Json path_help(const Backend& backend, const Request& request) {
  Json document = empty_openapi();
  std::string text;
  const bool of_mount = request.path.size() <= request.mount_point.size();
  const auto match = of_mount ? std::nullopt : backend.paths().match(request.relative_path());
  if (match) {
    text = one_path_help(*match->path, request);
    add_path(document, *match->path, "");
  } else {
    text = mount_help(backend);
    add_openapi(document, backend, "");
  }
  return Json::record({{"help", std::move(text)}, {"see_also", nullptr}, {"openapi", std::move(document)}});
}

void add_openapi(Json& document, const Backend& backend, std::string_view mount_point) {
  for (const Path& path : backend.paths().paths()) add_path(document, path, mount_point);
}

}  // namespace bao::logical
