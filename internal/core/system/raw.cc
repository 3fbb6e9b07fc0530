// sys/raw: the barrier's content by storage key, for operators who repair (openbao-api.md 2.6). Only where the server was
// told to offer it.
#include <utility>

#include "internal/base/limits.h"
#include "internal/codec/compression.h"
#include "internal/codec/encoding.h"
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

base::Result<std::string> checked_path(const Call& call) {
  std::string path = call.fields.string("path");
  if (path.starts_with("core/keyring") || path.starts_with("core/cluster/local/info")) {
    return base::invalid("cannot access \"" + path + "\"");
  }
  return path;
}

base::Result<bool> is_base64(const Call& call) {
  const std::string encoding = call.fields.string("encoding");
  if (encoding.empty() || encoding == "base64") return encoding == "base64";
  return base::invalid("invalid encoding \"" + encoding + "\"");
}

Reply read(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const bool base64, is_base64(call));
  ASSIGN_OR_RETURN(const std::string path, checked_path(call));
  auto stored = all.get(path);
  if (!stored.ok()) return base::invalid(stored.error().message());
  if (!*stored) return logical::nothing();
  std::string value = std::move(**stored);
  if (call.fields.boolean("compressed")) {
    auto plain = codec::decompress_canary(value, base::kStorageValueBytesMax * 16);
    if (!plain.ok()) return base::invalid(plain.error().message());
    value = std::move(plain).value();
  }
  Json data = Json::object();
  data.set("value", base64 ? codec::to_base64(value) : codec::valid_utf8(value));
  return Response::of(std::move(data));
}

bool is_gzip(std::string_view stored) { return stored.starts_with("G\x1f\x8b"); }

base::Result<std::string> compressed(const std::string& kind, std::string value) {
  if (kind.empty()) return value;
  if (kind == "gzip") return codec::compress_canary_gzip(value);
  if (kind == "snappy") return codec::snappy_framed_stored(value);
  return base::invalid("invalid compression type \"" + kind + "\"");
}

Reply write(const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const bool base64, is_base64(call));
  std::string value = call.fields.string("value");
  if (base64) {
    ASSIGN_OR_RETURN(value, codec::from_base64(value));
  }
  ASSIGN_OR_RETURN(const std::string path, checked_path(call));
  std::string kind = call.fields.string("compression_type");
  if (!call.fields.has("compression_type")) {
    ASSIGN_OR_RETURN(const auto existing, all.get(path));
    if (existing && is_gzip(*existing)) kind = "gzip";
  }
  ASSIGN_OR_RETURN(const std::string stored, compressed(kind, std::move(value)));
  TRY(all.put(path, stored));
  return Response::none();
}

Reply remove(const Call& call, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const std::string path, checked_path(call));
  TRY(all.remove(path));
  return Response::none();
}

Reply list(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(std::string path, checked_path(call));
  if (!path.empty() && path.back() != '/') path += '/';
  const int64_t limit = call.fields.integer("limit");
  ASSIGN_OR_RETURN(const auto names, all.list(path, call.fields.string("after"), limit > 0 ? limit : -1));
  return Response::keys(names);
}

}  // namespace

Paths raw_paths() {
  Path path;
  path.pattern = "raw[/{path:all}]";
  path.access = Access::sudo;
  path.fields = {{.name = "path", .description = "The storage key."},
                 {.name = "value", .description = "What to store."},
                 {.name = "compressed", .type = FieldType::boolean, .description = "Whether to decompress what is read.", .default_value = true},
                 {.name = "encoding", .description = "\"\" or \"base64\"."},
                 {.name = "compression_type", .description = "\"gzip\" or \"snappy\"; without it as the existing value is."},
                 {.name = "after", .description = "The name after which to list.", .query = true},
                 {.name = "limit", .type = FieldType::integer, .description = "How many names to list at most.", .query = true}};
  path.handlers = {{.operation = Operation::read, .effect = Reads{read}, .summary = "Read the value of the given storage key."},
                   {.operation = Operation::update, .effect = Writes{write}, .summary = "Update the value of the given storage key."},
                   {.operation = Operation::remove, .effect = Writes{remove}, .summary = "Delete the given storage key."},
                   {.operation = Operation::list, .effect = Reads{list}, .summary = "List storage keys below a prefix."}};
  path.exists = [](const Call& call, const storage::ReadView& all) -> base::Result<bool> {
    ASSIGN_OR_RETURN(const auto stored, all.get(call.fields.string("path")));
    return stored.has_value();
  };
  path.synopsis = "Write, Read, and Delete data directly in the Storage backend.";
  Paths paths;
  paths.push_back(std::move(path));
  return paths;
}

}  // namespace bao::core::sys
