// `initialize` blocks against a whole core: how requests reach it, and what of a node is left by a run that went wrong.
#include "internal/server/self_initialization.h"

#include <gtest/gtest.h>

#include "internal/testing/test_core.h"

namespace bao::server {
namespace {

using testing::TestCore;

core::CoreOptions with_static_seal() {
  core::CoreOptions options;
  options.auto_seal = seal::static_wrapper({"k1", base::SecretBytes(std::string(32, 's'))}, {});
  return options;
}

request_profile::Profile blocks(const std::string& requests) {
  const auto config = config::parse("initialize \"b\" {\n" + requests + "}\n", config::Format::hcl, "f");
  EXPECT_TRUE(config.ok()) << (config.ok() ? "" : config.error().message());
  return config.ok() ? config->initialize : request_profile::Profile();
}

std::string request(const std::string& name, const std::string& operation, const std::string& path, const std::string& more = "") {
  return "request \"" + name + "\" {\n operation = \"" + operation + "\"\n path = \"" + path + "\"\n" + more + "\n}\n";
}

std::string text_of(const base::Status& status) { return status.ok() ? "" : status.error().message(); }

// A node with data, and blocks that its root token asks.
class Asking : public ::testing::Test {
 protected:
  std::string run(const std::string& requests) {
    return text_of(run_initialize_blocks(node.core(), blocks(requests), this_machine(), node.root_token()));
  }
  std::string failure(const std::string& of) {
    const std::string text = run(of), place = "initialize.[b (0)]: request.[r (0)]: failed to evaluate request: ";
    return text.starts_with(place) ? text.substr(place.size()) : text;
  }
  TestCore node;
};

TEST_F(Asking, AnswersAreSeenByLaterRequests) {
  EXPECT_EQ(run(request("mount", "update", "sys/mounts/kv", "data = { type = \"kv\" }") + request("put", "create", "/kv/a", "data = { v = 7 }") +
                request("list", "list", "kv") + request("copy", "update", "kv/copy", R"(data = { v = {
                  eval_source = "response"
                  eval_type = "string"
                  initialize_name = "b"
                  response_name = "list"
                  field_selector = ["data", "keys", 0]
                } })") +
                request("token", "update", "auth/token/create", "data = { policies = [\"none\"] }") + request("look", "update", "kv/whose", R"(
                data = { v = {
                  eval_source = "cel"
                  eval_type = "string"
                  expression = "responses.b.token.auth.policies.join(',') + ' ' + responses.b.token.auth.token_type"
                } })")),
            "");
  EXPECT_EQ(codec::write_json(*node.read("kv/copy")->data), "{\"v\":\"a\"}");
  EXPECT_EQ(codec::write_json(*node.read("kv/whose")->data), "{\"v\":\"default,none service\"}");
}

TEST_F(Asking, WhatAClientMayNotAskIsRefusedHereToo) {
  EXPECT_EQ(failure(request("r", "read", "sys//mounts")), "the path is not canonical");
  EXPECT_EQ(failure(request("r", "read", "sys/../sys/mounts")), "the path is not canonical");
  EXPECT_EQ(failure(request("r", "update", "sys/mounts/")), "cannot write to a path ending in '/'");
  EXPECT_EQ(failure(request("r", "read", "sys/mounts", "headers = { x-vault-namespace = \"ns1\" }")),
            "namespaces are not there: a header cannot name one");
  EXPECT_EQ(failure(request("r", "read", "sys/mounts", "token = \"\"")), "permission denied");
  EXPECT_EQ(text_of(check_initialize_blocks(blocks(request("r", "renew", "sys/mounts")))),
            "initialize.[b]: request.[r]: operation must be one of create, read, update, patch, delete, list, scan");
}

TEST(SelfInitialization, ANodeIsInitialisedOnceAndWhole) {
  TestCore node(TestCore::State::empty, with_static_seal());
  const auto once = blocks(request("mount", "update", "sys/mounts/kv", "data = { type = \"kv\" }"));
  const auto initialize = [&](Start start) { return text_of(initialize_self(node.core(), once, this_machine(), start)); };
  EXPECT_EQ(initialize(Start::of_others), "");
  EXPECT_FALSE(*node.core().initialized());
  EXPECT_EQ(initialize(Start::its_own), "");
  EXPECT_FALSE(node.core().seal_status()->sealed);
  EXPECT_EQ(node.core().seal_status()->shares, 0) << "recovery keys";
  EXPECT_EQ(initialize(Start::its_own), "") << "with data the blocks do nothing: a second mount would be refused";
  node.restart(with_static_seal());
  EXPECT_FALSE(node.core().seal_status()->sealed);
}

TEST(SelfInitialization, HalfOfItIsServedToNobody) {
  TestCore node(TestCore::State::empty, with_static_seal());
  const auto fails = blocks(request("bad", "update", "sys/none"));
  EXPECT_TRUE(text_of(initialize_self(node.core(), fails, this_machine(), Start::its_own)).starts_with("initialize.[b (0)]: request.[bad (0)]: "));
  core::Core again(node.backend(), with_static_seal(), node.clock());
  const base::Status started = again.start();
  ASSERT_FALSE(started.ok());
  EXPECT_TRUE(started.error().message().starts_with("self-initialization failed: refusing to unseal")) << started.error().message();
  EXPECT_TRUE(again.seal_status()->sealed);
}

TEST(SelfInitialization, NobodyWouldHoldTheSharesOfShamir) {
  TestCore node(TestCore::State::empty);
  const auto any = blocks(request("r", "read", "sys/mounts"));
  EXPECT_EQ(text_of(initialize_self(node.core(), any, this_machine(), Start::its_own)),
            "self-initialization requires auto-unseal as there is no way to persist the Shamir's keys");
  EXPECT_FALSE(*node.core().initialized());
}

}  // namespace
}  // namespace bao::server
