#include "internal/cli/needed_policy.h"

#include <algorithm>

#include "internal/api/address.h"

namespace bao::cli {
namespace {

enum class Reach { itself, below };
struct SudoPath {
  std::string_view path;
  Reach reach;
};

// openbao-api.md: the paths that ask for sudo. "below" means one character or more after "path/".
constexpr SudoPath kSudoPaths[] = {
    {"auth/token/accessors", Reach::itself},
    {"pki/root", Reach::itself},
    {"pki/root/sign-self-issued", Reach::itself},
    {"sys/audit", Reach::itself},
    {"sys/audit", Reach::below},
    {"sys/auth", Reach::below},
    {"sys/config/auditing/request-headers", Reach::itself},
    {"sys/config/auditing/request-headers", Reach::below},
    {"sys/config/cors", Reach::itself},
    {"sys/config/ui/headers", Reach::itself},
    {"sys/config/ui/headers", Reach::below},
    {"sys/internal/inspect/request", Reach::itself},
    {"sys/internal/inspect/router", Reach::below},
    {"sys/leases", Reach::itself},
    {"sys/leases/lookup", Reach::itself},
    {"sys/leases/lookup", Reach::below},
    {"sys/leases/revoke-force", Reach::below},
    {"sys/leases/revoke-prefix", Reach::below},
    {"sys/plugins/catalog", Reach::below},
    {"sys/raw", Reach::itself},
    {"sys/raw", Reach::below},
    {"sys/remount", Reach::itself},
    {"sys/revoke-force", Reach::below},
    {"sys/revoke-prefix", Reach::below},
    {"sys/rotate", Reach::itself},
    {"sys/rotate/keyring", Reach::itself},
    {"sys/rotate/root", Reach::itself},
};

bool needs_sudo(std::string_view path) {
  return std::any_of(std::begin(kSudoPaths), std::end(kSudoPaths), [path](const SudoPath& sudo) {
    if (sudo.reach == Reach::itself) return path == sudo.path;
    return path.starts_with(sudo.path) && path.size() > sudo.path.size() + 1 && path[sudo.path.size()] == '/';
  });
}

std::string_view capabilities_of(const api::HttpRequest& request) {
  const bool lists = std::any_of(request.query.begin(), request.query.end(), [](const auto& parameter) {
    return parameter.first == "list" && parameter.second == "true";
  });
  if (lists) return "\"list\"";
  if (request.method == "POST" || request.method == "PUT") return "\"create\", \"update\"";
  if (request.method == "PATCH") return "\"patch\"";
  if (request.method == "DELETE") return "\"delete\"";
  return "\"read\"";
}

}  // namespace

std::string needed_policy(const api::HttpRequest& request) {
  std::string path = api::join_path("", request.path);
  if (path.starts_with("/v1/")) path.erase(0, 4);
  std::string capabilities(capabilities_of(request));
  if (needs_sudo(path)) capabilities += ", \"sudo\"";
  return "path \"" + path + "\" {\n  capabilities = [" + capabilities + "]\n}";
}

}  // namespace bao::cli
