// What comes of `bao login`: what is sent for each method, and where the token goes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

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

// While it lives, stdin is a terminal at which somebody has typed.
class Terminal {
 public:
  explicit Terminal(std::string_view typed) : before_(dup(STDIN_FILENO)), keyboard_(posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(grantpt(keyboard_), 0);
    EXPECT_EQ(unlockpt(keyboard_), 0);
    const int screen = open(ptsname(keyboard_), O_RDWR | O_NOCTTY);
    EXPECT_EQ(dup2(screen, STDIN_FILENO), STDIN_FILENO);
    close(screen);
    EXPECT_EQ(write(keyboard_, typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
  }
  ~Terminal() {
    dup2(before_, STDIN_FILENO);
    close(before_);
    close(keyboard_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

 private:
  int before_, keyboard_;
};

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
    arguments.insert(arguments.begin(), "login");
    return run_command(address, arguments);
  }

  int run_command(const std::string& address, const std::vector<std::string>& arguments) {
    setenv("BAO_ADDR", address.c_str(), 1);
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
    return shortened(server.asked().at(0));
  }

  static std::string shortened(const std::string& request) {
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

const std::vector<std::string> kByPassword = {"-method=userpass", "username=ada", "password=pw"};
constexpr char kFactor[] = R"(POST /v1/sys/mfa/validate {"mfa_request_id":"r-1","mfa_payload":{"m-1":["123456"]}})";

TEST_F(Login, ALoginThatWaitsForASecondFactorSaysSoWhereNobodyCanBeAsked) {
  TestServer server({answer("200 OK", kPending)});
  EXPECT_EQ(run_against(server.address(), kByPassword), 0);
  EXPECT_EQ(err_.find("A login request was issued that is subject to MFA validation."), 0u) << err_;
  EXPECT_NE(out_.find("mfa_request_id"), std::string::npos);
  EXPECT_EQ(kept(), "");
}

TEST_F(Login, ASecondFactorIsAskedForAtTheTerminal) {
  const Terminal terminal("123456\n");
  TestServer server({answer("200 OK", kPending), answer("200 OK", kLogin)});
  EXPECT_EQ(run_against(server.address(), kByPassword), 0) << err_;
  EXPECT_EQ(err_, "Initiating Interactive MFA Validation...\n");
  EXPECT_EQ(out_.find("Enter the passphrase for methodID \"m-1\" of type \"totp\": \n"), 0u) << out_;
  EXPECT_EQ(shortened(server.asked().at(1)), kFactor);
  EXPECT_EQ(kept(), "s.new");
}

TEST_F(Login, ALoginThatIsWrittenIsAskedForItsSecondFactorToo) {
  const Terminal terminal("123456\n");
  TestServer server({answer("200 OK", kPending), answer("200 OK", kLogin)});
  EXPECT_EQ(run_command(server.address(), {"write", "-field=token", "auth/userpass/login/ada", "password=pw"}), 0) << err_;
  EXPECT_EQ(out_, "Enter the passphrase for methodID \"m-1\" of type \"totp\": \ns.new");
  EXPECT_EQ(shortened(server.asked().at(1)), kFactor);
  EXPECT_EQ(kept(), "") << "bao write keeps no token";
}

TEST_F(Login, AFactorWithoutAPasscodeIsAskedForElsewhere) {
  const Terminal terminal("");
  TestServer server({answer("200 OK", R"({"auth":{"mfa_requirement":{"mfa_request_id":"r-1","mfa_constraints":)"
                                      R"({"all":{"any":[{"type":"duo","id":"m-2","uses_passcode":false}]}}}}})"),
                     answer("200 OK", kLogin)});
  EXPECT_EQ(run_against(server.address(), kByPassword), 0) << err_;
  EXPECT_NE(err_.find("You should receive a push notification"), std::string::npos) << err_;
  EXPECT_EQ(shortened(server.asked().at(1)), R"(POST /v1/sys/mfa/validate {"mfa_request_id":"r-1","mfa_payload":{"m-2":[""]}})");
  EXPECT_EQ(kept(), "s.new");
}

TEST_F(Login, AFactorThatTheServerRefusesIsAnError) {
  const Terminal terminal("000000\n");
  TestServer server({answer("200 OK", kPending), answer("403 Forbidden", R"({"errors":["failed to satisfy enforcement all"]})")});
  EXPECT_EQ(run_against(server.address(), kByPassword), 2);
  EXPECT_NE(err_.find("* failed to satisfy enforcement all"), std::string::npos) << err_;
  EXPECT_EQ(kept(), "");
}

TEST_F(Login, NobodyIsAskedWhoDoesNotWantToOrHasAChoice) {
  const Terminal terminal("123456\n");
  const std::string choice = R"({"auth":{"mfa_requirement":{"mfa_request_id":"r-1","mfa_constraints":{"all":{"any":[)"
                             R"({"type":"totp","id":"m-1","uses_passcode":true},{"type":"totp","id":"m-2","uses_passcode":true}]}}}}})";
  const std::string two = R"({"auth":{"mfa_requirement":{"mfa_request_id":"r-1","mfa_constraints":{)"
                          R"("all":{"any":[{"type":"totp","id":"m-1","uses_passcode":true}]},)"
                          R"("more":{"any":[{"type":"totp","id":"m-2","uses_passcode":true}]}}}}})";
  for (const auto& [pending, flag] : {std::pair<std::string, std::string>{kPending, "-non-interactive"}, {choice, "-no-store"}, {two, "-no-store"}}) {
    TestServer server({answer("200 OK", pending)});
    EXPECT_EQ(run_against(server.address(), {"-method=userpass", flag, "username=ada", "password=pw"}), 0);
    EXPECT_EQ(err_.find("A login request was issued that is subject to MFA validation."), 0u) << err_;
    EXPECT_EQ(kept(), "");
  }
}

}  // namespace
}  // namespace bao::cli
