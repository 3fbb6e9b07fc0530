// `retry_join` of a raft storage's block: which nodes to ask, and how to trust them.
#include <array>
#include <utility>

#include "internal/config/blocks.h"
#include "internal/config/convert.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;

constexpr std::array<std::pair<std::string_view, std::string RetryJoin::*>, 8> kKeys = {{
    {"leader_api_addr", &RetryJoin::leader_api_addr},
    {"leader_tls_servername", &RetryJoin::leader_tls_servername},
    {"leader_ca_cert", &RetryJoin::leader_ca_cert},
    {"leader_ca_cert_file", &RetryJoin::leader_ca_cert_file},
    {"leader_client_cert", &RetryJoin::leader_client_cert},
    {"leader_client_cert_file", &RetryJoin::leader_client_cert_file},
    {"leader_client_key", &RetryJoin::leader_client_key},
    {"leader_client_key_file", &RetryJoin::leader_client_key_file},
}};

base::Status read_key(const HclItem& item, const Place& place, Config& config, RetryJoin& join) {
  for (const auto& [name, member] : kKeys) {
    if (item.key != name) continue;
    ASSIGN_OR_RETURN(join.*member, to_text(item.value, item.key));
    return {};
  }
  const std::string where = place.of(item.line, item.column);
  if (item.key.starts_with("auto_join")) {
    return base::invalid("retry_join: " + item.key + " is not there: name each node by leader_api_addr (" + where + ")");
  }
  config.notes.push_back("retry_join has no key " + item.key + " (" + where + ")");
  return {};
}

base::Status read_one(const HclValue& block, const Place& place, Config& config, Storage& storage) {
  const std::string where = " (" + place.of(block.line, block.column) + ")";
  if (block.kind != HclValue::Kind::object) return base::invalid("retry_join: not a block" + where);
  RetryJoin join;
  for (const HclItem& item : block.object) TRY(read_key(item, place, config, join));
  if (join.leader_api_addr.empty()) return base::invalid("retry_join: leader_api_addr is missing" + where);
  storage.retry_join.push_back(std::move(join));
  return {};
}

}  // namespace

base::Status read_retry_join(const HclValue& block, const Place& place, Config& config, Storage& storage) {
  for (const HclItem& item : block.object) {
    if (item.key == "retry_join_as_non_voter") {
      ASSIGN_OR_RETURN(storage.retry_join_as_non_voter, to_bool(item.value));
    }
    if (item.key != "retry_join") continue;
    if (item.value.kind != HclValue::Kind::list) TRY(read_one(item.value, place, config, storage));
    for (const HclValue& one : item.value.list) TRY(read_one(one, place, config, storage));
  }
  return {};
}

}  // namespace bao::config
