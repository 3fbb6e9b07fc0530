#include "internal/core/list_filter.h"

#include "internal/core/policy/keys_filter.h"

namespace bao::core {

using base::Result;
using logical::Operation;
using logical::Reply;

namespace {

bool needs_sudo(const Router& router, std::string_view path) {
  const auto* found = router.find(path);
  if (found == nullptr || path.size() < (*found)->mount_point.size()) return false;
  const auto match = (*found)->backend->paths().match(path.substr((*found)->mount_point.size()));
  return match && match->path->access == logical::Access::sudo;
}

// Whether the caller may read (a folder: list) what a key of the list stands for.
Result<bool> may_see(const RequestWork& work, const std::string& key) {
  logical::Request asked;
  asked.operation = key.ends_with('/') ? Operation::list : Operation::read;
  auto path = keys_filter_path(work.decision.response_keys_filter_path, work.request.path, key);
  if (!path.ok()) return base::internal(logical::multierror("internal error"));
  asked.path = std::move(*path);
  const Decision decision = work.acl->allow(asked, asked.operation, work.now);
  return decision.allowed && (decision.sudo || decision.root || !needs_sudo(*work.router, asked.path));
}

}  // namespace

Reply filter_list(const RequestWork& work, Reply reply) {
  const bool lists = work.asked == Operation::list || work.asked == Operation::scan;
  if (!lists || work.decision.response_keys_filter_path.empty() || !reply.ok() || !reply->data) return reply;
  const codec::Json* keys = reply->data->find("keys");
  if (keys == nullptr || !keys->is_array()) return base::internal(logical::multierror("internal error"));
  std::vector<std::string> seen;
  codec::Json seen_info = codec::Json::object();
  const codec::Json info = (*reply->data)["key_info"];
  for (const codec::Json& key : keys->items()) {
    ASSIGN_OR_RETURN(const bool visible, may_see(work, key.as_string()));
    if (!visible) continue;
    seen.push_back(key.as_string());
    if (const codec::Json* about = info.find(key.as_string())) seen_info.set(key.as_string(), *about);
  }
  reply->data->set("keys", codec::Json::strings(seen));
  if (info.is_object()) reply->data->set("key_info", std::move(seen_info));
  return reply;
}

}  // namespace bao::core
