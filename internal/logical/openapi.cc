#include "internal/logical/openapi.h"

#include <algorithm>
#include <set>

#include "internal/logical/path_pattern.h"

namespace bao::logical {
namespace {

using codec::Json;

// One form of a path: "roles/{name}", and what it captures.
struct Form {
  std::string text;
  std::set<std::string> captures;
};

// Every form that the optional parts allow.
std::vector<Form> forms_of(const std::vector<PatternPart>& pattern) {
  std::vector<Form> forms(1);
  for (const PatternPart& part : pattern) {
    if (part.kind == PatternPart::Kind::maybe_slash) continue;
    if (part.kind == PatternPart::Kind::optional) {
      const std::vector<Form> inner = forms_of(part.inner);
      const size_t count = forms.size();
      for (size_t i = 0; i < count; ++i) {
        for (const Form& more : inner) {
          Form form = forms[i];
          form.text += more.text;
          form.captures.insert(more.captures.begin(), more.captures.end());
          forms.push_back(std::move(form));
        }
      }
      continue;
    }
    const bool is_literal = part.kind == PatternPart::Kind::literal;
    for (Form& form : forms) {
      form.text += is_literal ? part.text : "{" + part.text + "}";
      if (!is_literal) form.captures.insert(part.text);
    }
  }
  return forms;
}

struct SchemaType {
  std::string_view type, format, items;
};

SchemaType schema_type(FieldType type) {
  switch (type) {
    case FieldType::lower_string: return {"string", "lowercase", ""};
    case FieldType::boolean: return {"boolean", "", ""};
    case FieldType::integer: return {"integer", "", ""};
    case FieldType::floating: return {"number", "float", ""};
    case FieldType::duration:
    case FieldType::signed_duration: return {"integer", "seconds", ""};
    case FieldType::map: return {"object", "map", ""};
    case FieldType::pairs: return {"object", "kvpairs", ""};
    case FieldType::list: return {"array", "", "object"};
    case FieldType::string_list:
    case FieldType::comma_list: return {"array", "", "string"};
    case FieldType::comma_int_list: return {"array", "", "integer"};
    case FieldType::time: return {"string", "date-time", ""};
    default: return {"string", "", ""};
  }
}

Json schema_of(const Field& field) {
  const SchemaType type = schema_type(field.type);
  Json schema = Json::record({{"type", type.type}});
  if (!field.description.empty()) schema.set("description", field.description);
  if (!type.items.empty()) schema.set("items", Json::record({{"type", type.items}}));
  if (!type.format.empty()) schema.set("format", type.format);
  if (field.type == FieldType::name_string) schema.set("pattern", "\\w([\\w-.]*\\w)?");
  if (!field.default_value.is_null()) schema.set("default", field.default_value);
  if (field.deprecated) schema.set("deprecated", true);
  return schema;
}

Json parameter(std::string_view name, std::string_view description, std::string_view in, Json schema, bool required) {
  Json out = Json::record({{"name", name}});
  if (!description.empty()) out.set("description", description);
  out.set("in", in);
  out.set("schema", std::move(schema));
  if (required) out.set("required", true);
  return out;
}

Json path_parameters(const Path& path, const Form& form) {
  std::vector<const Field*> fields;
  for (const Field& field : path.fields) {
    if (form.captures.contains(field.name) || field.query) fields.push_back(&field);
  }
  std::sort(fields.begin(), fields.end(), [](const Field* a, const Field* b) { return a->name < b->name; });
  Json out = Json::array();
  for (const Field* field : fields) {
    Json schema = schema_of(*field);
    schema.erase("description");
    out.push_back(parameter(field->name, field->description, field->query ? "query" : "path", std::move(schema), !field->query));
  }
  return out;
}

std::string_view verb_of(Operation operation) {
  if (operation == Operation::create || operation == Operation::update) return "write";
  return operation_name(operation);
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

// "secret-write-data-path": words joined by hyphens.
std::string operation_id(std::string_view mount_point, Operation operation, std::string_view form) {
  std::string id;
  const auto add_words = [&](std::string_view text) {
    bool fresh = true;
    for (const char c : text) {
      const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (is_word && fresh && !id.empty()) id += '-';
      if (is_word) id += c;
      fresh = !is_word;
    }
  };
  add_words(mount_point);
  add_words(verb_of(operation));
  add_words(form);
  return id;
}

std::string title_of(std::string_view id) {
  std::string title;
  bool first = true;
  for (const char c : id) {
    if (c != '-') title += first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    first = c == '-';
  }
  return title;
}

Json body_schema(const Path& path, const Form& form) {
  Json properties = Json::object(), required = Json::array();
  for (const Field& field : path.fields) {
    if (form.captures.contains(field.name) || field.query) continue;
    properties.set(field.name, schema_of(field));
    if (field.required) required.push_back(field.name);
  }
  Json schema = Json::record({{"type", "object"}, {"properties", std::move(properties)}});
  if (!required.empty()) schema.set("required", std::move(required));
  return schema;
}

Json flag_parameter(std::string_view name, std::string_view description, bool required) {
  Json schema = Json::record({{"type", "string"}});
  if (required) schema.set("enum", Json::array({Json("true")}));
  return parameter(name, description, "query", std::move(schema), required);
}

// LIST and SCAN are GET with a query parameter.
Json listing_parameters(const Path& path) {
  const bool reads = path.find(Operation::read) != nullptr, lists = path.find(Operation::list) != nullptr,
             scans = path.find(Operation::scan) != nullptr;
  Json out = Json::array();
  if (lists) {
    out.push_back(flag_parameter("list", reads ? "Return a list if `true`" : scans ? "Must be set to `true` or else `scan` must be set to `true`" : "Must be set to `true`", !reads));
  }
  if (scans) {
    out.push_back(flag_parameter("scan", reads ? "Return a recursive list if `true`" : lists ? "Must be set to `true` or else `list` must be set to `true`" : "Must be set to `true`", !reads));
  }
  return out;
}

Json& schemas_of(Json& document) {
  Json* components = document.find("components");
  if (components == nullptr) components = &document.set("components", Json::object());
  Json* schemas = components->find("schemas");
  return schemas == nullptr ? components->set("schemas", Json::object()) : *schemas;
}

std::string_view tag_of(std::string_view mount_point) {
  if (mount_point.starts_with("auth/")) return "auth";
  if (mount_point.starts_with("sys/")) return "system";
  return mount_point.starts_with("identity/") ? "identity" : "secrets";
}

Json operation_json(Json& document, const Path& path, const Form& form, const Handler& handler, std::string_view mount_point) {
  Json out = Json::record();
  if (!handler.summary.empty()) out.set("summary", handler.summary);
  const std::string id = operation_id(mount_point, handler.operation, form.text);
  out.set("operationId", id);
  out.set("tags", Json::array({Json(tag_of(mount_point))}));
  const std::string_view method = method_of(handler.operation);
  const Json listing = method == "get" ? listing_parameters(path) : Json::array();
  if (!listing.empty()) out.set("parameters", listing);
  const Json schema = method == "post" || method == "patch" ? body_schema(path, form) : Json();
  if (!schema["properties"].empty()) {
    const std::string name = title_of(id) + "Request";
    const Json reference = Json::record({{"$ref", "#/components/schemas/" + name}});
    schemas_of(document).set(name, schema);
    out.set("requestBody", Json::record({{"required", true},
                                         {"content", Json::object({{"application/json", Json::record({{"schema", reference}})}})}}));
  }
  const bool removes = method == "delete";
  out.set("responses", Json::object({{removes ? "204" : "200", Json::record({{"description", removes ? "empty body" : "OK"}})}}));
  return out;
}

// Update speaks for create, read for list and scan.
bool is_spoken_for(const Path& path, Operation operation) {
  const auto has = [&](Operation other) {
    return std::any_of(path.handlers.begin(), path.handlers.end(), [&](const Handler& h) { return h.operation == other; });
  };
  if (operation == Operation::create) return has(Operation::update);
  if (operation == Operation::list) return has(Operation::read);
  return operation == Operation::scan && (has(Operation::read) || has(Operation::list));
}

Json path_item(Json& document, const Path& path, const Form& form, std::string_view mount_point) {
  Json item = Json::record();
  if (!path.synopsis.empty()) item.set("description", path.synopsis);
  if (Json parameters = path_parameters(path, form); !parameters.empty()) item.set("parameters", std::move(parameters));
  if (path.access == Access::sudo) item.set("x-vault-sudo", true);
  if (path.access == Access::unauthenticated) item.set("x-vault-unauthenticated", true);
  if (path.exists) item.set("x-vault-createSupported", true);
  for (const Handler& handler : path.handlers) {
    const std::string_view method = method_of(handler.operation);
    if (!path.published || method.empty() || is_spoken_for(path, handler.operation)) continue;
    item.set(method, operation_json(document, path, form, handler, mount_point));
  }
  return item;
}

}  // namespace

Json empty_openapi() {
  const Json license = Json::record({{"name", "Mozilla Public License 2.0"}, {"url", "https://www.mozilla.org/en-US/MPL/2.0"}});
  const Json info = Json::record({{"title", "OpenBao API"},
                                  {"description", "HTTP API that gives you full access to OpenBao. All API routes are prefixed with `/v1/`."},
                                  {"version", "2.6.2"},
                                  {"license", license}});
  return Json::record({{"openapi", "3.0.2"},
                       {"info", info},
                       {"paths", Json::object()},
                       {"components", Json::object({{"schemas", Json::object()}})}});
}

void add_path(Json& document, const Path& path, std::string_view mount_point) {
  if (document.find("paths") == nullptr) document.set("paths", Json::object());
  for (const Form& form : forms_of(compile_pattern(path.pattern))) {
    Json item = path_item(document, path, form, mount_point);
    document.find("paths")->set("/" + std::string(mount_point) + form.text, std::move(item));
  }
}

}  // namespace bao::logical
