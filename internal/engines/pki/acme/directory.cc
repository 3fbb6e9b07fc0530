#include "internal/engines/pki/acme/directory.h"

namespace bao::engines::pki::acme {
namespace {

constexpr std::string_view kFolder = "acme/";
constexpr const char* kPrefixes[] = {"acme/", "roles/{role}/acme/", "issuer/{issuer_ref}/acme/", "issuer/{issuer_ref}/roles/{role}/acme/"};

}  // namespace

std::string directory_name(std::string_view path) {
  const size_t folder = path.rfind("/acme/");
  return std::string(folder == std::string_view::npos ? kFolder : path.substr(0, folder + 1 + kFolder.size()));
}

std::vector<logical::Path> in_every_directory(const std::string& endpoint) {
  using logical::FieldType;
  std::vector<logical::Path> paths;
  for (const char* prefix : kPrefixes) {
    logical::Path path;
    path.pattern = prefix + endpoint;
    const auto add = [&path](const char* name, const char* description) {
      if (path.pattern.find(std::string("{") + name) != std::string::npos) path.fields.push_back({name, FieldType::string, description, {}, true});
    };
    add("role", "The role that says what may be ordered.");
    add("issuer_ref", "The issuer that signs: its id, name or default.");
    add("kid", "The account.");
    add("order_id", "The order.");
    add("auth_id", "The authorization.");
    add("challenge_type", "The kind of challenge.");
    path.access = logical::Access::unauthenticated;
    path.synopsis = "An endpoint implementing the standard ACME protocol";
    path.description = "Part of ACME (RFC 8555): for clients of that protocol.";
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace bao::engines::pki::acme
