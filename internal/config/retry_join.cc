// `retry_join` of a raft storage's block: which nodes to ask, and how to trust them.
#include <array>
#include <utility>

#include "internal/config/blocks.h"
#include "internal/config/convert.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;

constexpr std::array<std::pair<std::string_view, std::string api::TlsOptions::*>, 7> kTrustKeys = {{
    {"leader_tls_servername", &api::TlsOptions::server_name},
    {"leader_ca_cert", &api::TlsOptions::ca_cert_pem},
    {"leader_ca_cert_file", &api::TlsOptions::ca_cert_file},
    {"leader_client_cert", &api::TlsOptions::client_cert_pem},
    {"leader_client_cert_file", &api::TlsOptions::client_cert_file},
    {"leader_client_key", &api::TlsOptions::client_key_pem},
    {"leader_client_key_file", &api::TlsOptions::client_key_file},
}};

base::Status read_key(const HclItem& item, const Place& place, Config& config, api::TrustedServer& join) {
  if (item.key == "leader_api_addr") {
    ASSIGN_OR_RETURN(join.address, to_text(item.value, item.key));
    return {};
  }
  for (const auto& [name, member] : kTrustKeys) {
    if (item.key != name) continue;
    ASSIGN_OR_RETURN(join.tls.*member, to_text(item.value, item.key));
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
  api::TrustedServer join;
  for (const HclItem& item : block.object) TRY(read_key(item, place, config, join));
  if (join.address.empty()) return base::invalid("retry_join: leader_api_addr is missing" + where);
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
