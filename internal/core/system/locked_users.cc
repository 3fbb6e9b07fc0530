#include "internal/core/system/locked_users.h"

#include <algorithm>

#include "internal/core/lockout.h"
#include "internal/core/request_handler.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reply;
using logical::Response;

struct LockedMount {
  std::string accessor;
  std::vector<std::string> aliases;
};

base::Result<std::vector<LockedMount>> locked_mounts(const storage::ReadView& all, const std::string& asked) {
  std::vector<std::string> folders = {asked + "/"};
  if (asked.empty()) {
    ASSIGN_OR_RETURN(folders, all.list(kLockedUsersPrefix, "", -1));
  }
  std::vector<LockedMount> mounts;
  for (const std::string& folder : folders) {
    ASSIGN_OR_RETURN(auto aliases, all.list(std::string(kLockedUsersPrefix) + folder, "", -1));
    mounts.push_back({folder.substr(0, folder.size() - 1), std::move(aliases)});
  }
  std::stable_sort(mounts.begin(), mounts.end(),
                   [](const LockedMount& a, const LockedMount& b) { return a.aliases.size() > b.aliases.size(); });
  return mounts;
}

Reply read(const Call& call, const storage::ReadView& all) {
  ASSIGN_OR_RETURN(const auto mounts, locked_mounts(all, call.fields.string("mount_accessor")));
  Json shown = Json::array();
  int64_t total = 0;
  for (const LockedMount& mount : mounts) {
    total += static_cast<int64_t>(mount.aliases.size());
    shown.push_back(Json::object({{"mount_accessor", mount.accessor},
                                  {"counts", static_cast<int64_t>(mount.aliases.size())},
                                  {"alias_identifiers", mount.aliases.empty() ? Json() : Json::strings(mount.aliases)}}));
  }
  Json by_namespace = Json::object({{"namespace_id", call.request.ns->id.value},
                                    {"namespace_path", call.request.ns->path},
                                    {"counts", total},
                                    {"mount_accessors", std::move(shown)}});
  return Response::of(Json::object({{"by_namespace", Json::array({std::move(by_namespace)})}, {"total", total}}));
}

Reply unlock(Core::Parts& parts, const Call& call, storage::WriteView& all) {
  const std::string accessor = call.fields.string("mount_accessor"), alias = call.fields.string("alias_identifier");
  parts.handler->failed_logins().forget(accessor, alias);
  TRY(all.remove(locked_user_key(accessor, alias)));
  return Response::none();
}

}  // namespace

Paths locked_user_paths(Core::Parts& parts) {
  Path unlocking;
  unlocking.pattern = "locked-users/{mount_accessor:segment}/unlock/{alias_identifier:any}";
  unlocking.fields = {{.name = "mount_accessor", .description = "Accessor of the auth method's mount."},
                      {.name = "alias_identifier", .description = "The user's name, or the role id."}};
  const auto run = [&parts](const Call& call, storage::WriteView& all) { return unlock(parts, call, all); };
  unlocking.handlers = {{Operation::update, logical::Writes{run}, "Let a user log in again."}};
  unlocking.synopsis = "Unlocks a user who failed to log in too often.";
  Path listing;
  listing.pattern = "locked-users";
  listing.fields = {{.name = "mount_accessor", .description = "Accessor of the one mount that is asked about.", .query = true}};
  listing.handlers = {{Operation::read, logical::Reads{read}, "Users who are locked out."}};
  listing.synopsis = "Users who are locked out of logging in.";
  Paths paths;
  paths.push_back(std::move(unlocking));
  paths.push_back(std::move(listing));
  return paths;
}

}  // namespace bao::core::sys
