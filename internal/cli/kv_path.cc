#include "internal/cli/kv_path.h"

#include "internal/api/address.h"
#include "internal/cli/paths.h"

namespace bao::cli {
namespace {

// path.Join without a leading slash.
std::string joined(std::string_view a, std::string_view b) { return api::join_path(a, b).substr(1); }

struct Mount {
  std::string path;
  bool versioned = false;
};

// A 404 means a server from before this question could be asked: version 1.
base::Result<Mount> ask_for_mount(Session& session, const std::string& path) {
  const bool prints_only = session.prints_only();
  const Session::Preflight preflight(session);
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.send({"GET", "/v1/sys/internal/ui/mounts/" + path, {}, {}, ""}));
  if (response.status == 404) return Mount();
  if (response.status == 403 && prints_only) {
    return base::denied("To print the request, the server has to be asked for the version of the engine at " + path +
                        " first. Use a token that may read that path; in a versioned engine it begins with MOUNT/data/.");
  }
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  if (!secret) return base::invalid("nil response from pre-flight request");
  return Mount{secret->data["path"].as_string(), secret->data["options"]["version"].as_string() == "2"};
}

}  // namespace

std::string KvPath::below(std::string_view part) const {
  if (key == mount || key + "/" == mount) return joined(mount, part);
  std::string base = mount;
  std::string rest = key;
  // A mount in a namespace is told with that namespace, which the key needn't name.
  while (!rest.starts_with(base)) {
    const size_t slash = base.find('/');
    if (slash == std::string::npos || slash + 1 >= base.size()) break;
    base = base.substr(slash + 1);
    while (base.ends_with('/')) base.pop_back();
  }
  if (rest.starts_with(base)) rest.erase(0, base.size());
  return joined(joined(base, part), rest);
}

std::optional<KvPath> find_kv_path(Invocation& run, Session& session, const std::string& argument) {
  const std::string mount = without_slashes(run.flags().text("mount"));
  const auto found = ask_for_mount(session, mount.empty() ? argument : mount);
  if (!found.ok()) {
    run.fail(found.error().message());
    return std::nullopt;
  }
  KvPath path{found->path, found->versioned, argument};
  if (!mount.empty()) path.key = joined(found->path, argument);
  return path;
}

}  // namespace bao::cli
