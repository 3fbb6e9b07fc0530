// What entities and groups decide: the rights of their tokens, from the next request on, and who it is that logs in.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;

core::CoreOptions options_with(core::Cluster* cluster) {
  core::CoreOptions options;
  options.raw_storage_endpoint = true;
  options.cluster = cluster;
  return options;
}

class IdentityDecisions : public ::testing::Test {
 protected:
  IdentityDecisions() {
    expect_ok(node.write("sys/mounts/kv", R"({"type":"kv"})"));
    expect_ok(node.write("kv/a", R"({"x":1})"));
    expect_ok(node.write("sys/auth/staff", R"({"type":"userpass"})"));
    add_user("finn");
    put_policy("reads", R"(path "kv/a" { capabilities = ["read"] })");
  }
  static void expect_ok(const logical::Reply& reply) { EXPECT_TRUE(reply.ok()) << reply.error().message(); }
  Json data(logical::Reply reply) {
    expect_ok(reply);
    return reply.ok() && reply->data ? *reply->data : Json::object();
  }
  void add_user(const std::string& name, const std::string& more = "") {
    expect_ok(node.write("auth/staff/users/" + name, R"({"password":"pw-)" + name + R"(")" + more + "}"));
  }
  void put_policy(const std::string& name, const std::string& text) {
    expect_ok(node.write("sys/policies/acl/" + name, codec::write_json(Json::object({{"policy", text}}))));
  }
  logical::Reply try_login(const std::string& name) {
    return node.write("auth/staff/login/" + name, R"({"password":"pw-)" + name + R"("})", TestCore::kNoToken);
  }
  logical::Auth login(const std::string& name) {
    const auto reply = try_login(name);
    expect_ok(reply);
    return reply.ok() && reply->auth ? *reply->auth : logical::Auth();
  }
  void set_entity(const std::string& id, const std::string& body) { expect_ok(node.write("identity/entity/id/" + id, body)); }
  bool may_read(const std::string& token) { return node.read("kv/a", token).ok(); }
  bool lives(const std::string& token) { return node.read("auth/token/lookup-self", token).ok(); }

  FakeCluster cluster{"node1", 1};
  TestCore node{TestCore::State::unsealed, options_with(&cluster)};
};

// By which an OpenBao that takes this data over refreshes the groups of who renews.
TEST_F(IdentityDecisions, TheLeaseOfALoginKeepsItsAlias) {
  const logical::Auth finn = login("finn");
  const std::string folder = "sys/raw/sys/expire/id/auth/staff/login/finn/";
  const auto alias_at_rest = [&] {
    const std::string key = data(node.list(folder))["keys"].items().at(0).as_string();
    return codec::write_json((*codec::parse_json(data(node.read(folder + key))["value"].as_string()))["auth"]["alias"]);
  };
  const std::string accessor = data(node.read("sys/auth"))["staff/"]["accessor"].as_string();
  const std::string alias = R"({"mount_accessor":")" + accessor + R"(","mount_type":"userpass","name":"finn"})";
  EXPECT_EQ(alias_at_rest(), alias);
  expect_ok(node.write("auth/token/renew-self", "{}", finn.client_token));
  EXPECT_EQ(alias_at_rest(), alias);
}

TEST_F(IdentityDecisions, PoliciesOfTheEntityCountForTokensThatExist) {
  const logical::Auth finn = login("finn");
  EXPECT_FALSE(may_read(finn.client_token));
  set_entity(finn.entity_id, R"({"policies":["reads"]})");
  EXPECT_TRUE(may_read(finn.client_token));
  set_entity(finn.entity_id, R"({"policies":[]})");
  EXPECT_FALSE(may_read(finn.client_token));
}

TEST_F(IdentityDecisions, SoDoThoseOfItsGroupsAndOfTheirParents) {
  const logical::Auth finn = login("finn");
  const Json crew = data(node.write("identity/group", R"({"name":"crew","member_entity_ids":[")" + finn.entity_id + R"("]})"));
  EXPECT_FALSE(may_read(finn.client_token));
  const Json fleet = data(node.write("identity/group", R"({"name":"fleet","policies":["reads"],"member_group_ids":[")" +
                                                           crew["id"].as_string() + R"("]})"));
  EXPECT_TRUE(may_read(finn.client_token));
  EXPECT_EQ(login("finn").identity_policies, std::vector<std::string>{"reads"});
  expect_ok(node.remove("identity/group/id/" + fleet["id"].as_string()));
  EXPECT_FALSE(may_read(finn.client_token));
}

// As on a standby: nobody but the applier tells of the change.
TEST_F(IdentityDecisions, AChangeFromElsewhereCountsFromTheNextRequestOn) {
  const logical::Auth finn = login("finn");
  set_entity(finn.entity_id, R"({"policies":["reads"]})");
  const std::string folder = "sys/raw/logical/" + data(node.read("sys/mounts"))["identity/"]["uuid"].as_string() + "/packer/buckets/";
  std::string bucket, before;
  for (int number = 0; number < 256; ++number) {
    const std::string key = folder + std::to_string(number);
    const auto stored = node.handle(node.request(logical::Operation::read, key, R"({"encoding":"base64","compressed":false})"));
    if (stored.ok()) bucket = key, before = (*stored->data)["value"].as_string();
  }
  ASSERT_FALSE(bucket.empty()) << folder;
  EXPECT_TRUE(may_read(finn.client_token));
  set_entity(finn.entity_id, R"({"disabled":true,"policies":[]})");
  EXPECT_FALSE(lives(finn.client_token));
  expect_ok(node.write(bucket, codec::write_json(Json::object({{"value", before}, {"encoding", "base64"}}))));
  EXPECT_TRUE(may_read(finn.client_token));
}

TEST_F(IdentityDecisions, ADisabledEntityRefusesItsTokensAndItsLogins) {
  add_user("gil", R"(,"token_type":"batch")");
  for (const char* name : {"finn", "gil"}) {
    const logical::Auth auth = login(name);
    EXPECT_TRUE(lives(auth.client_token)) << name;
    set_entity(auth.entity_id, R"({"disabled":true})");
    EXPECT_EQ(TestCore::text_of(node.read("kv/a", auth.client_token)), "denied: permission denied") << name;
    EXPECT_FALSE(node.write("sys/capabilities", R"({"token":")" + auth.client_token + R"(","paths":["kv/a"]})").ok()) << name;
    EXPECT_EQ(TestCore::text_of(try_login(name)), "denied: permission denied") << name;
    set_entity(auth.entity_id, R"({"disabled":false})");
    EXPECT_TRUE(lives(auth.client_token)) << name;
  }
}

TEST_F(IdentityDecisions, TokensOfADeletedEntityAreOver) {
  const logical::Auth finn = login("finn");
  expect_ok(node.remove("identity/entity/id/" + finn.entity_id));
  EXPECT_EQ(TestCore::text_of(node.read("kv/a", finn.client_token)), "denied: permission denied");
  EXPECT_NE(login("finn").entity_id, finn.entity_id);
}

TEST_F(IdentityDecisions, TokensOfAMergedEntityAreThoseOfItsHeir) {
  add_user("gil");
  const logical::Auth finn = login("finn"), gil = login("gil");
  expect_ok(node.write("sys/auth/other", R"({"type":"userpass"})"));
  const Json heir = data(node.write("identity/entity", R"({"name":"heir","policies":["reads"]})"));
  expect_ok(node.write("identity/entity/merge",
                       R"({"from_entity_ids":[")" + finn.entity_id + R"("],"to_entity_id":")" + heir["id"].as_string() + R"("})"));
  EXPECT_TRUE(may_read(finn.client_token));
  EXPECT_FALSE(may_read(gil.client_token));
  EXPECT_EQ(login("finn").entity_id, heir["id"].as_string());
  set_entity(heir["id"].as_string(), R"({"disabled":true})");
  EXPECT_FALSE(lives(finn.client_token));
}

// A name given to somebody else later is not the one who left.
TEST_F(IdentityDecisions, WhoLogsInAfterHisAliasWasDeletedIsSomebodyNew) {
  const logical::Auth finn = login("finn");
  set_entity(finn.entity_id, R"({"policies":["reads"]})");
  const Json entity = data(node.read("identity/entity/id/" + finn.entity_id));
  expect_ok(node.remove("identity/entity-alias/id/" + entity["aliases"].items().front()["id"].as_string()));
  const logical::Auth again = login("finn");
  EXPECT_NE(again.entity_id, finn.entity_id);
  EXPECT_FALSE(may_read(again.client_token));
  EXPECT_TRUE(may_read(finn.client_token));
}

TEST_F(IdentityDecisions, NamesInOtherLettersAreTheSameEntity) {
  const logical::Auth finn = login("finn");
  EXPECT_EQ(node.write("auth/staff/login/FINN", R"({"password":"pw-finn"})", TestCore::kNoToken)->auth->entity_id, finn.entity_id);
}

TEST_F(IdentityDecisions, RootIsNotGivenByIdentity) {
  const logical::Auth finn = login("finn");
  EXPECT_FALSE(node.write("identity/entity/id/" + finn.entity_id, R"({"policies":["Root"]})").ok());
  EXPECT_FALSE(node.write("identity/group", R"({"name":"g","policies":["ROOT"],"member_entity_ids":[")" + finn.entity_id + R"("]})").ok());
}

TEST_F(IdentityDecisions, ManyFirstLoginsAtOnceMakeOneEntity) {
  std::vector<std::thread> clients;
  std::vector<std::string> found(8);
  for (std::string& id : found) clients.emplace_back([&] { id = login("finn").entity_id; });
  for (auto& client : clients) client.join();
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 1u);
  EXPECT_FALSE(found[0].empty());
  EXPECT_EQ(data(node.list("identity/entity/id"))["keys"].size(), 1u);
}

// Where the mount makes batch tokens: of others a password is hashed by the node that files the token.
TEST_F(IdentityDecisions, AStandbyLetsInByBatchTokenWhomIdentityKnows) {
  expect_ok(node.write("sys/auth/staff/tune", R"({"token_type":"batch"})"));
  add_user("gil");
  add_user("hal");
  const std::string gil = login("gil").entity_id;
  const auto applied = node.core().applied();
  EXPECT_EQ(login("gil").entity_id, gil);
  EXPECT_EQ(node.core().applied(), applied) << "nothing was to be written";
  expect_ok(cluster.hand_over().ok() ? logical::Reply(logical::Response()) : logical::Reply(base::internal("still leads")));
  EXPECT_EQ(login("gil").entity_id, gil);
  const auto first = try_login("hal");
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.error().code(), base::Code::needs_active);
}

TEST_F(IdentityDecisions, MetadataOfTheAliasIsThatOfTheLastLogin) {
  expect_ok(node.write("sys/auth/approle", R"({"type":"approle"})"));
  expect_ok(node.write("auth/approle/role/r", R"({"token_type":"batch"})"));
  const std::string role = data(node.read("auth/approle/role/r/role-id"))["role_id"].as_string();
  std::string entity;
  for (const char* team : {"red", "blue"}) {
    const std::string secret = data(node.write("auth/approle/role/r/secret-id", R"({"metadata":"{\"team\":\")" + std::string(team) +
                                                                                    R"(\"}"})"))["secret_id"].as_string();
    const auto reply = node.write("auth/approle/login", R"({"role_id":")" + role + R"(","secret_id":")" + secret + R"("})", TestCore::kNoToken);
    ASSERT_TRUE(reply.ok()) << reply.error().message();
    if (entity.empty()) entity = reply->auth->entity_id;
    EXPECT_EQ(reply->auth->entity_id, entity);
    const Json alias = data(node.read("identity/entity/id/" + entity))["aliases"].items().front();
    EXPECT_EQ(codec::write_json(alias["metadata"]), R"({"role_name":"r","team":")" + std::string(team) + R"("})");
    EXPECT_EQ(alias["name"].as_string(), role);
  }
}

TEST_F(IdentityDecisions, AChildHasTheEntityOfItsParentAndAnOrphanNone) {
  put_policy("makes", R"(path "auth/token/create*" { capabilities = ["update","sudo"] })");
  const logical::Auth finn = login("finn");
  set_entity(finn.entity_id, R"({"policies":["makes","reads"]})");
  const auto child = node.write("auth/token/create", R"({"policies":["default"],"ttl":"5m"})", finn.client_token);
  ASSERT_TRUE(child.ok()) << child.error().message();
  EXPECT_EQ(child->auth->entity_id, finn.entity_id);
  EXPECT_EQ(child->auth->policies, (std::vector<std::string>{"default", "makes", "reads"}));
  EXPECT_TRUE(may_read(child->auth->client_token));
  const auto orphan = node.write("auth/token/create-orphan", R"({"policies":["default"],"ttl":"5m"})", finn.client_token);
  ASSERT_TRUE(orphan.ok()) << orphan.error().message();
  EXPECT_EQ(orphan->auth->entity_id, "");
  EXPECT_FALSE(may_read(orphan->auth->client_token));
}

TEST_F(IdentityDecisions, AnEntityAliasOfATokenRoleStandsForOneEntity) {
  expect_ok(node.write("auth/token/roles/arms", R"({"allowed_entity_aliases":["arm-*"],"allowed_policies":["app"]})"));
  const auto make = [&](const std::string& alias) { return node.write("auth/token/create/arms", R"({"ttl":"5m","entity_alias":")" + alias + R"("})"); };
  const auto first = make("Arm-One");
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_FALSE(first->auth->entity_id.empty());
  set_entity(first->auth->entity_id, R"({"policies":["reads"]})");
  EXPECT_TRUE(may_read(first->auth->client_token));
  const auto again = make("arm-one");
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again->auth->entity_id, first->auth->entity_id);
  EXPECT_EQ(again->auth->identity_policies, std::vector<std::string>{"reads"});
  EXPECT_EQ(TestCore::text_of(make("leg")), "invalid: invalid 'entity_alias' value");
  set_entity(first->auth->entity_id, R"({"disabled":true})");
  EXPECT_EQ(TestCore::text_of(make("arm-one")), "denied: entity from given entity alias is disabled");
}

TEST_F(IdentityDecisions, ATemplatedPathIsThatOfWhoAsks) {
  put_policy("own", R"(path "kv/{{identity.entity.metadata.team}}/*" { capabilities = ["create","update","read"] })");
  constexpr char kBody[] = R"({"x":1})";
  const logical::Auth finn = login("finn");
  set_entity(finn.entity_id, R"({"policies":["own"],"metadata":{"team":"green"}})");
  EXPECT_TRUE(node.write("kv/green/a", kBody, finn.client_token).ok());
  EXPECT_FALSE(node.write("kv/red/a", kBody, finn.client_token).ok());
  set_entity(finn.entity_id, R"({"metadata":{"team":"red"}})");
  EXPECT_FALSE(node.write("kv/green/a", kBody, finn.client_token).ok());
  EXPECT_TRUE(node.write("kv/red/a", kBody, finn.client_token).ok());
  for (const char* wide : {"*", "+", "red/x", ""}) {
    set_entity(finn.entity_id, R"({"metadata":{"team":")" + std::string(wide) + R"("}})");
    EXPECT_FALSE(node.write("kv/red/a", kBody, finn.client_token).ok()) << wide;
    EXPECT_FALSE(node.write("kv/red/x/a", kBody, finn.client_token).ok()) << wide;
  }
}

TEST_F(IdentityDecisions, ARoleOfPkiWithATemplateAllowsWhatIsOfWhoAsks) {
  expect_ok(node.write("sys/mounts/pki", R"({"type":"pki"})"));
  expect_ok(node.write("pki/root/generate/internal", R"({"common_name":"root","key_type":"ec"})"));
  expect_ok(node.write("pki/roles/own", R"({"key_type":"ec","allowed_domains":"{{identity.entity.name}}.test","allowed_domains_template":true,
                                            "allow_bare_domains":true,"no_store":true})"));
  put_policy("issues", R"(path "pki/issue/own" { capabilities = ["update"] })");
  const logical::Auth finn = login("finn");
  set_entity(finn.entity_id, R"({"name":"ada","policies":["issues"]})");
  const auto issues = [&](const std::string& name, std::string_view token) {
    return node.write("pki/issue/own", R"({"ttl":"1h","common_name":")" + name + R"("})", token).ok();
  };
  EXPECT_TRUE(issues("ada.test", finn.client_token));
  EXPECT_FALSE(issues("bob.test", finn.client_token));
  EXPECT_FALSE(issues("ada.test", node.root_token())) << "without an entity a template is plain text";
}

}  // namespace
}  // namespace bao::testing
