// What comes of `bao login`: what is sent for each method, and where the token goes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "internal/api/test_server.h"
#include "internal/cli/cli.h"

namespace bao::cli {
namespace {

using api::answer;
using api::TestServer;

constexpr char kLogin[] =
    R"({"auth":{"client_token":"s.new","accessor":"a","policies":["default"],"token_policies":["default"],"lease_duration":60}})";
constexpr char kWrapped[] =
    R"({"wrap_info":{"token":"s.wrapping","accessor":"b","ttl":60,"creation_path":"auth/userpass/login/ada","wrapped_accessor":"a"}})";
constexpr char kPending[] =
    R"({"auth":{"mfa_requirement":{"mfa_request_id":"r-1","mfa_constraints":{"all":{"any":[{"type":"totp","id":"m-1","uses_passcode":true}]}}}}})";

// A home of its own for each test.
class Login : public testing::Test {
 protected:
  Login() {
    char pattern[] = "/tmp/bao-login-XXXXXX";
    home_ = mkdtemp(pattern);
    setenv("HOME", home_.c_str(), 1);
    for (const char* name : {"BAO_TOKEN", "VAULT_TOKEN", "BAO_LDAP_PASSWORD"}) unsetenv(name);
  }
  ~Login() override { std::filesystem::remove_all(home_); }

  int run_against(const std::string& address, std::vector<std::string> arguments) {
    setenv("BAO_ADDR", address.c_str(), 1);
    arguments.insert(arguments.begin(), "login");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run(arguments, Entry{});
    std::fflush(stdout);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return status;
  }

  // The one request that a login makes: "PUT /v1/… {body}"; empty when it failed.
  std::string sent_by(const std::vector<std::string>& arguments) {
    TestServer server({answer("200 OK", kLogin)});
    if (run_against(server.address(), arguments) != 0) return "";
    const std::string request = server.asked().at(0);
    return request.substr(0, request.find(" HTTP/")) + " " + request.substr(request.find("\r\n\r\n") + 4);
  }

  std::string kept() const {
    std::ifstream file(home_ + "/.vault-token");
    std::string token;
    std::getline(file, token);
    return token;
  }

  std::string home_, out_, err_;
};

TEST_F(Login, SendsWhatEachMethodTakes) {
  EXPECT_EQ(sent_by({"-method=userpass", "username=ada", "password=pw"}), R"(PUT /v1/auth/userpass/login/ada {"password":"pw"})");
  EXPECT_EQ(sent_by({"-method=userpass", "-path=/staff/", "username=ada", "password=pw"}), R"(PUT /v1/auth/staff/login/ada {"password":"pw"})");
  EXPECT_EQ(sent_by({"-method=userpass", "-path=staff", "mount=other", "username=ada", "password=pw"}),
            R"(PUT /v1/auth/other/login/ada {"password":"pw"})");
  EXPECT_EQ(sent_by({"-method=radius", "username=ada", "password=pw"}), R"(PUT /v1/auth/radius/login/ada {"password":"pw"})");
  EXPECT_EQ(sent_by({"-method=cert"}), R"(PUT /v1/auth/cert/login {"name":""})");
  EXPECT_EQ(sent_by({"-method=cert", "name=web"}), R"(PUT /v1/auth/cert/login {"name":"web"})");
  EXPECT_EQ(sent_by({"-method=kubernetes", "role=build", "jwt=e.y.J"}), R"(PUT /v1/auth/kubernetes/login {"jwt":"e.y.J","role":"build"})");
}

TEST_F(Login, LdapTakesUserAndPasswordFromTheEnvironment) {
  setenv("LOGNAME", "grace", 1);
  setenv("BAO_LDAP_PASSWORD", "hidden", 1);
  EXPECT_EQ(sent_by({"-method=ldap"}), R"(PUT /v1/auth/ldap/login/grace {"password":"hidden"})");
  EXPECT_EQ(sent_by({"-method=ldap", "username=ada", "password=pw"}), R"(PUT /v1/auth/ldap/login/ada {"password":"pw"})");
}

TEST_F(Login, AsksNobodyWhoIsNotThere) {
  EXPECT_EQ(run_against("http://127.0.0.1:1", {"-method=userpass", "password=pw"}), 2);
  EXPECT_EQ(err_, "Error authenticating: 'username' must be specified\n");
  EXPECT_EQ(run_against("http://127.0.0.1:1", {"-method=userpass", "-non-interactive", "username=ada"}), 2);
  EXPECT_EQ(err_, "Error authenticating: 'password' must be specified and refusing to pull from stdin\n");
  EXPECT_EQ(run_against("http://127.0.0.1:1", {"-method=kubernetes"}), 2);
  EXPECT_EQ(err_, "Error authenticating: 'role' must be supplied\n");
  EXPECT_EQ(run_against("http://127.0.0.1:1", {"-method=oidc"}), 1);
  EXPECT_EQ(run_against("http://127.0.0.1:1", {"-method=approle"}), 1);
  EXPECT_EQ(err_.find("Unknown auth method: approle."), 0u);
}

TEST_F(Login, ATokenIsKeptUnlessToldNotTo) {
  EXPECT_EQ(sent_by({"-method=userpass", "-no-store", "username=ada", "password=pw"}).find("PUT"), 0u);
  EXPECT_EQ(kept(), "");
  EXPECT_NE(err_.find("The token was not stored in token helper."), std::string::npos);
  EXPECT_EQ(sent_by({"-method=userpass", "-token-only", "username=ada", "password=pw"}).find("PUT"), 0u);
  EXPECT_EQ(out_, "s.new");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(kept(), "");
  EXPECT_EQ(sent_by({"-method=userpass", "-no-print", "username=ada", "password=pw"}).find("PUT"), 0u);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(kept(), "s.new");
}

TEST_F(Login, AWrappedLoginIsUnwrappedToBeKept) {
  TestServer server({answer("200 OK", kWrapped), answer("200 OK", kLogin)});
  ASSERT_EQ(run_against(server.address(), {"-method=userpass", "-wrap-ttl=60s", "username=ada", "password=pw"}), 0);
  EXPECT_NE(server.asked().at(0).find("X-Vault-Wrap-Ttl: 1m0s"), std::string::npos) << server.asked().at(0);
  EXPECT_EQ(server.asked().at(1).find("PUT /v1/sys/wrapping/unwrap "), 0u);
  EXPECT_NE(server.asked().at(1).find("X-Vault-Token: s.wrapping\r\n"), std::string::npos);
  EXPECT_EQ(server.asked().at(1).find("X-Vault-Wrap-Ttl"), std::string::npos);
  EXPECT_EQ(kept(), "s.new");
}

TEST_F(Login, AWrappedLoginStaysWrappedWhereItIsOnlyPrinted) {
  {
    TestServer server({answer("200 OK", kWrapped)});
    EXPECT_EQ(run_against(server.address(), {"-method=userpass", "-wrap-ttl=60s", "-token-only", "username=ada", "password=pw"}), 0);
    EXPECT_EQ(out_, "s.wrapping");
  }
  TestServer server({answer("200 OK", kWrapped)});
  EXPECT_EQ(run_against(server.address(), {"-method=userpass", "-wrap-ttl=60s", "-no-store", "username=ada", "password=pw"}), 0);
  EXPECT_NE(out_.find("wrapping_token:"), std::string::npos);
  EXPECT_EQ(kept(), "");
}

TEST_F(Login, WhatIsNoLoginIsAnError) {
  const std::string secret = R"({"wrap_info":{"token":"s.w","accessor":"b","ttl":60}})";
  for (const std::string& body : {secret, std::string(R"({"data":{"a":"b"}})")}) {
    TestServer server({answer("200 OK", body)});
    EXPECT_EQ(run_against(server.address(), {"-method=userpass", "username=ada", "password=pw"}), 2);
    EXPECT_EQ(err_.find("Error extracting token: "), 0u) << err_;
  }
  TestServer server({answer("204 No Content", "")});
  EXPECT_EQ(run_against(server.address(), {"-method=userpass", "username=ada", "password=pw"}), 2);
  EXPECT_EQ(err_, "Error authenticating: empty response from credential provider\n");
}

TEST_F(Login, ALoginThatWaitsForASecondFactorSaysSo) {
  TestServer server({answer("200 OK", kPending)});
  EXPECT_EQ(run_against(server.address(), {"-method=userpass", "username=ada", "password=pw"}), 0);
  EXPECT_EQ(err_.find("A login request was issued that is subject to MFA validation."), 0u) << err_;
  EXPECT_NE(out_.find("mfa_request_id"), std::string::npos);
  EXPECT_EQ(kept(), "");
}

}  // namespace
}  // namespace bao::cli
