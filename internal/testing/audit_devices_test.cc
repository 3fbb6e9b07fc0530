// Audit devices on a whole node: what is told of a request, and that nothing is done when nobody can be told.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "internal/base/metrics.h"
#include "internal/core/core.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using core::audit::DeclaredDevice;
using logical::Reply;

class AuditDevices : public ::testing::Test {
 protected:
  AuditDevices() {
    char name[] = "/tmp/bao-audit-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~AuditDevices() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  DeclaredDevice device(const std::string& name) const { return {"file", name, "", {{"file_path", file(name)}}, false}; }
  static core::CoreOptions declaring(std::vector<DeclaredDevice> devices) {
    core::CoreOptions options;
    options.audit.declared = std::move(devices);
    return options;
  }
  std::vector<codec::Json> lines(const std::string& name) const {
    std::ifstream in(file(name));
    std::vector<codec::Json> all;
    for (std::string line; std::getline(in, line);) all.push_back(*codec::parse_json(line));
    return all;
  }
  // "request read cubbyhole/a", in the order of the file.
  std::vector<std::string> told(const std::string& name) const {
    std::vector<std::string> all;
    for (const auto& line : lines(name)) {
      all.push_back(line["type"].as_string() + " " + line["request"]["operation"].as_string() + " " + line["request"]["path"].as_string());
    }
    return all;
  }
  static bool refused(const Reply& reply) { return !reply.ok() && reply.error().code() == base::Code::audit_unavailable; }

  std::string folder_;
};

TEST_F(AuditDevices, TellOfARequestBeforeItsAnswerOnce) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  ASSERT_TRUE(node.write("cubbyhole/a", R"({"k":"CANARY"})").ok());
  ASSERT_TRUE(node.read("cubbyhole/a").ok());
  EXPECT_EQ(told("log"), (std::vector<std::string>{"request create cubbyhole/a", "response create cubbyhole/a", "request read cubbyhole/a",
                                                   "response read cubbyhole/a"}));
  for (const auto& line : lines("log")) EXPECT_EQ(codec::write_json(line).find("CANARY"), std::string::npos);
}

TEST_F(AuditDevices, TellOfWhoIsRefused) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  EXPECT_FALSE(node.read("cubbyhole/a", "s.bogus").ok());
  const auto all = lines("log");
  ASSERT_EQ(all.size(), 2u);
  for (const auto& line : all) EXPECT_EQ(line["error"].as_string(), "permission denied");
}

// Whatever of them an engine gets to see.
TEST_F(AuditDevices, ShowAuditedHeadersOfEveryMount) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  ASSERT_TRUE(node.write("sys/mounts/kv", R"({"type":"kv"})").ok());
  ASSERT_TRUE(node.write("sys/config/auditing/request-headers/X-Canary", R"({"hmac":true})").ok());
  ASSERT_TRUE(node.write("kv/a", R"({"k":"1"})").ok());
  for (const char* path : {"kv/a", "sys/mounts"}) {
    auto request = node.request(logical::Operation::read, path);
    request.headers = {{"X-Canary", "CANARY"}, {"X-Other", "CANARY"}};
    ASSERT_TRUE(node.handle(std::move(request)).ok());
    const auto headers = lines("log").back()["request"]["headers"];
    EXPECT_EQ(headers.members().size(), 1u) << path;
    EXPECT_TRUE(headers["x-canary"].items().at(0).as_string().starts_with("hmac-sha256:")) << path;
  }
}

// By which login an entity came into being.
TEST_F(AuditDevices, TellOfEntitiesThatALoginMakes) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  ASSERT_TRUE(node.write("sys/auth/userpass", R"({"type":"userpass"})").ok());
  ASSERT_TRUE(node.write("auth/userpass/users/alice", R"({"password":"pw"})").ok());
  for (const bool first : {true, false}) {
    ASSERT_TRUE(node.write("auth/userpass/login/alice", R"({"password":"pw"})", TestCore::kNoToken).ok());
    const auto line = lines("log").back();
    EXPECT_FALSE(line["auth"]["entity_id"].as_string().empty());
    EXPECT_EQ(line["auth"]["entity_created"].as_bool(), first);
    EXPECT_EQ(line["response"]["auth"].find("entity_created"), nullptr);
  }
}

TEST_F(AuditDevices, NameTheCertificateOfAClientThatWasVerified) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  ASSERT_TRUE(node.core().handle(node.request(logical::Operation::read, "sys/mounts"), {"", "4711"}).ok());
  ASSERT_TRUE(node.read("sys/mounts").ok());
  const auto all = lines("log");
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0]["request"]["client_certificate_serial_number"].as_string(), "4711");
  EXPECT_EQ(all[1]["request"]["client_certificate_serial_number"].as_string(), "4711");
  EXPECT_EQ(all[2]["request"].find("client_certificate_serial_number"), nullptr);
}

TEST_F(AuditDevices, NameThePoliciesThatGrant) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  for (const char* name : {"one", "two"}) {
    ASSERT_TRUE(node.write(std::string("sys/policies/acl/") + name, R"({"policy":"path \"cubbyhole/*\" { capabilities = [\"read\", \"create\"] }"})").ok());
  }
  const std::string token = node.create_token(R"({"policies":["one","two"],"no_default_policy":true})");
  ASSERT_TRUE(node.write("cubbyhole/a", R"({"k":"1"})", token).ok());
  EXPECT_FALSE(node.remove("cubbyhole/a", token).ok());
  const auto all = lines("log");
  ASSERT_GE(all.size(), 4u);
  EXPECT_EQ(codec::write_json(all[all.size() - 4]["auth"]["policy_results"]),
            R"({"allowed":true,"granting_policies":[{"name":"one","namespace_id":"root","type":"acl"},{"name":"two","namespace_id":"root","type":"acl"}]})");
  EXPECT_EQ(codec::write_json(all.back()["auth"]["policy_results"]), R"({"allowed":false})");
}

// What logs in, is wrapped or listed: no token, secret or credential in any line.
TEST_F(AuditDevices, HoldNothingOfLoginsWrappingAndLists) {
  DeclaredDevice log = device("log");
  log.options["elide_list_responses"] = "true";
  TestCore node(TestCore::State::unsealed, declaring({log}));
  ASSERT_TRUE(node.write("sys/auth/userpass", R"({"type":"userpass"})").ok());
  ASSERT_TRUE(node.write("auth/userpass/users/alice", R"({"password":"CANARY-password"})").ok());
  const auto login = node.handle(node.request(logical::Operation::update, "auth/userpass/login/alice", R"({"password":"CANARY-password"})", TestCore::kNoToken));
  ASSERT_TRUE(login.ok() && login->auth);
  auto wrapped = node.request(logical::Operation::read, "sys/mounts");
  wrapped.wrap_ttl = std::chrono::seconds(60);
  const auto wrapping = node.handle(std::move(wrapped));
  ASSERT_TRUE(wrapping.ok() && wrapping->wrap);
  ASSERT_TRUE(node.write("cubbyhole/a", R"({"k":"1"})").ok());
  ASSERT_TRUE(node.list("cubbyhole/").ok());
  const auto all = lines("log");
  for (const auto& line : all) {
    const std::string text = codec::write_json(line);
    for (const std::string& secret : {std::string("CANARY"), login->auth->client_token, wrapping->wrap->token, login->auth->accessor, node.root_token()}) {
      EXPECT_EQ(text.find(secret), std::string::npos) << text;
    }
  }
  EXPECT_EQ(all.back()["response"]["data"]["keys"].text(), "1");
  const auto of_login = std::find_if(all.begin(), all.end(), [](const auto& line) {
    return line["type"].as_string() == "response" && line["request"]["path"].as_string() == "auth/userpass/login/alice";
  });
  ASSERT_NE(of_login, all.end());
  EXPECT_EQ((*of_login)["auth"]["display_name"].as_string(), "userpass-alice");
  EXPECT_FALSE((*of_login)["response"]["auth"]["client_token"].as_string().empty());
}

TEST_F(AuditDevices, NothingIsDoneWhileNoneTakesALineAndGoesOnByItself) {
  TestCore node(TestCore::State::unsealed, declaring({device("log")}));
  ASSERT_TRUE(node.write("cubbyhole/a", R"({"k":"1"})").ok());
  std::filesystem::remove(file("log"));
  std::filesystem::create_symlink("/dev/full", file("log"));
  node.core().reload_audit(declaring({device("log")}).audit);
  const int64_t before = base::counter("audit.unavailable").value();
  EXPECT_TRUE(refused(node.write("cubbyhole/a", R"({"k":"2"})")));
  EXPECT_TRUE(refused(node.read("cubbyhole/a")));
  EXPECT_GE(base::counter("audit.unavailable").value(), before + 2);
  std::filesystem::remove(file("log"));
  const auto answer = node.read("cubbyhole/a");
  ASSERT_TRUE(answer.ok());
  ASSERT_FALSE(refused(answer));
  EXPECT_EQ(codec::write_json(*answer->data), R"({"k":"1"})");
}

TEST_F(AuditDevices, OneOfTwoIsEnough) {
  std::filesystem::create_symlink("/dev/full", file("full"));
  TestCore node(TestCore::State::unsealed, declaring({device("full"), device("log")}));
  EXPECT_FALSE(refused(node.write("cubbyhole/a", R"({"k":"1"})")));
  EXPECT_EQ(told("log").size(), 2u);
}

TEST_F(AuditDevices, ComeAndGoWithTheConfiguration) {
  TestCore node;
  for (int i = 0; i < 20; ++i) {
    node.core().reload_audit(declaring({device("a")}).audit);
    node.core().reload_audit(declaring({device("a"), device("b")}).audit);
    node.core().reload_audit(declaring({device("b")}).audit);
    ASSERT_TRUE(node.write("cubbyhole/a", R"({"k":"1"})").ok());
  }
  EXPECT_TRUE(told("a").empty());
  EXPECT_EQ(told("b").size(), 40u);
  const auto removed = node.remove("sys/audit/b");
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().message(), "cannot disable configuration-managed audit device");
  node.core().reload_audit({});
  EXPECT_TRUE(node.read("sys/audit")->data->empty());
}

TEST_F(AuditDevices, AreNotMadeByTheApiUnlessAllowed) {
  TestCore node;
  const auto made = node.write("sys/audit/x", R"({"type":"file","options":{"file_path":"discard"}})");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code(), base::Code::invalid);
}

}  // namespace
}  // namespace bao::testing
