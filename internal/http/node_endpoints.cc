#include "internal/http/node_endpoints.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/core/system/process_view.h"
#include "internal/http/request_id.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

using codec::Json;

struct Call {
  core::Core& core;
  core::Cluster* cluster;
  const NodeRules& rules;
  const WireRequest& wire;
  const Target& target;
  bool is(std::string_view method) const { return wire.method == method; }
  bool writes() const { return is("POST") || is("PUT"); }
};

Answer wrong_method() { return Answer::error(405, ""); }

Answer bare(int status, const Json& document) {
  std::string body = codec::write_json(document);
  body += '\n';
  return Answer::json(status, std::move(body));
}

void add_text(Json& record, std::string_view name, const std::string& value) {
  if (!value.empty()) record.set(name, value);
}

// ---- seal-status, unseal

Answer seal_status_answer(const base::Result<core::SealStatus>& status) {
  if (!status.ok()) return answer_of(status.error());
  Json record = Json::record({{"type", status->type},
                              {"initialized", status->initialized},
                              {"sealed", status->sealed},
                              {"t", status->threshold},
                              {"n", status->shares},
                              {"progress", status->progress},
                              {"nonce", status->nonce},
                              {"recovery_seal", status->recovery_seal}});
  add_text(record, "recovery_seal_type", status->recovery_seal_type);
  record.set("version", status->version);
  record.set("commit_date", status->commit_date);
  record.set("migration", status->migration);
  add_text(record, "cluster_name", status->cluster_name);
  add_text(record, "cluster_id", status->cluster_id);
  add_text(record, "storage_type", status->storage_type);
  if (!status->warnings.empty()) record.set("warnings", Json::strings(status->warnings));
  return bare(200, record);
}

Answer on_seal_status(const Call& call) {
  return call.is("GET") ? seal_status_answer(call.core.seal_status()) : wrong_method();
}

std::string wrong_type(const Json& value, std::string_view member, std::string_view type) {
  const std::string_view kind = value.is_string() ? "string" : value.is_number() ? "number" : value.is_bool() ? "bool"
                                : value.is_array() ? "array" : "object";
  std::string text = "failed to decode JSON input: json: cannot unmarshal ";
  ((((text += kind) += " into Go struct field ") += member) += " of type ") += type;
  return text;
}

Answer on_unseal(const Call& call) {
  if (!call.writes()) return wrong_method();
  const auto body = parse_json_body(call.wire.body, call.rules.body);
  if (!body.ok()) return answer_of(body.error());
  const Json* reset = body->find_ignoring_case("reset");
  const Json* key = body->find_ignoring_case("key");
  if (reset && !reset->is_bool() && !reset->is_null()) return Answer::error(400, wrong_type(*reset, "UnsealRequest.Reset", "bool"));
  const Json* migrate = body->find_ignoring_case("migrate");
  if (migrate && !migrate->is_bool() && !migrate->is_null()) return Answer::error(400, wrong_type(*migrate, "UnsealRequest.Migrate", "bool"));
  if (key && !key->is_string() && !key->is_null()) return Answer::error(400, wrong_type(*key, "UnsealRequest.Key", "string"));
  if (reset && reset->as_bool()) {
    const auto status = call.core.seal_status();
    if (status.ok() && status->initialized && !status->sealed) return Answer::error(400, "vault is unsealed");
    return seal_status_answer(call.core.reset_unseal());
  }
  if (!key || key->as_string().empty()) {
    return Answer::error(400, "'key' must be specified in request body as JSON, or 'reset' set to true");
  }
  using Migrate = core::Core::Migrate;
  return seal_status_answer(call.core.unseal(key->as_string(), migrate && migrate->as_bool() ? Migrate::yes : Migrate::no));
}

// ---- init

Answer init_status(const Call& call) {
  const auto initialized = call.core.initialized();
  return initialized.ok() ? bare(200, Json::record({{"initialized", *initialized}})) : answer_of(initialized.error());
}

// An integer as Go's decoder takes it: a JSON number without a fraction; 0 counts as not given.
base::Status read_count(const Json& body, std::string_view name, std::optional<int64_t>& into) {
  const Json* value = body.find_ignoring_case(name);
  if (!value || value->is_null()) return {};
  const auto number = value->as_int();
  if (!value->is_number() || !number.ok()) return base::invalid(wrong_type(*value, "InitRequest." + std::string(name), "int"));
  if (*number != 0) into = *number;
  return {};
}

base::Status check_text(const Json& value, std::string_view name) {
  if (value.is_string()) return {};
  return base::invalid(wrong_type(value, "InitRequest." + std::string(name), "string"));
}

base::Status read_text(const Json& body, std::string_view name, std::string& into) {
  const Json* value = body.find_ignoring_case(name);
  if (!value || value->is_null()) return {};
  TRY(check_text(*value, name));
  into = value->as_string();
  return {};
}

base::Status read_texts(const Json& body, std::string_view name, std::vector<std::string>& into) {
  const Json* value = body.find_ignoring_case(name);
  if (!value || value->is_null()) return {};
  if (!value->is_array()) return base::invalid(wrong_type(*value, "InitRequest." + std::string(name), "[]string"));
  for (const Json& text : value->items()) {
    TRY(check_text(text, name));
    into.push_back(text.as_string());
  }
  return {};
}

base::Result<core::InitRequest> read_init(const Json& body) {
  core::InitRequest request;
  TRY(read_count(body, "secret_shares", request.secret_shares));
  TRY(read_count(body, "secret_threshold", request.secret_threshold));
  TRY(read_count(body, "recovery_shares", request.recovery_shares));
  TRY(read_count(body, "recovery_threshold", request.recovery_threshold));
  TRY(read_texts(body, "pgp_keys", request.pgp_keys));
  TRY(read_texts(body, "recovery_pgp_keys", request.recovery_pgp_keys));
  TRY(read_text(body, "root_token_pgp_key", request.root_token_pgp_key));
  return request;
}

void add_shares(Json& record, const std::string& name, const std::vector<base::SecretBytes>& shares) {
  Json hex = Json::array(), base64 = Json::array();
  for (const base::SecretBytes& share : shares) {
    hex.push_back(codec::to_hex(share.reveal()));
    base64.push_back(codec::to_base64(share.reveal()));
  }
  record.set(name, std::move(hex));
  record.set(name + "_base64", std::move(base64));
}

Answer on_init(const Call& call) {
  if (call.is("GET")) return init_status(call);
  if (!call.writes()) return wrong_method();
  const auto body = parse_json_body(call.wire.body, call.rules.body);
  if (!body.ok()) return answer_of(body.error());
  const auto request = read_init(*body);
  if (!request.ok()) return answer_of(request.error());
  const auto result = call.core.initialize(*request);
  if (!result.ok()) return answer_of(result.error());
  Json record = Json::record();
  add_shares(record, "keys", result->shares);
  if (!result->recovery_shares.empty()) add_shares(record, "recovery_keys", result->recovery_shares);
  record.set("root_token", result->root_token);
  return bare(200, record);
}

// ---- health, leader

// A status code given as a query parameter; false when it is none.
bool read_code(const Query& query, std::string_view name, int& code) {
  const std::string* text = query.find(name);
  if (!text) return true;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), code);
  return error == std::errc() && end == text->data() + text->size() && code >= 200 && code <= 599;
}

struct HealthCodes {
  int active = 200, standby = 429, sealed = 503, uninitialised = 501;
  bool standby_ok = false;
};

bool read_codes(const Query& query, HealthCodes& codes) {
  if (const std::string* text = query.find("standbyok"); text && !text->empty()) {
    const bool yes = *text == "1" || *text == "t" || *text == "T" || *text == "true" || *text == "TRUE" || *text == "True";
    const bool no = *text == "0" || *text == "f" || *text == "F" || *text == "false" || *text == "FALSE" || *text == "False";
    if (!yes && !no) return false;
    codes.standby_ok = yes;
  }
  return read_code(query, "uninitcode", codes.uninitialised) && read_code(query, "sealedcode", codes.sealed) &&
         read_code(query, "standbycode", codes.standby) && read_code(query, "activecode", codes.active);
}

int health_code(const core::Health& health, const HealthCodes& codes) {
  if (!health.initialized) return codes.uninitialised;
  if (health.sealed) return codes.sealed;
  if (health.standby && !codes.standby_ok) return codes.standby;
  return codes.active;
}

Answer on_health(const Call& call) {
  if (!call.is("GET") && !call.is("HEAD")) return wrong_method();
  HealthCodes codes;
  codes.standby = call.rules.standby_health_code;
  if (!read_codes(call.target.query, codes)) return Answer::error(400, "");
  const auto health = call.core.health();
  if (!health.ok()) {
    base::log_error("core", "error checking health", {{"error", health.error().message()}});
    return Answer::error(status_of(health.error().code()), "");
  }
  Json record = Json::record({{"initialized", health->initialized},
                              {"sealed", health->sealed},
                              {"standby", health->standby},
                              {"replication_performance_mode", health->performance_mode},
                              {"replication_dr_mode", health->disaster_mode},
                              {"server_time_utc", base::unix_seconds(base::system_clock().now())},
                              {"version", health->version}});
  add_text(record, "cluster_name", health->cluster_name);
  add_text(record, "cluster_id", health->cluster_id);
  return bare(health_code(*health, codes), record);
}

// Beyond the reference, for whoever asks: how far behind the leader this node is.
void add_standing(Json& record, const core::ClusterStanding& now) {
  record.set("term", now.term);
  record.set("commit_index", now.commit);
  record.set("served_index", now.served);
  record.set("lag_entries", now.commit - std::min(now.commit, now.served));
  if (now.lag) record.set("lag_milliseconds", static_cast<int64_t>(now.lag->count()));
  if (now.unheard) record.set("unheard_milliseconds", static_cast<int64_t>(now.unheard->count()));
}

Answer on_leader(const Call& call) {
  if (!call.is("GET")) return wrong_method();
  const auto leader = call.core.leader();
  if (!leader.ok()) return answer_of(leader.error());
  Json record = Json::record({{"ha_enabled", leader->ha_enabled}});
  if (leader->is_self) record.set("is_self", true);
  if (leader->active_since != base::Time{}) record.set("active_time", base::format_rfc3339(leader->active_since));
  add_text(record, "leader_address", leader->leader_address);
  add_text(record, "leader_cluster_address", leader->leader_cluster_address);
  if (leader->committed_index != 0) record.set("raft_committed_index", leader->committed_index);
  if (leader->applied_index != 0) record.set("raft_applied_index", leader->applied_index);
  const std::string* detailed = call.target.query.find("detailed");
  if (call.cluster != nullptr && detailed != nullptr && *detailed == "true") {
    if (const auto standing = call.cluster->standing(); standing.ok()) add_standing(record, *standing);
  }
  return bare(200, record);
}

// ---- joining a cluster

std::string& text_of(core::JoinTarget& target, std::string api::TlsOptions::*member) {
  return member == nullptr ? target.address : target.tls.*member;
}
constexpr std::pair<std::string_view, std::string api::TlsOptions::*> kJoinTexts[] = {
    {"leader_api_addr", nullptr},
    {"leader_tls_servername", &api::TlsOptions::server_name},
    {"leader_ca_cert", &api::TlsOptions::ca_cert_pem},
    {"leader_client_cert", &api::TlsOptions::client_cert_pem},
    {"leader_client_key", &api::TlsOptions::client_key_pem}};

base::Result<bool> read_flag(const Json& body, std::string_view name) {
  const Json* value = body.find_ignoring_case(name);
  if (!value || value->is_null()) return false;
  if (!value->is_bool()) return base::invalid(wrong_type(*value, "JoinRequest." + std::string(name), "bool"));
  return value->as_bool();
}

base::Result<core::JoinTarget> read_join_target(const Json& body) {
  core::JoinTarget target;
  for (const auto& [name, member] : kJoinTexts) {
    const Json* value = body.find_ignoring_case(name);
    if (!value || value->is_null()) continue;
    if (!value->is_string()) return base::invalid(wrong_type(*value, "JoinRequest." + std::string(name), "string"));
    text_of(target, member) = value->as_string();
  }
  const Json* discovery = body.find_ignoring_case("auto_join");
  if (discovery && !discovery->as_string().empty()) {
    return base::invalid("auto_join is not there: name a node of the cluster by leader_api_addr");
  }
  if (target.address.empty()) return base::invalid("leader_api_addr is missing: the address of a node of the cluster");
  return target;
}

Answer on_join(const Call& call) {
  if (!call.writes()) return wrong_method();
  if (call.rules.joining == nullptr) return answer_of(base::internal("raft backend not in use"));
  const auto body = parse_json_body(call.wire.body, call.rules.body);
  if (!body.ok()) return answer_of(body.error());
  auto target = read_join_target(*body);
  const auto retry = read_flag(*body, "retry"), non_voter = read_flag(*body, "non_voter");
  if (!target.ok()) return answer_of(target.error());
  if (!retry.ok()) return answer_of(retry.error());
  if (!non_voter.ok()) return answer_of(non_voter.error());
  using Retry = core::Joining::Retry;
  const auto joined = call.rules.joining->join(std::move(target).value(), *retry ? Retry::until_joined : Retry::no, *non_voter);
  return joined.ok() ? bare(200, Json::record({{"joined", *joined}})) : answer_of(joined.error());
}

// ---- seal, step-down: only their methods are judged here

// Unlike any other path, sealing what is sealed is fine, with or without a token.
std::optional<Answer> on_seal(const Call& call) {
  if (!call.writes()) return wrong_method();
  const auto health = call.core.health();
  if (health.ok() && health->sealed) return Answer::empty(204);
  return std::nullopt;
}

// ---- what operators do without a token, by their shares: the core answers, where the listener takes it

std::optional<Answer> on_unauthenticated_shares(const UnauthenticatedShares& taken, std::string_view path) {
  for (const std::string_view generating : {"generate-root/attempt", "generate-root/update"}) {
    if (path == generating && !taken.generate_root) return Answer::error(405, "unsupported operation");
  }
  for (const std::string_view rekeying : {"rekey/init", "rekey/update", "rekey/verify", "rekey-recovery-key/init",
                                          "rekey-recovery-key/update", "rekey-recovery-key/verify"}) {
    if (path == rekeying && !taken.rekey) return Answer::error(405, "unsupported operation");
  }
  return std::nullopt;
}

// ---- looking into the process, where the listener lets anybody

int64_t number(const Query& query, std::string_view name) {
  const std::string* text = query.find(name);
  int64_t value = 0;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

Answer on_profiles(const Call& call, std::string_view name) {
  if (!call.is("GET")) return wrong_method();
  const core::sys::ProcessView* view = core::sys::find_process_view(name);
  if (view == nullptr) return answer_of(logical::unsupported_path());
  core::sys::ProcessQuestion asked{number(call.target.query, "debug"), number(call.target.query, "seconds"), ""};
  for (const auto& [key, value] : call.target.query.pairs) (asked.addresses += key) += ' ';
  return answer_of(logical::Operation::read, make_request_id(), view->tell(*view, asked));
}

}  // namespace

std::optional<Answer> answer_node_endpoint(core::Core& core, core::Cluster* cluster, const NodeRules& rules, const WireRequest& wire,
                                           const Target& target) {
  constexpr std::string_view kPrefix = "/v1/sys/";
  if (!target.path.starts_with(kPrefix)) return std::nullopt;
  const std::string* help = target.query.find("help");
  if (wire.method == "HELP" || (help && !help->empty())) return std::nullopt;
  const std::string_view path = std::string_view(target.path).substr(kPrefix.size());
  const Call call{core, cluster, rules, wire, target};
  if (path == "health") return on_health(call);
  if (path == "seal-status") return on_seal_status(call);
  if (path == "unseal") return on_unseal(call);
  if (path == "init") return on_init(call);
  if (path == "leader") return on_leader(call);
  if (path == "storage/raft/join") return on_join(call);
  if (path == "seal") return on_seal(call);
  if (path == "step-down") return call.writes() ? std::nullopt : std::optional(wrong_method());
  constexpr std::string_view kProfiles = "pprof/";
  if (rules.profiles_for_anybody && path.starts_with(kProfiles)) return on_profiles(call, path.substr(kProfiles.size()));
  return on_unauthenticated_shares(rules.shares, path);
}

namespace {

// Whether a path is one of those of sys/, or below one.
bool is_one_of(std::string_view path, std::initializer_list<std::string_view> names) {
  constexpr std::string_view kPrefix = "/v1/sys/";
  if (!path.starts_with(kPrefix)) return false;
  path.remove_prefix(kPrefix.size());
  return std::any_of(names.begin(), names.end(), [path](std::string_view own) {
    return path == own || (path.starts_with(own) && path[own.size()] == '/');
  });
}

}  // namespace

bool is_unavailable_in_namespaces(std::string_view path) {
  return is_one_of(path, {"raw", "generate-recovery-token", "init", "seal", "step-down", "unseal", "health", "rekey-recovery-key",
                          "rekey", "storage", "generate-root", "metrics", "pprof", "in-flight-req"});
}

bool is_of_this_node_alone(std::string_view path) {
  return is_one_of(path, {"metrics", "pprof", "host-info", "in-flight-req", "monitor", "config/state"});
}

}  // namespace bao::http
