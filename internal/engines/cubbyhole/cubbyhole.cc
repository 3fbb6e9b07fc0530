#include "internal/engines/cubbyhole/cubbyhole.h"

namespace bao::engines {
namespace {

using codec::Json;
using logical::Call;
using logical::FieldType;
using logical::Operation;
using logical::Reply;
using logical::Response;

// What the reference's cubbyhole refuses it refuses as an error of its own, not of the caller.
base::Error refused(const base::Words& words) { return base::internal(logical::multierror(words)); }

// "<owner>/<path>". Error: the caller has no cubbyhole.
base::Result<std::string> location(const Call& call) {
  const std::string& owner = call.request.caller.cubbyhole_id;
  if (owner.empty()) return base::invalid("cubbyhole operations are only supported by 'service' type tokens");
  return owner + "/" + call.fields.string("path");
}

// The older way of unwrapping an answer.
bool reads_wrapped(const Call& call) {
  const auto& policies = call.request.caller.policies;
  return call.fields.string("path") == "response" && policies.size() == 1 && policies[0] == "response-wrapping";
}

Reply read(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const std::string key, location(call));
  if (call.fields.string("path").empty()) return refused("missing path");
  ASSIGN_OR_RETURN(auto stored, view.get(key));
  if (!stored) return logical::nothing();
  while (stored->ends_with('\n')) stored->pop_back();
  if (!stored->starts_with('{') || !stored->ends_with('}')) return base::corrupt("json decoding failed: a stored secret is no object");
  Response response = Response::of(Json::raw(std::move(*stored)));
  if (reads_wrapped(call)) {
    response.warnings.emplace_back(
        "Reading from 'cubbyhole/response' is deprecated. Please use sys/wrapping/unwrap to unwrap responses, as it provides additional "
        "security checks and other benefits.");
  }
  return response;
}

Reply write(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const std::string key, location(call));
  if (call.request.data.empty()) return refused("missing data fields");
  if (call.fields.string("path").empty()) return refused("missing path");
  TRY(view.put(key, codec::write_json(call.request.data)));
  return Response::none();
}

Reply remove(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const std::string key, location(call));
  TRY(view.remove(key));
  return Response::none();
}

Reply list(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(std::string folder, location(call));
  if (folder.back() != '/') folder += '/';
  ASSIGN_OR_RETURN(const auto names, view.list(folder));
  return Response::keys(names);
}

base::Result<bool> exists(const Call& call, const storage::ReadView& view) {
  const auto key = location(call);
  if (!key.ok()) return false;
  ASSIGN_OR_RETURN(const auto stored, view.get(*key));
  return stored.has_value();
}

constexpr char kHelp[] =
    "The cubbyhole backend reads and writes arbitrary secrets that belong to one token. Each token has a\n"
    "cubbyhole of its own, which no other token can see. It ends with the token: what it held is removed\n"
    "when the token is revoked or expires.";
constexpr char kDescription[] =
    "Keeps arbitrary data, encrypted, for the calling token alone.\n\n"
    "No other token sees it, not even a parent's or a root token, and it is removed with the token.";

class CubbyholeBackend final : public logical::Backend {
 public:
  CubbyholeBackend() {
    logical::Path path;
    path.pattern = "{path:all}";
    path.fields = {{"path", FieldType::string, "Specifies the path of the secret."}};
    path.handlers = {
        {Operation::read, logical::Reads{read}, "Retrieve the secret at the specified location."},
        {Operation::update, logical::Writes{write}, "Store a secret at the specified location."},
        {Operation::create, logical::Writes{write}},
        {Operation::remove, logical::Writes{remove}, "Deletes the secret at the specified location."},
        {Operation::list, logical::Reads{list}, "List secret entries at the specified location."}};
    path.exists = exists;
    path.synopsis = "Pass-through secret storage to a token-specific cubbyhole: reads and writes arbitrary data.";
    path.description = kDescription;
    set_paths({std::move(path)});
  }
  std::string help() const override { return kHelp; }
};

}  // namespace

logical::BackendFactory cubbyhole_backend() {
  return [](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<CubbyholeBackend>());
  };
}

}  // namespace bao::engines
