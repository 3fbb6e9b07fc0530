// What must never work, class by class of the bugs that its like has had (NEGATIVE.md): on the active node, and on a standby, which
// answers what it can and gives the rest to the active node. Tests carry the class in their names.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "internal/core/core.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using base::Code;
using codec::Json;
using logical::Operation;
using logical::Reply;

enum class Role { active, standby };

class Negative : public ::testing::TestWithParam<Role> {
 protected:
  Negative() { set_up(); }

  void set_up() {
    must("sys/auth/userpass", R"({"type":"userpass"})");
    must("sys/auth/approle", R"({"type":"approle"})");
    must("sys/mounts/kv", R"({"type":"kv"})");
    must("kv/a", R"({"v":"CANARY-stored"})");
    must("sys/policies/acl/reader", R"({"policy":"path \"kv/*\" { capabilities = [\"read\"] }"})");
    must("sys/policies/acl/admin", R"({"policy":"path \"auth/*\" { capabilities = [\"create\",\"read\",\"update\",\"delete\",\"list\"] }"})");
    must("auth/userpass/users/alice", R"({"password":"right","token_policies":"reader"})");
    reader = node.create_token(R"({"policies":["reader"],"ttl":"1h"})");
    admin = node.create_token(R"({"policies":["admin"],"ttl":"1h"})");
  }
  // From now on the test's node is what the test is about.
  void take_role() {
    if (GetParam() == Role::active) return;
    ASSERT_TRUE(cluster.hand_over().ok());
    while (node.core().active()) std::this_thread::yield();
  }
  void must(const std::string& path, const std::string& body) {
    const auto done = node.write(path, body);
    ASSERT_TRUE(done.ok()) << path << ": " << done.error().message();
  }
  // A refusal with that code. A standby may leave it to the active node, but never answer.
  void refused(const Reply& reply, std::initializer_list<Code> codes, const std::string& what) {
    ASSERT_FALSE(reply.ok()) << what;
    const Code code = reply.error().code();
    const bool elsewhere = GetParam() == Role::standby && code == Code::needs_active;
    EXPECT_TRUE(elsewhere || std::find(codes.begin(), codes.end(), code) != codes.end()) << what << ": " << TestCore::text_of(reply);
  }
  Reply log_in(const std::string& user, const std::string& password) {
    return node.handle(node.request(Operation::update, "auth/userpass/login/" + user, R"({"password":")" + password + "\"}", TestCore::kNoToken));
  }
  Json openapi() {
    const auto document = node.read("sys/internal/specs/openapi");
    EXPECT_TRUE(document.ok() && document->raw);
    return *codec::parse_json(document->raw->body);
  }

  FakeCluster cluster{"node1", 1};
  TestCore node{TestCore::State::unsealed, [this] {
                  core::CoreOptions options;
                  options.cluster = &cluster;
                  return options;
                }()};
  std::string reader, admin;
};

INSTANTIATE_TEST_SUITE_P(Roles, Negative, ::testing::Values(Role::active, Role::standby),
                         [](const auto& role) { return role.param == Role::active ? "Active" : "Standby"; });

TEST_P(Negative, S01WhatIsNoLivingTokenOpensNothing) {
  const std::string batch = node.create_token(R"({"policies":["reader"],"type":"batch","ttl":"1h"})");
  const std::string ended = node.create_token(R"({"policies":["reader"],"ttl":"1h"})");
  must("auth/token/revoke", R"({"token":")" + ended + "\"}");
  take_role();
  std::string changed = batch;
  changed[batch.size() / 2] = changed[batch.size() / 2] == 'A' ? 'B' : 'A';
  std::string upper = reader;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  for (const std::string& token : {changed, batch.substr(0, batch.size() - 1), batch + "A", reader.substr(0, reader.size() - 1), reader + "x", reader + ".abc",
                                   " " + reader, upper, ended, std::string("root"), std::string(100'000, 'A'), std::string("s."), std::string(1, '\0')}) {
    refused(node.read("kv/a", token), {Code::denied}, token.substr(0, 80));
  }
  EXPECT_TRUE(node.read("kv/a", reader).ok());
  node.clock().advance(std::chrono::hours(2));
  refused(node.read("kv/a", reader), {Code::denied}, "past its time");
  refused(node.read("kv/a", batch), {Code::denied}, "a batch token past its time");
}

// Lockout counts a user, however the client spells the name.
TEST_P(Negative, S02ALockIsOfTheUserNotOfTheSpelling) {
  if (GetParam() == Role::standby) {  // that failures are the active node's to count
    take_role();
    EXPECT_EQ(log_in("Alice", "wrong").error().code(), Code::needs_active);
    return;
  }
  for (const char* name : {"alice", "ALICE", "Alice", "aLICE", "alicE"}) refused(log_in(name, "wrong"), {Code::invalid}, name);
  for (const char* name : {"alice", "ALICE", "AlIcE"}) refused(log_in(name, "right"), {Code::denied}, name);
}

TEST_P(Negative, S03AnAbsentUserReadsAsAWrongPassword) {
  take_role();
  EXPECT_EQ(TestCore::text_of(log_in("alice", "wrong")), TestCore::text_of(log_in("nobody", "wrong")));
}

TEST_P(Negative, S04RootIsNoPolicyHoweverItIsSpelled) {
  constexpr const char* kSpellings[] = {"root", "ROOT", "Root", " root", "root ", "rOOt\\t"};
  for (const char* name : kSpellings) {
    const auto made = node.write("auth/userpass/users/eve", R"({"password":"p","token_policies":[")" + std::string(name) + "\"]}");
    if (!made.ok()) continue;
    const auto login = log_in("eve", "p");
    EXPECT_FALSE(login.ok() && node.read("sys/mounts", login->auth->client_token).ok()) << name;
  }
  take_role();
  for (const char* name : kSpellings) {
    const std::string policies = R"({"policies":[")" + std::string(name) + "\"]}";
    const auto token = node.write("auth/token/create", policies, admin);
    EXPECT_FALSE(token.ok() && node.read("sys/mounts", token->auth->client_token).ok()) << name;
  }
  for (const char* name : {"root", "ROOT", "Root"}) {
    refused(node.write("sys/policies/acl/" + std::string(name), R"({"policy":"path \"*\" { capabilities = [\"sudo\"] }"})"), {Code::invalid}, name);
    refused(node.remove("sys/policies/acl/" + std::string(name)), {Code::invalid}, name);
  }
}

TEST_P(Negative, S04ARuleReachesNothingBesideItsPath) {
  take_role();
  for (const char* path : {"kv", "KV/a", "kv2/a", "/kv/a", "kv//a", "sys/mounts", "kv/../sys/mounts", "cubbyhole/a"}) {
    const auto reply = node.read(path, reader);
    EXPECT_FALSE(reply.ok() && reply->data) << path;
  }
  refused(node.list("kv/", reader), {Code::denied}, "a rule that lets read does not let list");
  refused(node.remove("kv/a", reader), {Code::denied}, "nor delete");
}

TEST_P(Negative, S05ASecretIdIsOfItsRole) {
  must("auth/approle/role/one", R"({"token_policies":"reader"})");
  must("auth/approle/role/two", R"({"token_policies":"reader"})");
  const Json secret = *node.write("auth/approle/role/one/secret-id")->data;
  const std::string role_id = (*node.read("auth/approle/role/one/role-id")->data)["role_id"].as_string();
  const std::string other_id = (*node.read("auth/approle/role/two/role-id")->data)["role_id"].as_string();
  take_role();
  const std::string accessor = R"({"secret_id_accessor":")" + secret["secret_id_accessor"].as_string() + "\"}";
  const std::string id = R"({"secret_id":")" + secret["secret_id"].as_string() + "\"}";
  for (const char* operation : {"secret-id-accessor/lookup", "secret-id-accessor/destroy"}) {
    const auto reply = node.write("auth/approle/role/two/" + std::string(operation), accessor);
    EXPECT_FALSE(reply.ok() && reply->data) << operation;
  }
  (void)node.write("auth/approle/role/two/secret-id/destroy", id);  // there is none of that role, which is no error
  const auto with = [&](const std::string& role) {
    return node.handle(node.request(Operation::update, "auth/approle/login",
                                    R"({"role_id":")" + role + R"(","secret_id":")" + secret["secret_id"].as_string() + "\"}", TestCore::kNoToken));
  };
  refused(with(other_id), {Code::invalid}, "another role's secret id");
  if (GetParam() == Role::active) {
    EXPECT_TRUE(with(role_id).ok()) << "it is still there";
  }
}

// Nothing lives for ever that was to end, and what is refused leaves no token.
TEST_P(Negative, S07NoTtlRoundsToForEver) {
  std::vector<std::string> tokens;
  for (const char* ttl : {"1ns", "1ms", "0.4s", "999ms"}) {
    for (const char* type : {"service", "batch"}) {
      const auto made = node.write("auth/token/create", R"({"policies":["reader"],"ttl":")" + std::string(ttl) + R"(","type":")" + type + "\"}");
      if (made.ok() && made->auth) tokens.push_back(made->auth->client_token);
    }
  }
  take_role();
  node.clock().advance(std::chrono::hours(1));
  for (const std::string& token : tokens) refused(node.read("kv/a", token), {Code::denied}, "a token of less than a second, an hour later");
}

TEST_P(Negative, S07AnErrorLeavesNoToken) {
  const auto count = [this] { return (*node.list("auth/token/accessors")->data)["keys"].size(); };
  const size_t before = count();
  take_role();
  for (const char* body : {R"({"ttl":"-1h"})", R"({"ttl":"x"})", R"({"num_uses":-1})", R"({"type":"odd"})", R"({"policies":["root"]})", R"({"explicit_max_ttl":"-5s"})"}) {
    refused(node.write("auth/token/create", body, admin), {Code::invalid, Code::denied}, body);
  }
  refused(log_in("alice", "wrong"), {Code::invalid}, "a wrong password");
  EXPECT_EQ(count(), before);
}

// Every path below sys/ and auth/ asks for a token, but for these.
TEST_P(Negative, S08WhatNeedsNoTokenIsWrittenDownHere) {
  const std::set<std::string> kOpen = {
      "/auth/approle/login", "/auth/userpass/login/{username}", "/sys/decode-token", "/sys/internal/decision", "/sys/internal/specs/openapi",
      "/sys/internal/ui/mounts", "/sys/internal/ui/mounts/{path}", "/sys/internal/ui/namespaces", "/sys/mfa/validate",
      "/sys/replication/status", "/sys/storage/raft/bootstrap/answer", "/sys/storage/raft/bootstrap/challenge",
      "/sys/storage/raft/bootstrap/member", "/sys/wrapping/lookup",
      // These take shares in place of a token, and listeners answer them where they are told to (http).
      "/sys/generate-root/attempt", "/sys/generate-root/update", "/sys/rekey-recovery-key/init", "/sys/rekey-recovery-key/update",
      "/sys/rekey-recovery-key/verify", "/sys/rekey/init", "/sys/rekey/update", "/sys/rekey/verify"};
  const Json paths = openapi()["paths"];
  take_role();
  ASSERT_GT(paths.members().size(), 100u);
  const auto is_open = [&](const std::string& path) { return kOpen.contains(path); };
  for (const std::string& path : kOpen) EXPECT_NE(paths.find(path), nullptr) << path;
  for (const auto& [path, item] : paths.members()) {
    EXPECT_EQ(item["x-vault-unauthenticated"].as_bool(), is_open(path)) << path;
    if (is_open(path)) continue;
    std::string asked = path.substr(1);
    for (size_t open = asked.find('{'); open != std::string::npos; open = asked.find('{')) asked.replace(open, asked.find('}') - open + 1, "x");
    for (const std::string_view token : {TestCore::kNoToken, std::string_view("s.made-up")}) {
      for (const Operation operation : {Operation::read, Operation::update, Operation::remove, Operation::list}) {
        const auto reply = node.handle(node.request(operation, asked, operation == Operation::update ? "{}" : "", token));
        // Invalid: it asks for a wrapping token.
        const bool no = !reply.ok() && (reply.error().code() == Code::denied || reply.error().code() == Code::invalid);
        EXPECT_TRUE(no) << path << ": " << TestCore::text_of(reply);
      }
    }
  }
}

TEST_P(Negative, S09OperationsOfTheCoreCannotBeAskedFor) {
  take_role();
  for (const Operation operation : {Operation::renew, Operation::revoke}) {
    refused(node.handle(node.request(operation, "kv/a")), {Code::invalid}, std::string(logical::operation_name(operation)));
    refused(node.handle(node.request(operation, "auth/token/create")), {Code::invalid}, std::string(logical::operation_name(operation)));
  }
}

// Secrets that requests carry, and that answers do, stand in no line of the audit log and in none of the server's own.
TEST_P(Negative, S10NoLogShowsWhatRequestsAndAnswersCarry) {
  char folder[] = "/tmp/bao-negative-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string file = std::string(folder) + "/log";
  core::CoreOptions declared;
  declared.audit.declared = {{"file", "log", "", {{"file_path", file}}, false}};
  node.core().reload_audit(declared.audit);
  const Json paths = openapi()["paths"];
  take_role();
  EXPECT_TRUE(node.read("kv/a").ok());
  ::testing::internal::CaptureStderr();
  const std::string body = R"({"password":"CANARY-p","secret_id":"CANARY-s","token":"CANARY-t","key":"CANARY-k","input":"CANARY-i","value":"CANARY-v",)"
                           R"("data":{"x":"CANARY-d"},"pgp_keys":["CANARY-g"],"otp":"CANARY-o","client_token":"CANARY-c"})";
  for (const auto& [path, item] : paths.members()) {
    if (path == "/sys/seal" || path == "/sys/step-down" || path == "/auth/token/revoke-self") continue;
    std::string asked = path.substr(1);
    for (size_t open = asked.find('{'); open != std::string::npos; open = asked.find('{')) asked.replace(open, asked.find('}') - open + 1, "x");
    for (const std::string_view token : {std::string_view(), std::string_view("s.CANARY-token")}) {
      (void)node.handle(node.request(Operation::update, asked, body, token));
    }
  }
  const std::string logged = ::testing::internal::GetCapturedStderr();
  std::ifstream in(file);
  size_t lines = 0;
  for (std::string line; std::getline(in, line); ++lines) EXPECT_EQ(line.find("CANARY"), std::string::npos) << line;
  EXPECT_GT(lines, 10u);
  const size_t shown = logged.find("CANARY");
  EXPECT_EQ(shown, std::string::npos) << logged.substr(shown == std::string::npos ? 0 : shown - std::min<size_t>(shown, 200), 300);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bao::testing
