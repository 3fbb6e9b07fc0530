// sys/config/ui/headers: what the reference's web interface would send with its pages (openbao-api.md 2.6). There is none here; the
// headers are kept for whoever moves. Its plain copy of them it makes by itself.
#include <utility>

#include "internal/base/letters.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;
using logical::Writes;

constexpr std::string_view kKey = "sys/uiconfig";
constexpr size_t kHeadersMax = 256;

// "X-House" of "x-house", as the names are stored.
std::string canonical(std::string_view name) {
  std::string out = base::lower_case(name);
  bool first = true;
  for (char& c : out) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    first = c == '-';
  }
  return out;
}

base::Result<Json> stored_headers(const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto stored, all.get(kKey));
  if (!stored) return Json::object();
  ASSIGN_OR_RETURN(const Json entry, codec::parse_json(*stored));
  return entry["headers"].is_object() ? entry["headers"] : Json::object();
}

base::Status store(storage::WriteView& all, Json headers) {
  if (headers.empty()) return all.remove(kKey);
  return all.put(kKey, codec::write_json(Json::record({{"headers", std::move(headers)}})));
}

Reply list(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const Json headers, stored_headers(all));
  std::vector<std::string> names;
  for (const auto& [name, values] : headers.members()) names.push_back(name);
  return Response::keys(names);
}

Reply read(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const Json headers, stored_headers(all));
  const Json& values = headers[canonical(call.fields.string("header"))];
  if (values.empty()) return logical::nothing();
  if (call.fields.boolean("multivalue")) return Response::of(Json::object({{"values", values}}));
  return Response::of(Json::object({{"value", values.items().front()}}));
}

Reply write(const Call& call, storage::WriteView& all) {
  const std::string header = canonical(call.fields.string("header"));
  const auto values = call.fields.strings("values");
  if (values.empty()) return base::invalid("header and values must be specified");
  if (header.starts_with("X-Vault-")) return base::invalid("X-Vault headers cannot be set");
  ASSIGN_OR_RETURN(Json headers, stored_headers(all));
  headers.set(header, Json::strings(values));
  if (headers.size() > kHeadersMax) return base::invalid("there are too many headers");
  TRY(store(all, std::move(headers)));
  Response response = Response::of(nullptr);  // an answer with nothing in it, not none
  if (header == "Content-Security-Policy") {
    response.warnings.emplace_back("overriding default Content-Security-Policy which is secure by default, proceed with caution");
  }
  return response;
}

Reply remove(const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(Json headers, stored_headers(all));
  if (headers.erase(canonical(call.fields.string("header")))) TRY(store(all, std::move(headers)));
  return Response::none();
}

}  // namespace

Paths ui_header_paths() {
  Path one;
  one.pattern = "config/ui/headers/{header}";
  one.access = Access::sudo;
  one.fields = {{.name = "header", .description = "The name of the header."},
                {.name = "values", .type = FieldType::string_list, .description = "The values to set the header."},
                {.name = "multivalue", .type = FieldType::boolean, .description = "Returns multiple values if true.", .query = true}};
  one.handlers = {
      {.operation = Operation::read, .effect = Reads{read}, .summary = "Return the given UI header's configuration."},
      {.operation = Operation::update, .effect = Writes{write}, .summary = "Configure the values to be returned for the UI header."},
      {.operation = Operation::remove, .effect = Writes{remove}, .summary = "Remove a UI header."}};
  one.synopsis = "Configures response headers that a web interface would return.";
  Path several;
  several.pattern = "config/ui/headers/?";
  several.access = Access::sudo;
  several.handlers = {{.operation = Operation::list, .effect = Reads{list}, .summary = "Return a list of configured UI headers."}};
  several.synopsis = "Lists the configured response headers of a web interface.";
  Paths paths;
  paths.push_back(std::move(one));
  paths.push_back(std::move(several));
  return paths;
}

}  // namespace bao::core::sys
