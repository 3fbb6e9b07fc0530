// secret-id/lookup and destroy, by the secret id and by its accessor.
#include "internal/auth/approle/paths.h"
#include "internal/auth/approle/secret_id.h"

namespace bao::auth::approle {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;

// Where the secret id of the request would lie.
struct Place {
  Role role;
  std::string key;
};

base::Result<std::string> given(const Call& call, const char* name) {
  std::string text = call.fields.string(name);
  if (text.empty()) return base::invalid(std::string("missing ") + name);
  return text;
}

base::Result<Place> place_of_text(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const std::string text, given(call, "secret_id"));
  ASSIGN_OR_RETURN(auto role, role_of(call, view));
  if (!role) return no_such_role(call);
  const auto mac = mac_of(*role, text);
  if (!mac.ok()) return failure("failed to create HMAC of secret_id: " + mac.error().message());
  ASSIGN_OR_RETURN(const std::string folder, folder_of(*role));
  return Place{std::move(*role), folder + *mac};
}

// Nothing: no secret id has that accessor.
base::Result<std::optional<Place>> place_of_accessor(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const std::string accessor, given(call, "secret_id_accessor"));
  ASSIGN_OR_RETURN(auto role, role_of(call, view));
  if (!role) return no_such_role(call);
  ASSIGN_OR_RETURN(const std::string mac, mac_of_accessor(view, role->secret_id_prefix, accessor));
  if (mac.empty()) return std::optional<Place>();
  ASSIGN_OR_RETURN(const std::string folder, folder_of(*role));
  return std::optional<Place>(Place{std::move(*role), folder + mac});
}

std::string unknown_accessor(const Call& call) {
  return "failed to find accessor entry for secret_id_accessor: \"" + call.fields.string("secret_id_accessor") + "\"";
}

Reply look_up(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const Place place, place_of_text(call, view));
  ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, place.key));
  if (!secret) return Response::none();
  ASSIGN_OR_RETURN(const std::string mac, mac_of_accessor(view, place.role.secret_id_prefix, secret->accessor));
  if (mac.empty()) return base::invalid("invalid secret id");
  return Response::of(show_secret_id(*secret));
}

Reply look_up_accessor(const Call& call, const storage::ReadView& view) {
  ASSIGN_OR_RETURN(const auto place, place_of_accessor(call, view));
  if (!place) {
    Response response = Response::of(Json::object({{"error", unknown_accessor(call)}}));
    response.status = 404;
    return response;
  }
  ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, place->key));
  return secret ? Response::of(show_secret_id(*secret)) : Response::none();
}

Reply destroy(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const Place place, place_of_text(call, view));
  ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, place.key));
  if (secret) TRY(remove_secret_id(view, place.role.secret_id_prefix, place.key, *secret));
  return Response::none();
}

Reply destroy_accessor(const Call& call, storage::WriteView& view) {
  ASSIGN_OR_RETURN(const auto place, place_of_accessor(call, view));
  if (!place) return failure(unknown_accessor(call));
  ASSIGN_OR_RETURN(const auto secret, find_secret_id(view, place->key));
  if (!secret) return base::denied("invalid secret id accessor");
  TRY(remove_secret_id(view, place->role.secret_id_prefix, place->key, *secret));
  return Response::none();
}

Path path_of(const char* pattern, const char* field, const char* synopsis) {
  Path path;
  path.pattern = std::string("role/{role_name}/") + pattern;
  path.fields = {role_name_field(), text_field(field, "The one that is meant.")};
  path.synopsis = synopsis;
  return path;
}

Path lookup_path(const char* pattern, const char* field, logical::ReadHandler run) {
  Path path = path_of(pattern, field, "What is known of a secret id.");
  path.handlers = {{Operation::update, logical::Reads{std::move(run)}, "Look up a secret id."}};
  return path;
}

Path destroy_path(const char* pattern, const char* field, logical::WriteHandler run) {
  Path path = path_of(pattern, field, "Ends a secret id.");
  path.handlers = {{Operation::update, logical::Writes{run}, "End a secret id."},
                   {Operation::remove, logical::Writes{run}, "End a secret id."}};
  return path;
}

}  // namespace

Paths secret_id_lookup_paths() {
  Paths paths;
  paths.push_back(lookup_path("secret-id/lookup/?", "secret_id", look_up));
  paths.push_back(destroy_path("secret-id/destroy/?", "secret_id", destroy));
  paths.push_back(lookup_path("secret-id-accessor/lookup/?", "secret_id_accessor", look_up_accessor));
  paths.push_back(destroy_path("secret-id-accessor/destroy/?", "secret_id_accessor", destroy_accessor));
  return paths;
}

}  // namespace bao::auth::approle
