// The four directories of a mount: acme/, roles/R/acme/, issuer/I/acme/ and issuer/I/roles/R/acme/, and the addresses below them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/logical/path.h"

namespace bao::engines::pki::acme {

// "roles/web/acme/" of "roles/web/acme/new-order": what accounts and keys for external binding are good for.
std::string directory_name(std::string_view relative_path);

// A directory as its clients see it.
struct Directory {
  std::string mount;  // "https://ca.example/v1/pki/"
  std::string name;   // "roles/web/acme/"

  std::string url(std::string_view below) const { return mount + name + std::string(below); }
  std::string account(std::string_view id) const { return url("account/") + std::string(id); }
  std::string order(std::string_view id) const { return url("order/") + std::string(id); }
  std::string authorization(std::string_view id) const { return url("authorization/") + std::string(id); }
  std::string challenge(std::string_view authorization_id, std::string_view type) const {
    return url("challenge/").append(authorization_id).append("/").append(type);
  }
};

// `endpoint` below each of them, with the fields of its captures, asked for without a token.
std::vector<logical::Path> in_every_directory(const std::string& endpoint);

}  // namespace bao::engines::pki::acme
