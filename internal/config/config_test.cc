#include "internal/config/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace bao::config {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

Config read(std::string_view text, Format format = Format::hcl) {
  auto config = parse(text, format, "f");
  EXPECT_TRUE(config.ok()) << (config.ok() ? "" : config.error().message());
  return config.ok() ? *config : Config();
}

std::string error_of(std::string_view text, Format format = Format::hcl) {
  const auto config = parse(text, format, "f");
  return config.ok() ? "no error" : config.error().message();
}

constexpr std::string_view kHcl = R"(
storage "raft" {
  path    = "/data"
  node_id = "n1"
  retry_join { leader_api_addr = "http://a:8200" }
  retry_join { leader_api_addr = "http://b:8200" }
}
listener "tcp" {
  address         = "0.0.0.0:8200"
  tls_disable     = "true"
  max_request_size = 1024
  http_idle_timeout = "1m"
  custom_response_headers {
    "default" = { "x-frame-options" = ["DENY", "x"] }
    "4xx" = { "X-Four" = ["yes"] }
  }
  profiling { unauthenticated_pprof_access = true }
}
listener "unix" {
  address = "/run/x.sock"
  socket_mode = "0660"
  socket_user = "bao"
  socket_group = "apps"
}
seal "static" {
  current_key_id = "k1"
  current_key    = "file:///k"
}
api_addr = "https://me:8200"
default_lease_ttl = "1h"
max_lease_ttl = 7200
default_max_request_duration = "30s"
ui = true
telemetry { disable_hostname = true }
outbound_requests { allow_private = ["10.0.0.0/8", "fd00::/8"] }
)";

constexpr std::string_view kToml = R"(
api_addr = "https://me:8200"
default_lease_ttl = "1h"
max_lease_ttl = 7200
default_max_request_duration = "30s"
ui = true

[storage.raft]
path = "/data"
node_id = "n1"
[[storage.raft.retry_join]]
leader_api_addr = "http://a:8200"
[[storage.raft.retry_join]]
leader_api_addr = "http://b:8200"

[[listener]]
type = "tcp"
address = "0.0.0.0:8200"
tls_disable = true
max_request_size = 1024
http_idle_timeout = "1m"
[listener.custom_response_headers]
default = { "x-frame-options" = ["DENY", "x"] }
4xx = { "X-Four" = ["yes"] }
[listener.profiling]
unauthenticated_pprof_access = true

[[listener]]
type = "unix"
address = "/run/x.sock"
socket_mode = "0660"
socket_user = "bao"
socket_group = "apps"

[seal.static]
current_key_id = "k1"
current_key = "file:///k"

[telemetry]
disable_hostname = true

[outbound_requests]
allow_private = ["10.0.0.0/8", "fd00::/8"]
)";

constexpr std::string_view kJson = R"({
"api_addr": "https://me:8200", "default_lease_ttl": "1h", "max_lease_ttl": 7200, "default_max_request_duration": "30s",
"ui": true,
"storage": {"raft": {"path": "/data", "node_id": "n1",
  "retry_join": [{"leader_api_addr": "http://a:8200"}, {"leader_api_addr": "http://b:8200"}]}},
"listener": [
  {"tcp": {"address": "0.0.0.0:8200", "tls_disable": 1, "max_request_size": "1024", "http_idle_timeout": "1m",
    "custom_response_headers": {"default": {"x-frame-options": ["DENY", "x"]}, "4xx": {"X-Four": ["yes"]}},
    "profiling": {"unauthenticated_pprof_access": "true"}}},
  {"unix": {"address": "/run/x.sock", "socket_mode": "0660", "socket_user": "bao", "socket_group": "apps"}}],
"seal": {"static": {"current_key_id": "k1", "current_key": "file:///k"}},
"telemetry": {"disable_hostname": true},
"outbound_requests": {"allow_private": ["10.0.0.0/8", "fd00::/8"]}
})";

class Languages : public testing::TestWithParam<std::pair<Format, std::string_view>> {};

TEST_P(Languages, SayTheSame) {
  const Config config = read(GetParam().second, GetParam().first);
  ASSERT_TRUE(config.storage);
  EXPECT_EQ(config.storage->type, "raft");
  EXPECT_EQ(config.storage->path, "/data");
  EXPECT_EQ(config.storage->node_id, "n1");
  EXPECT_EQ(config.storage->redirect_addr, "https://me:8200");
  ASSERT_EQ(config.storage->retry_join.size(), 2u);
  EXPECT_EQ(config.storage->retry_join[1].address, "http://b:8200");
  ASSERT_EQ(config.listeners.size(), 2u);
  const Listener& tcp = config.listeners[0];
  EXPECT_EQ(tcp.type, "tcp");
  EXPECT_EQ(tcp.address, "0.0.0.0:8200");
  EXPECT_TRUE(tcp.tls_disable);
  EXPECT_EQ(tcp.max_request_size, 1024);
  EXPECT_EQ(tcp.http_idle_timeout, seconds(60));
  EXPECT_EQ(tcp.max_request_duration, seconds(30));
  const auto& always = tcp.custom_response_headers.at("default");
  EXPECT_EQ(always.at("X-Frame-Options"), std::vector<std::string>{"DENY; x"});
  EXPECT_TRUE(always.contains("Strict-Transport-Security"));
  EXPECT_TRUE(tcp.unauthenticated_pprof_access);
  EXPECT_EQ(tcp.custom_response_headers.at("4xx").at("X-Four"), std::vector<std::string>{"yes"});
  const Listener& file = config.listeners[1];
  EXPECT_EQ(file.type, "unix");
  EXPECT_EQ(file.address, "/run/x.sock");
  EXPECT_EQ(file.socket_mode + file.socket_user + file.socket_group, "0660baoapps");
  ASSERT_EQ(config.seals.size(), 1u);
  EXPECT_EQ(config.seals[0].type, "static");
  EXPECT_EQ(config.seals[0].current_key, "file:///k");
  EXPECT_EQ(config.default_lease_ttl, seconds(3600));
  EXPECT_EQ(config.max_lease_ttl, seconds(7200));
  EXPECT_TRUE(config.ui);
  EXPECT_TRUE(config.telemetry["disable_hostname"].as_bool());
  EXPECT_EQ(config.outbound_allow_private, (std::vector<std::string>{"10.0.0.0/8", "fd00::/8"}));
  EXPECT_TRUE(config.warnings.empty()) << config.warnings[0];
}

INSTANTIATE_TEST_SUITE_P(Config, Languages,
                         testing::Values(std::pair{Format::hcl, kHcl}, std::pair{Format::toml, kToml},
                                         std::pair{Format::json, kJson}));

TEST(Config, DefaultsAreTheReferences) {
  const Config config = read("storage \"inmem\" {}\nlistener \"tcp\" {}");
  const Listener& listener = config.listeners.at(0);
  EXPECT_EQ(listener.address, "127.0.0.1:8200");
  EXPECT_EQ(listener.max_request_size, 33'554'432);
  EXPECT_EQ(listener.max_request_duration, seconds(90));
  EXPECT_TRUE(listener.disable_unauthed_rekey_endpoints);
  EXPECT_FALSE(listener.unauthenticated_pprof_access);
  EXPECT_EQ(listener.standby_health_code, 429);
}

TEST(Config, UnknownKeysWarnWithTheirPlace) {
  const Config config = read("storage \"inmem\" {\n surprise = 1\n}\nunknown_key = 1\nmystery \"x\" {}\n"
                             "listener \"tcp\" {\n tls_disable = true\n odd = true\n}\n");
  EXPECT_EQ(config.warnings,
            (std::vector<std::string>{"unknown or unsupported field unknown_key found in configuration at f:4:1",
                                      "unknown or unsupported field odd found in configuration at f:8:2"}));
  EXPECT_EQ(config.notes.size(), 2u);
  const Config toml = read("unknown_key = 1\n[[listener]]\ntype = \"tcp\"\n odd = true\n", Format::toml);
  EXPECT_EQ(toml.warnings,
            (std::vector<std::string>{"unknown or unsupported field unknown_key found in configuration at f:1:1",
                                      "unknown or unsupported field odd found in configuration at f:4:2"}));
}

TEST(Config, WhatHasNoEffectIsSaid) {
  const Config config = read("listener \"tcp\" {\n  proxy_protocol_behavior = \"use_always\"\n}");
  ASSERT_EQ(config.warnings.size(), 1u);
  EXPECT_EQ(config.warnings[0], "proxy_protocol_behavior has no effect in this release (f:2:3)");
}

TEST(Config, ErrorsUseTheReferencesWords) {
  EXPECT_EQ(error_of("storage \"inmem\" {\n"), "At 2:2: object expected closing RBRACE got: EOF");
  EXPECT_EQ(error_of("listener \"tcp\" { address = \"{{ GetPrivateIP }}:8200\" }"),
            "error parsing 'listener': listeners.0: address templates are not supported: {{ GetPrivateIP }}:8200");
  EXPECT_EQ(error_of("api_addr = \"https://{{ GetPrivateIP }}:8200\""),
            "api_addr: address templates are not supported, write the address itself: https://{{ GetPrivateIP }}:8200");
  EXPECT_EQ(error_of("cluster_addr = \"https://{{ GetInterfaceIP \\\"eth0\\\" }}:8201\""),
            "cluster_addr: address templates are not supported, write the address itself: "
            "https://{{ GetInterfaceIP \"eth0\" }}:8201");
  EXPECT_EQ(error_of("listener \"pigeon\" {}"),
            "error parsing 'listener': listeners.0: unsupported listener type \"pigeon\"");
  EXPECT_EQ(error_of("listener \"tcp\" { tls_disable = \"perhaps\" }"),
            "error parsing 'listener': listeners.0 invalid value for tls_disable: cannot parse '' as bool: "
            "strconv.ParseBool: parsing \"perhaps\": invalid syntax");
  EXPECT_EQ(error_of("default_lease_ttl = \"soon\""), "time: invalid duration \"soon\"");
  EXPECT_EQ(error_of("storage \"inmem\" {}\nstorage \"inmem\" {}"),
            "error parsing 'storage': only one \"storage\" block is permitted");
  EXPECT_EQ(error_of("seal \"a\" {}\nseal \"b\" {}"), "seals: two seals provided but neither is disabled");
  EXPECT_EQ(error_of("\n  api_addr = [1]"), "At 2:14: root.api_addr: unknown type for string *ast.ListType");
}

TEST(Config, ErrorsInTomlNameTheirPlace) {
  EXPECT_TRUE(error_of("a = [", Format::toml).starts_with("f:1:")) << error_of("a = [", Format::toml);
  EXPECT_EQ(error_of("a = 1\nb = é", Format::toml),
            "f:2:5: only strings and comments may hold characters that are not ASCII");
  EXPECT_EQ(error_of("cluster_name = \"é\\\"é\" # é\napi_addr = \"\"\"\né\"\"\"\"\nlog_file = 'é'\n", Format::toml), "no error");
  EXPECT_EQ(error_of("ui = true\n [>x]\n", Format::toml), "f:2:3: Error while parsing key: expected a key");
  EXPECT_EQ(error_of("\nui = \"perhaps\"", Format::toml),
            "cannot parse '' as bool: strconv.ParseBool: parsing \"perhaps\": invalid syntax (ui at f:2:1)");
}

TEST(Config, OtherStoragesAndSealsAreLeftToTheServer) {
  const Config config = read("backend \"PostgreSQL\" { connection_url = \"postgres://x\" }\n"
                             "seal \"transit\" { address = \"https://y\" disable_renewal = true }");
  EXPECT_EQ(config.storage->type, "postgresql");
  EXPECT_EQ(config.storage->options["connection_url"].as_string(), "postgres://x");
  EXPECT_EQ(config.seals[0].type, "transit");
  EXPECT_EQ(config.seals[0].options["address"].as_string(), "https://y");
}

TEST(Config, SanitizedHoldsNoSecretAndTheReferencesNames) {
  const codec::Json shown = sanitized(read(kHcl));
  EXPECT_EQ(codec::write_json(shown).find("file:///k"), std::string::npos);
  EXPECT_EQ(shown["seals"].items().at(0)["type"].as_string(), "static");
  EXPECT_EQ(shown["default_lease_ttl"].text(), "3600");
  EXPECT_EQ(shown["default_max_request_duration"].text(), "30000000000");
  EXPECT_EQ(shown["listeners"].items().at(0)["config"]["max_request_size"].text(), "1024");
  const codec::Json plain = sanitized(read("storage \"inmem\" {}\napi_addr = \"http://127.0.0.1:1\""));
  EXPECT_EQ(codec::write_json(plain),
            R"({"allow_audit_log_prefixing":false,"api_addr":"http://127.0.0.1:1","cache_size":0,"cluster_addr":"",)"
            R"("cluster_cipher_suites":"","cluster_name":"","default_lease_ttl":0,"default_max_request_duration":0,)"
            R"("detect_deadlocks":"","disable_cache":false,"disable_clustering":false,"disable_indexing":false,)"
            R"("disable_performance_standby":false,"disable_printable_check":false,"disable_sealwrap":false,)"
            R"("disable_sentinel_trace":false,"enable_response_header_hostname":false,)"
            R"("enable_response_header_raft_node_id":false,"enable_ui":false,"imprecise_lease_role_tracking":false,)"
            R"("introspection_endpoint":false,"log_format":"","log_level":"","log_requests_level":"","max_lease_ttl":0,)"
            R"("pid_file":"","plugin_directory":"","plugin_file_permissions":0,"plugin_file_uid":0,)"
            R"("raw_storage_endpoint":false,"seals":[{"disabled":false,"type":"shamir"}],)"
            R"("storage":{"cluster_addr":"","disable_clustering":false,"redirect_addr":"http://127.0.0.1:1","type":"inmem"},)"
            R"("unsafe_allow_api_audit_creation":false,"unsafe_cross_namespace_identity":false})");
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bao-config-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  fs::path folder_;
};

TEST_F(Files, OfAFolderAreReadInOrderAndMerged) {
  write("b.hcl", "api_addr = \"http://b\"\nlistener \"tcp\" {}");
  write("a.toml", "api_addr = \"http://a\"\ncluster_addr = \"http://ca\"\n[storage.inmem]\n");
  write("c.json", R"({"listener": {"tcp": {"address": "127.0.0.1:1"}}})");
  write("d.hcl~", "broken {");
  write("e.txt", "broken {");
  const auto config = load({folder_.string()}, {});
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->api_addr, "http://b");
  EXPECT_EQ(config->cluster_addr, "http://ca");
  EXPECT_EQ(config->storage->type, "inmem");
  EXPECT_EQ(config->listeners.size(), 2u);
  // A file that its folder brings along is not read twice.
  EXPECT_EQ(load({folder_.string(), (folder_ / "b.hcl").string()}, {})->listeners.size(), 2u);
}

TEST_F(Files, ThatAreNotThereOrBrokenAreNamed) {
  EXPECT_EQ(load({"absent.hcl"}, {}).error().message(),
            "error loading configuration from absent.hcl: stat absent.hcl: no such file or directory");
  EXPECT_EQ(load({""}, {}).error().message(), "error loading configuration from : stat : no such file or directory");
  const std::string broken = write("x.hcl", "a = = 1");
  EXPECT_EQ(load({broken}, {}).error().message(),
            "error loading configuration from " + broken + ": At 1:5: Unknown token: 1:5 ASSIGN =");
}

TEST_F(Files, GiveWayToTheEnvironment) {
  const std::string file = write("x.hcl", "api_addr = \"http://file\"\nstorage \"raft\" { path = \"/a\" }\n"
                                          "seal \"static\" { current_key = \"a\" }");
  const auto config = load({file}, {{"BAO_API_ADDR", "http://env"}, {"VAULT_CLUSTER_ADDR", "http://c"},
                                    {"BAO_RAFT_PATH", "/b"}, {"BAO_STATIC_SEAL_CURRENT_KEY", "b"}, {"BAO_UI", "1"},
                                    {"BAO_LOG_LEVEL", ""}, {"VAULT_LOG_LEVEL", "debug"}, {"BAO_DISABLE_USER_LOCKOUT", "false"}});
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->api_addr, "http://env");
  EXPECT_EQ(config->cluster_addr, "http://c");
  EXPECT_EQ(config->storage->path, "/b");
  EXPECT_EQ(config->seals.at(0).current_key, "b");
  EXPECT_TRUE(config->ui);
  EXPECT_EQ(config->user_lockout_disabled, false);
  EXPECT_FALSE(load({file}, {{"BAO_DISABLE_USER_LOCKOUT", "perhaps"}}).ok());
  EXPECT_EQ(config->log_level, "");  // BAO_… set to nothing hides VAULT_…
}

// ---- user_lockout

TEST(UserLockout, TypesDifferFromAllWhereTheySaySo) {
  for (const auto& [text, format] : {std::pair(R"(user_lockout "USERPASS" { lockout_threshold = 3 lockout_duration = "1m" }
user_lockout "all" { lockout_threshold = "7" lockout_counter_reset = 90 disable_lockout = "true" })", Format::hcl),
                                     std::pair("[user_lockout.userpass]\nlockout_threshold = 3\nlockout_duration = \"1m\"\n[user_lockout.all]\n"
                                               "lockout_threshold = 7\nlockout_counter_reset = \"90s\"\ndisable_lockout = true\n", Format::toml)}) {
    const Config config = read(text, format);
    EXPECT_TRUE(config.warnings.empty());
    ASSERT_EQ(config.user_lockouts.size(), 2u);
    const UserLockout &all = config.user_lockouts.at("all"), &userpass = config.user_lockouts.at("userpass");
    EXPECT_EQ(std::pair(all.threshold, userpass.threshold), std::pair(int64_t{7}, int64_t{3}));
    EXPECT_EQ(all.duration, seconds(900));
    EXPECT_EQ(userpass.duration, seconds(60));
    EXPECT_EQ(all.counter_reset, seconds(90));
    EXPECT_EQ(userpass.counter_reset, seconds(90));
    EXPECT_TRUE(all.disabled && userpass.disabled);
    EXPECT_EQ(codec::write_json(sanitized(config)["user_lockout_configs"].items().at(1)),
              R"({"disable_lockout":true,"lockout_counter_reset":90000000000,"lockout_duration":60000000000,"lockout_threshold":3,"type":"userpass"})");
  }
  EXPECT_TRUE(read("ui = true").user_lockouts.empty());
}

TEST(UserLockout, WhatIsWrongIsNamedWithItsPlace) {
  EXPECT_EQ(error_of("user_lockout \"github\" {}"), "error parsing 'user_lockout': unsupported auth type \"github\" (f:1:1)");
  EXPECT_TRUE(error_of("user_lockout {}").starts_with("error parsing 'user_lockout': auth type for user lockout must be specified"));
  EXPECT_EQ(error_of("user_lockout \"all\" {\n lockout_threshold = -1\n}"),
            "error parsing 'user_lockout': error parsing lockout_threshold: it cannot be negative (f:2:2)");
  EXPECT_EQ(error_of("user_lockout \"all\" {\n lockout_duration = \"-1m\"\n}"),
            "error parsing 'user_lockout': error parsing lockout_duration: lockout_duration cannot be negative (f:2:2)");
  EXPECT_FALSE(error_of("user_lockout \"all\" { disable_lockout = \"perhaps\" }").empty());
  EXPECT_EQ(read("user_lockout \"all\" {\n lockout_treshold = 1\n}").warnings.size(), 1u);
}

// ---- outbound_requests

TEST(OutboundRequests, OpenNothingByDefault) { EXPECT_TRUE(read("ui = true").outbound_allow_private.empty()); }

TEST(OutboundRequests, RefuseWhatIsNoRangeWithItsPlace) {
  EXPECT_EQ(error_of("ui = true\noutbound_requests {\n  allow_private = [\"10.0.0.0/8\", \"10.0.0.0/40\"]\n}"),
            "outbound_requests.allow_private: \"10.0.0.0/40\" is no range of addresses such as \"10.0.0.0/8\" (f:3:3)");
  EXPECT_EQ(error_of("[outbound_requests]\nallow_private = [\"private\"]\n", Format::toml),
            "outbound_requests.allow_private: \"private\" is no range of addresses such as \"10.0.0.0/8\" (f:2:1)");
  EXPECT_TRUE(error_of("outbound_requests { allow_private = [{}] }").starts_with("outbound_requests.allow_private: At 1:"));
  EXPECT_EQ(error_of("outbound_requests \"x\" {}"), "outbound_requests: not a block of keys (f:1:1)");
  EXPECT_EQ(error_of("outbound_requests = true"), "outbound_requests: not a block of keys (f:1:1)");
}

TEST(OutboundRequests, UnknownKeysWarnAndRangesAreShown) {
  const Config config = read("outbound_requests {\n allow_public = true\n allow_private = \"10.0.0.0/8, ::1/128\"\n}");
  EXPECT_EQ(config.warnings, std::vector<std::string>{"unknown or unsupported field allow_public found in configuration at f:2:2"});
  EXPECT_EQ(codec::write_json(sanitized(config)["outbound_requests"]), R"({"allow_private":["10.0.0.0/8","::1/128"]})");
}

// ---- retry_join

TEST(RetryJoin, SaysWhomToAskAndHowToTrustThem) {
  const Config config = read(R"(storage "raft" {
  retry_join {
    leader_api_addr         = "https://a:8200"
    leader_tls_servername   = "bao.example"
    leader_ca_cert_file     = "/ca.pem"
    leader_client_cert_file = "/cert.pem"
    leader_client_key_file  = "/key.pem"
    leader_port             = 1
  }
  retry_join { leader_api_addr = "https://b:8200" leader_ca_cert = "PEM" }
  retry_join_as_non_voter = true
})", Format::hcl);
  ASSERT_EQ(config.storage->retry_join.size(), 2u);
  const api::TrustedServer& first = config.storage->retry_join[0];
  EXPECT_EQ(first.address, "https://a:8200");
  EXPECT_EQ(first.tls.server_name, "bao.example");
  EXPECT_EQ(first.tls.ca_cert_file + first.tls.client_cert_file + first.tls.client_key_file, "/ca.pem/cert.pem/key.pem");
  EXPECT_EQ(config.storage->retry_join[1].tls.ca_cert_pem, "PEM");
  EXPECT_TRUE(config.storage->retry_join_as_non_voter);
  ASSERT_EQ(config.notes.size(), 1u);
  EXPECT_EQ(config.notes[0], "retry_join has no key leader_port (f:8:5)");
}

TEST(RetryJoin, WhatIsNotThereIsRefusedInPlainWords) {
  EXPECT_EQ(error_of(R"(storage "raft" { retry_join { auto_join = "provider=aws" } })"),
            "error parsing 'storage': retry_join: auto_join is not there: name each node by "
            "leader_api_addr (f:1:31)");
  EXPECT_EQ(error_of(R"(storage "raft" { retry_join { leader_ca_cert = "x" } })"),
            "error parsing 'storage': retry_join: leader_api_addr is missing (f:1:29)");
}

}  // namespace
}  // namespace bao::config
