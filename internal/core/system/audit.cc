// sys/audit, sys/audit-hash, sys/config/auditing/request-headers (openbao-api.md 2.4).

#include "internal/base/letters.h"
#include "internal/core/audit/table.h"
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

Reply done(const base::Status& status) { return status.ok() ? Reply(Response::none()) : Reply(status.error()); }

Reply list_devices(const Call&, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto devices, audit::stored_devices(all));
  Json data = Json::object();
  for (const MountEntry& entry : devices) {
    Json options = Json::object();
    if (entry.options) {
      for (const auto& [name, value] : *entry.options) options.set(name, Json(value));
    }
    data.set(entry.path, Json::object({{"path", Json(entry.path)},
                                       {"type", Json(entry.type)},
                                       {"description", Json(entry.description)},
                                       {"options", std::move(options)},
                                       {"local", Json(entry.local)}}));
  }
  return spread(std::move(data));
}

Path table_path() {
  Path path;
  path.pattern = "audit";
  path.access = Access::sudo;
  path.handlers = {{.operation = Operation::read, .effect = Reads{list_devices}, .summary = "List the enabled audit devices."}};
  path.synopsis = "List the currently enabled audit devices.";
  return path;
}

Path device_path(audit::Broker& broker) {
  Path path;
  path.pattern = "audit/{path:any}";
  path.access = Access::sudo;
  path.fields = {{.name = "path", .description = "The name of the device."},
                 {.name = "type", .description = "The type of the device: file, socket or syslog."},
                 {.name = "description", .description = "What it is for, in words."},
                 {.name = "options", .type = FieldType::pairs, .description = "Settings of the device."},
                 {.name = "local", .type = FieldType::boolean, .description = "Mark the device as local to this cluster."}};
  path.handlers = {
      {.operation = Operation::update,
       .effect = Writes{[&broker](const Call& call, storage::WriteView& all) -> Reply {
         MountEntry entry;
         entry.path = mount_path_of(call.fields.string("path"));
         entry.type = call.fields.string("type");
         entry.description = call.fields.string("description");
         entry.options = call.fields.pairs("options");
         entry.local = call.fields.boolean("local");
         return done(broker.enable(all, std::move(entry)));
       }},
       .summary = "Enable a new audit device at the supplied path."},
      {.operation = Operation::remove,
       .effect = Writes{[&broker](const Call& call, storage::WriteView& all) -> Reply {
         return done(broker.disable(all, mount_path_of(call.fields.string("path"))));
       }},
       .summary = "Disable the audit device at the given path."}};
  path.synopsis = "Enable or disable audit devices.";
  return path;
}

Path hash_path(audit::Broker& broker) {
  Path path;
  path.pattern = "audit-hash/{path:any}";
  path.fields = {{.name = "path", .description = "The name of the device."}, {.name = "input", .description = "The value."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Reads{[&broker](const Call& call, const storage::ReadView& all) -> Reply {
                      const std::string& input = call.fields.string("input");
                      if (input.empty()) return base::invalid("the \"input\" parameter is empty");
                      ASSIGN_OR_RETURN(std::string hash, broker.hash(all, mount_path_of(call.fields.string("path")), input));
                      return spread(Json::object({{"hash", Json(std::move(hash))}}));
                    }},
                    .summary = "The hash of a value as the device writes it."}};
  path.synopsis = "The hash of the given string via the given audit device.";
  return path;
}

Json shown(bool hashed) { return Json::object({{"hmac", Json(hashed)}}); }

Path headers_path() {
  Path path;
  path.pattern = "config/auditing/request-headers";
  path.access = Access::sudo;
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[](const Call&, const storage::ReadView& all) -> Reply {
                      ASSIGN_OR_RETURN(const auto headers, audit::stored_headers(all));
                      Json named = Json::object();
                      for (const auto& [name, hashed] : headers) named.set(name, shown(hashed));
                      return spread(Json::object({{"headers", std::move(named)}}));
                    }},
                    .summary = "List the request headers that are configured to be audited."}};
  path.synopsis = "Lists the headers configured to be audited.";
  return path;
}

Path header_path() {
  Path path;
  path.pattern = "config/auditing/request-headers/{header:any}";
  path.access = Access::sudo;
  path.fields = {{.name = "header", .description = "Name of the header."},
                 {.name = "hmac", .type = FieldType::boolean, .description = "Whether its value is hashed."}};
  path.handlers = {
      {.operation = Operation::read,
       .effect = Reads{[](const Call& call, const storage::ReadView& all) -> Reply {
         ASSIGN_OR_RETURN(const auto headers, audit::stored_headers(all));
         const std::string& name = call.fields.string("header");
         const auto found = headers.find(base::lower_case(name));
         if (found == headers.end()) return base::invalid("Could not find header in config");
         return spread(Json::object({{name, shown(found->second)}}));
       }},
       .summary = "List the information for the given request header."},
      {.operation = Operation::update,
       .effect = Writes{[](const Call& call, storage::WriteView& all) -> Reply {
         ASSIGN_OR_RETURN(auto headers, audit::stored_headers(all));
         headers[base::lower_case(call.fields.string("header"))] = call.fields.boolean("hmac");
         return done(audit::store_headers(all, headers));
       }},
       .summary = "Enable auditing of a header."},
      {.operation = Operation::remove,
       .effect = Writes{[](const Call& call, storage::WriteView& all) -> Reply {
         ASSIGN_OR_RETURN(auto headers, audit::stored_headers(all));
         if (headers.erase(base::lower_case(call.fields.string("header"))) == 0) return Response::none();
         return done(audit::store_headers(all, headers));
       }},
       .summary = "Disable auditing of the given request header."}};
  path.synopsis = "Lists, adds, or removes headers from the audited ones.";
  return path;
}

}  // namespace

Paths audit_paths(Core::Parts& parts) { return {hash_path(parts.audit), table_path(), device_path(parts.audit), headers_path(), header_path()}; }

}  // namespace bao::core::sys
