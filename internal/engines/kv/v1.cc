#include "internal/engines/kv/v1.h"

#include "internal/base/time_format.h"

namespace bao::engines::kv {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

std::string_view without_newline(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

std::string folder_of(const Call& call) {
  std::string path = call.fields.string("path");
  if (!path.empty() && path.back() != '/') path += '/';
  return path;
}

Reply write(const Call& call, storage::WriteView& view) {
  const std::string path = call.fields.string("path");
  if (path.empty()) return base::invalid("missing path");
  if (call.request.data.empty()) return base::invalid("missing data fields");
  TRY(view.put(path, codec::write_json(call.request.data)));
  return Response::none();
}

Reply remove(const Call& call, storage::WriteView& view) {
  TRY(view.remove(call.fields.string("path")));
  return Response::none();
}

Reply list(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto names, view.list(folder_of(call)));
  return Response::keys(names);
}

Reply scan(const Call& call, const storage::ReadView& view) {
  const std::string folder = folder_of(call);
  ASSIGN_OR_RETURN(auto names, storage::leaves_below(view, folder));
  for (std::string& name : names) name.erase(0, folder.size());
  return Response::keys(names);
}

base::Result<bool> exists(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto stored, view.get(call.fields.string("path")));
  return stored.has_value();
}

constexpr char kHelp[] =
    "The kv backend reads and writes arbitrary secrets to the backend.\n"
    "Secrets are encrypted before they are stored; the storage never sees their clear text.\n\n"
    "A time to live can be given with each secret. Readers get it as the lease duration, a hint when to\n"
    "read again; something outside of the backend revokes or replaces the secret.";
constexpr char kSynopsis[] = "Pass-through secret storage: reads and writes arbitrary data.";
constexpr char kDescription[] =
    "The pass-through backend keeps arbitrary data, encrypted.\n\n"
    "The field \"ttl\" of a secret sets the lease duration that its readers are told. It is a hint from the\n"
    "writer to the readers and has no effect on the data.";

}  // namespace

base::Duration lease_hint(std::string_view stored, base::Duration otherwise) {
  const bool may_hint = stored.find("\"ttl\"") != stored.npos || stored.find("\"lease\"") != stored.npos;
  if (!may_hint) return otherwise;
  const auto secret = codec::parse_json(stored);
  if (!secret.ok()) return otherwise;
  const Json* hint = secret->find("ttl");
  if (hint == nullptr) hint = secret->find("lease");
  if (hint == nullptr) return otherwise;
  if (hint->is_null()) return base::Duration{0};
  const auto seconds = logical::coerce(FieldType::signed_duration, *hint);
  return seconds.ok() ? base::seconds(*seconds->as_int()) : otherwise;
}

PlainBackend::PlainBackend(const logical::BackendConfig& config) : default_lease_ttl_(config.default_lease_ttl) {
  logical::Path path;
  path.pattern = "{path:all}";
  path.fields = {{"path", FieldType::string, "Location of the secret."}};
  const auto run_read = [this](const Call& call, const storage::ReadView& view) { return read(call, view); };
  path.handlers = {{Operation::read, logical::Reads{run_read}},      {Operation::create, logical::Writes{write}},
                   {Operation::update, logical::Writes{write}},      {Operation::remove, logical::Writes{remove}},
                   {Operation::list, logical::Reads{list}},          {Operation::scan, logical::Reads{scan}}};
  path.exists = exists;
  path.synopsis = kSynopsis;
  path.description = kDescription;
  set_paths({std::move(path)});
}

std::string PlainBackend::help() const { return kHelp; }

Reply PlainBackend::read(const Call& call, const storage::ReadView& view) const {
  ASSIGN_OR_RETURN(const auto stored, view.get(call.fields.string("path")));
  if (!stored) return logical::nothing();
  const std::string_view text = without_newline(*stored);
  if (!text.starts_with('{') || !text.ends_with('}')) return base::corrupt("json decoding failed: a stored secret is no object");
  Response response = Response::of(Json::raw(std::string(text)));
  response.lease_duration = lease_hint(text, default_lease_ttl_);
  return response;
}

}  // namespace bao::engines::kv
