#include "internal/core/routing.h"

#include <algorithm>

namespace bao::core {

using base::Status;
using logical::Operation;

namespace {

bool is_write(Operation operation) {
  return operation == Operation::create || operation == Operation::update || operation == Operation::patch;
}

Status check_shape(const logical::Request& request) {
  if (is_write(request.operation) && request.path.ends_with('/')) {
    return base::invalid("cannot write to a path ending in '/'");
  }
  if (request.operation == Operation::renew || request.operation == Operation::revoke) {
    return base::invalid("cannot handle internal-only request operation");
  }
  return {};
}

bool equal_names(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return static_cast<char>(c | (c >= 'A' && c <= 'Z' ? 0x20 : 0)); };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

// An engine sees only the headers that its mount lets through.
void withhold_headers(RequestWork& work) {
  auto& headers = work.request.headers;
  if (work.mount->core_backend || headers.empty()) return;
  const auto& passed = work.mount->entry.config.passthrough_request_headers;
  const auto withheld = std::stable_partition(headers.begin(), headers.end(), [&](const auto& header) {
    return std::any_of(passed.begin(), passed.end(), [&](const std::string& allowed) { return equal_names(allowed, header.first); });
  });
  work.withheld_headers.assign(std::move_iterator(withheld), std::move_iterator(headers.end()));
  headers.erase(withheld, headers.end());
}

}  // namespace

void match_path(RequestWork& work) {
  work.match = work.mount->backend->paths().match(work.request.relative_path());
  if (!work.match || work.request.operation == Operation::help) return;
  work.fields = work.match->path->read_fields(work.request.operation, std::move(work.match->captures), work.request.data);
}

Status route(const Core::Parts& parts, RequestWork& work) {
  logical::Request& request = work.request;
  TRY(check_shape(request));
  const bool lists = request.operation == Operation::list || request.operation == Operation::scan;
  if (lists && !request.path.ends_with('/')) request.path += '/';
  work.router = parts.mounts->router();
  if (work.router == nullptr || parts.barrier.sealed()) return base::Error(base::Code::sealed, "Vault is sealed");
  const auto* found = work.router->find(request.path);
  if (found == nullptr || (*found)->entry.tainted) return {};
  work.mount = found->get();
  if (request.path.size() < work.mount->mount_point.size()) request.path = work.mount->mount_point;
  request.mount_point = work.mount->mount_point;
  withhold_headers(work);
  match_path(work);
  return {};
}

}  // namespace bao::core
