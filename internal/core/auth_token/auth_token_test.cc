// auth/token/ as clients use it, through its path table: who may make which token, what lookups show, what renewal and
// revocation do.
#include <gtest/gtest.h>

#include "internal/core/auth_token/services.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Status;
using base::Time;
using codec::Json;
using logical::Operation;
using logical::Reply;
using std::chrono::hours;
using std::chrono::seconds;

const Time kNow = Time(seconds(1'700'000'000));

class AuthToken : public testing::Test {
 protected:
  AuthToken() {
    barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow)));
    backend_store_->set_listener([this](const storage::ChangeSet& changes) {
      for (const auto& key : changes.keys) tokens_.invalidate(key, changes.index);
    });
    write([&](storage::WriteView& all) -> Status {
      TRY(tokens_.initialize(all));
      return policies_.initialize(all, kNow);
    });
    logical::BackendConfig config;
    config.default_lease_ttl = config.max_lease_ttl = hours(768);
    const auto has_sudo = [](const storage::ReadView&, const TokenEntry& entry, std::string_view) -> base::Result<bool> {
      return entry.policies == std::vector<std::string>{"root"} || entry.policies[0] == "sudo";
    };
    const auto at_once = [](const std::string&, const std::function<void()>& task) {
      task();
      return true;
    };
    const auto mount_of = [](std::string_view) { return std::shared_ptr<const Mount>(); };
    backend_ = *auth_token::make_backend({barrier_, tokens_, expiration_, policies_, identities_, has_sudo, mount_of, at_once})(config);
    TokenEntry root;
    root.policies = {"root"};
    root.path = kFirstRootTokenPath;
    write([&](storage::WriteView& all) {
      TokenEntry made = root;
      logical::Auth auth;
      const Status done = tokens_.create(all, logical::root_namespace(), made, auth);
      root_ = made.id;
      return done;
    });
  }
  ~AuthToken() override { backend_store_->set_listener(nullptr); }

  void write(const std::function<Status(storage::WriteView&)>& body) {
    const auto done = barrier_.transact([&](barrier::Transaction& t) { return body(t); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }

  // Runs an operation as the request handler does, without its checks of tokens and policies.
  Reply run(Operation operation, const std::string& path, const std::string& body, const std::string& token) {
    logical::Request request;
    request.operation = operation;
    request.path = "auth/token/" + path;
    request.mount_point = "auth/token/";
    request.client_token = token;
    request.data = *codec::parse_json(body);
    const auto match = backend_->paths().match(path);
    if (!match) return logical::unsupported_path();
    const auto* handler = match->path->find(operation);
    if (handler == nullptr) return logical::unsupported_operation();
    ASSIGN_OR_RETURN(const auto fields, logical::Fields::read(match->path->fields, match->captures, request.data));
    const logical::Call call{request, fields, clock_.now()};
    if (const auto* reads = std::get_if<logical::Reads>(&handler->effect)) return reads->run(call, barrier::Reader(barrier_));
    if (const auto* manages = std::get_if<logical::Manages>(&handler->effect)) return manages->run(call);
    Reply reply = logical::Response::none();
    const auto done = barrier_.transact([&](barrier::Transaction& all) -> Status {
      reply = std::get<logical::Writes>(handler->effect).run(call, all);
      return reply.ok() ? Status() : Status(reply.error());
    });
    return done.ok() ? reply : Reply(done.error());
  }
  Reply post(const std::string& path, const std::string& body, const std::string& token = "") {
    return run(Operation::update, path, body, token.empty() ? root_ : token);
  }
  logical::Auth made(const std::string& body, const std::string& token = "", const std::string& path = "create") {
    const Reply reply = post(path, body, token);
    EXPECT_TRUE(reply.ok() && reply->auth) << (reply.ok() ? "no auth" : reply.error().message());
    return reply.ok() && reply->auth ? *reply->auth : logical::Auth();
  }
  Json shown(const std::string& token) {
    const Reply reply = post("lookup", R"({"token":")" + token + R"("})");
    EXPECT_TRUE(reply.ok()) << reply.error().message();
    return reply.ok() ? members(*reply) : Json();
  }
  // Lookups answer with text; it is as the writer of Json would have it, in the order of names.
  static Json members(const logical::Response& response) {
    const auto parsed = codec::parse_json(response.data->text());
    EXPECT_TRUE(parsed.ok());
    EXPECT_EQ(codec::write_json(*parsed), response.data->text());
    return *parsed;
  }
  std::string refused(const std::string& path, const std::string& body, const std::string& token = "") {
    const Reply reply = post(path, body, token);
    return reply.ok() ? "accepted" : reply.error().message();
  }
  bool lives(const std::string& token) { return *tokens_.lookup(barrier::Reader(barrier_), token) != nullptr; }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> backend_store_ = storage::inmem::open();
  barrier::Barrier barrier_{*backend_store_};
  Expiration expiration_{clock_};
  TokenStore tokens_{barrier_, expiration_, clock_};
  PolicyStore policies_;
  identity::Identities identities_{[] { return std::shared_ptr<const Router>(); }};
  std::unique_ptr<logical::Backend> backend_;
  std::string root_;
};

TEST_F(AuthToken, CreationGivesPoliciesLifetimeAndWarnsOfPoliciesThatDoNotExist) {
  const Reply reply = post("create", R"({"policies":["web","Web"," jobs "],"ttl":"40m","display_name":"Build agent #7","meta":{"a":"b"}})");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  const logical::Auth& auth = *reply->auth;
  EXPECT_EQ(auth.policies, (std::vector<std::string>{"default", "jobs", "web"}));
  EXPECT_EQ(auth.ttl, std::chrono::minutes(40));
  EXPECT_TRUE(auth.renewable);
  EXPECT_FALSE(auth.orphan);
  EXPECT_EQ(reply->warnings, (std::vector<std::string>{R"(Policy "jobs" does not exist)", R"(Policy "web" does not exist)"}));
  const Json data = shown(auth.client_token);
  EXPECT_EQ(data["display_name"].as_string(), "token-Build-agent--7");
  EXPECT_EQ(codec::write_json(data["meta"]), R"({"a":"b"})");
  EXPECT_EQ(*data["ttl"].as_int(), 2400);
  EXPECT_EQ(data["path"].as_string(), "auth/token/create");
}

TEST_F(AuthToken, BadWishesAreRefusedInTheReferencesWords) {
  EXPECT_EQ(refused("create", R"({"ttl":"nonsense"})"), R"(time: invalid duration "nonsense")");
  EXPECT_EQ(refused("create", R"({"period":"bad"})"), R"(strconv.ParseInt: parsing "ba": invalid syntax)");
  EXPECT_EQ(refused("create", R"({"ttl":"-5m"})"), "ttl must be positive");
  EXPECT_EQ(refused("create", R"({"num_uses":-1})"), "number of uses cannot be negative");
  EXPECT_EQ(refused("create", R"({"type":"weird"})"), "invalid 'token_type' value");
  EXPECT_EQ(refused("create", R"({"policies":["response-wrapping"]})"), R"(cannot assign policy "response-wrapping")");
  EXPECT_EQ(refused("create", R"({"type":"batch","policies":["a"],"num_uses":2})"), R"(batch tokens cannot have "num_uses" set)");
  EXPECT_EQ(refused("create", R"({"type":"batch","policies":["root"]})"), "batch tokens cannot be root tokens");
  EXPECT_EQ(refused("create/none", "{}"), "unknown role none");
}

TEST_F(AuthToken, ACallerWithoutSudoStaysWithinItsOwnRights) {
  const std::string plain = made(R"({"policies":["one","two"],"ttl":"1h"})").client_token;
  EXPECT_EQ(made("{}", plain).policies, (std::vector<std::string>{"default", "one", "two"}));
  EXPECT_EQ(made(R"({"policies":["two"]})", plain).policies, (std::vector<std::string>{"default", "two"}));
  EXPECT_EQ(refused("create", R"({"policies":["three"]})", plain), "child policies must be subset of parent");
  EXPECT_EQ(refused("create", R"({"id":"mine"})", plain), "root or sudo privileges required to specify token id");
  EXPECT_EQ(refused("create", R"({"period":"10m"})", plain), "root or sudo privileges required to create periodic token");
  EXPECT_EQ(refused("create", R"({"no_parent":true})", plain), "root or sudo privileges required to create orphan token");
  EXPECT_EQ(refused("revoke-orphan", R"({"token":"x"})", plain), "root or sudo privileges required to revoke and orphan");
  EXPECT_TRUE(made("{}", plain, "create-orphan").orphan);
  const std::string sudo = made(R"({"policies":["sudo"],"no_default_policy":true,"ttl":"1h"})").client_token;
  EXPECT_EQ(made(R"({"policies":["three"]})", sudo).policies, (std::vector<std::string>{"default", "three"}));
  EXPECT_EQ(refused("create", R"({"policies":["root"]})", sudo), "root tokens may not be created without parent token being root");
}

TEST_F(AuthToken, OnlyARootTokenThatNeverEndsMakesOthersLikeIt) {
  const logical::Auth for_ever = made("{}");
  EXPECT_EQ(for_ever.policies, std::vector<std::string>{"root"});
  EXPECT_EQ(for_ever.ttl.count(), 0);
  EXPECT_FALSE(for_ever.renewable);
  EXPECT_TRUE(shown(for_ever.client_token)["expire_time"].is_null());
  const std::string ending = made(R"({"policies":["root"],"ttl":"50m"})").client_token;
  EXPECT_EQ(refused("create", R"({"policies":["root"]})", ending), "expiring root tokens cannot create non-expiring root tokens");
}

TEST_F(AuthToken, LimitedAndBatchTokensMakeNoChildren) {
  EXPECT_EQ(refused("create", "{}", made(R"({"policies":["a"],"num_uses":3})").client_token),
            "restricted use token cannot generate child tokens");
  EXPECT_EQ(refused("create", "{}", made(R"({"policies":["a"],"type":"batch"})").client_token),
            "batch tokens cannot create more tokens");
}

TEST_F(AuthToken, RenewalIsBoundedByTheExplicitMaximumAndPeriodsAreFixed) {
  const std::string token = made(R"({"policies":["a"],"ttl":"1h","explicit_max_ttl":"90m"})").client_token;
  EXPECT_EQ(post("renew-self", R"({"increment":"80m"})", token)->auth->ttl, std::chrono::minutes(80));
  const Reply capped = post("renew-self", R"({"increment":"10h"})", token);
  EXPECT_EQ(capped->auth->ttl, std::chrono::minutes(90));
  EXPECT_EQ(capped->warnings[0], R"(TTL of "10h" exceeded the effective max_ttl of "1h30m"; TTL value is capped accordingly)");
  clock_.advance(std::chrono::minutes(85));
  EXPECT_TRUE(lives(token));
  clock_.advance(std::chrono::minutes(6));
  EXPECT_FALSE(lives(token));
  EXPECT_EQ(refused("renew", R"({"token":")" + token + R"("})"), "token not found");
  const std::string periodic = made(R"({"policies":["a"],"period":"15m"})").client_token;
  EXPECT_EQ(post("renew-self", R"({"increment":"5h"})", periodic)->auth->ttl, std::chrono::minutes(15));
  EXPECT_TRUE(shown(periodic)["last_renewal"].is_string());
}

TEST_F(AuthToken, WhatCannotBeRenewedSaysSo) {
  EXPECT_EQ(refused("renew", "{}"), "missing token ID");
  EXPECT_EQ(refused("renew-accessor", "{}"), logical::multierror("missing accessor").text());
  EXPECT_EQ(refused("renew-accessor", R"({"accessor":"nobody"})"), logical::multierror("invalid accessor").text());
  const std::string fixed = made(R"({"policies":["a"],"ttl":"30m","renewable":false})").client_token;
  EXPECT_EQ(refused("renew-self", "{}", fixed), "lease is not renewable");
  EXPECT_EQ(refused("renew-self", "{}", made(R"({"policies":["a"],"type":"batch"})").client_token), "batch tokens cannot be renewed");
}

TEST_F(AuthToken, AccessorsShowWithoutTellingTheToken) {
  const logical::Auth auth = made(R"({"policies":["a"],"ttl":"1h"})");
  const Reply seen = post("lookup-accessor", R"({"accessor":")" + auth.accessor + R"("})");
  EXPECT_EQ(members(*seen)["id"].as_string(), "");
  EXPECT_EQ(members(*seen)["accessor"].as_string(), auth.accessor);
  EXPECT_EQ(post("renew-accessor", R"({"accessor":")" + auth.accessor + R"("})")->auth->client_token, "");
  EXPECT_EQ(run(Operation::list, "accessors", "{}", root_)->data->find("keys")->size(), 2u);
  EXPECT_TRUE(post("revoke-accessor", R"({"accessor":")" + auth.accessor + R"("})")->empty());
  EXPECT_FALSE(lives(auth.client_token));
  EXPECT_EQ(post("revoke-accessor", R"({"accessor":")" + auth.accessor + R"("})")->warnings[0], "No token found with this accessor");
}

TEST_F(AuthToken, RevocationTakesChildrenAndRevokeOrphanLeavesThem) {
  const std::string parent = made(R"({"policies":["a"],"ttl":"1h"})").client_token;
  const std::string child = made("{}", parent).client_token;
  const std::string grandchild = made("{}", child).client_token;
  EXPECT_TRUE(post("revoke-orphan", R"({"token":")" + child + R"("})")->empty());
  EXPECT_FALSE(lives(child));
  EXPECT_TRUE(shown(grandchild)["orphan"].as_bool());
  EXPECT_TRUE(post("revoke-self", "{}", parent)->empty());
  EXPECT_FALSE(lives(parent));
  EXPECT_TRUE(lives(grandchild));
  EXPECT_TRUE(post("revoke", R"({"token":"s.unknown"})")->empty());
  EXPECT_EQ(refused("revoke", "{}"), "missing token ID");
  EXPECT_EQ(refused("lookup", R"({"token":"s.unknown"})"), "bad token");
  EXPECT_EQ(refused("revoke-orphan", R"({"token":"s.unknown"})"), "token to revoke not found");
}

TEST_F(AuthToken, RolesDecideWhatTheirTokensGet) {
  EXPECT_TRUE(post("roles/nomad", R"({"allowed_policies":["jobs","logs"],"orphan":true,"renewable":false,"path_suffix":"spin",)"
                                  R"("token_explicit_max_ttl":"40m","token_num_uses":4,"token_bound_cidrs":"10.20.0.0/16,1.2.3.4/32"})")->empty());
  const logical::Auth auth = made(R"({"ttl":"2h","num_uses":9})", "", "create/nomad");
  EXPECT_EQ(auth.policies, (std::vector<std::string>{"default", "jobs", "logs"}));
  EXPECT_EQ(auth.ttl, std::chrono::minutes(40));
  EXPECT_EQ(auth.num_uses, 4);
  EXPECT_TRUE(auth.orphan);
  EXPECT_FALSE(auth.renewable);
  const Json data = shown(auth.client_token);
  EXPECT_EQ(data["role"].as_string(), "nomad");
  EXPECT_EQ(data["path"].as_string(), "auth/token/create/nomad/spin");
  EXPECT_EQ(codec::write_json(data["bound_cidrs"]), R"(["10.20.0.0/16","1.2.3.4"])");
  EXPECT_EQ(refused("create/nomad", R"({"policies":["jobs","admin"]})"),
            R"(token policies (["admin" "default" "jobs"]) must be subset of the role's allowed policies (["default" "jobs" "logs"]) or glob policies ([]))");
}

TEST_F(AuthToken, RolesAreKeptAndMergedByWrites) {
  EXPECT_TRUE(post("roles/r", R"({"period":"30m","allowed_policies_glob":"app-*","disallowed_policies":["Admin"]})")->empty());
  Json role = *run(Operation::read, "roles/r", "{}", root_)->data;
  EXPECT_EQ(*role["period"].as_int(), 1800);
  EXPECT_EQ(*role["token_period"].as_int(), 1800);
  EXPECT_TRUE(role["renewable"].as_bool());
  EXPECT_EQ(role["token_type"].as_string(), "default-service");
  EXPECT_TRUE(post("roles/r", R"({"token_period":"40m"})")->empty());
  role = *run(Operation::read, "roles/r", "{}", root_)->data;
  EXPECT_EQ(*role["period"].as_int(), 0);
  EXPECT_EQ(*role["token_period"].as_int(), 2400);
  EXPECT_EQ(codec::write_json(role["disallowed_policies"]), R"(["admin"])");
  EXPECT_EQ(refused("roles/b", R"({"token_type":"batch"})"), "'token_type' cannot be 'batch' when role is set to generate non-orphan tokens");
  EXPECT_EQ(refused("roles/b", R"({"token_bound_cidrs":"300.1.1.1/8"})"), R"(error parsing role fields: error parsing address "300.1.1.1/8")");
  EXPECT_TRUE(run(Operation::remove, "roles/r", "{}", root_)->empty());
  EXPECT_EQ(run(Operation::read, "roles/r", "{}", root_).error().code(), base::Code::absent);
}

TEST_F(AuthToken, ATokenWhoseRoleIsGoneIsNotRenewed) {
  EXPECT_TRUE(post("roles/r", "{}")->empty());
  const std::string token = made(R"({"policies":["a"],"ttl":"1h"})", "", "create/r").client_token;
  EXPECT_TRUE(run(Operation::remove, "roles/r", "{}", root_)->empty());
  EXPECT_EQ(refused("renew-self", "{}", token),
            logical::multierror(R"(failed to renew entry: original token role "r" could not be found, not renewing)").text());
}

}  // namespace
}  // namespace bao::core
