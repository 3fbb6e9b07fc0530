// `bao namespace`: what is asked of the server, and what its answers are made into.
#include <gtest/gtest.h>

#include <cstdlib>

#include "internal/api/test_server.h"
#include "internal/cli/cli.h"

namespace bao::cli {
namespace {

using api::answer;

constexpr char kTeam[] = R"({"custom_metadata":{"owner":"ada"},"id":"x1","locked":false,"path":"team/","tainted":false,"uuid":"u-1"})";

std::string data(const std::string& json) { return "{\"data\":" + json + "}"; }

struct Ran {
  int status;
  std::string out, err, asked;  // the one request: "POST /v1/… {body}"
};

Ran run_with(const std::string& told, std::vector<std::string> arguments) {
  setenv("BAO_TOKEN", "t", 1);
  api::TestServer server({told});
  setenv("BAO_ADDR", server.address().c_str(), 1);
  arguments.insert(arguments.begin(), "namespace");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = run(arguments, Entry{});
  std::fflush(stdout);
  const std::string request = server.asked().at(0);
  return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr(),
          request.substr(0, request.find(" HTTP/")) + " " + request.substr(request.find("\r\n\r\n") + 4)};
}

TEST(Namespace, IsMadeWithWhatIsKeptWithIt) {
  const Ran ran = run_with(answer("200 OK", data(kTeam)), {"create", "-custom-metadata=owner=ada", "team"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.asked, R"(POST /v1/sys/namespaces/team {"custom_metadata":{"owner":"ada"}})");
  EXPECT_EQ(ran.out,
            "Key                Value\n---                -----\ncustom_metadata    map[owner:ada]\nid                 x1\n"
            "locked             false\npath               team/\ntainted            false\nuuid               u-1\n");
  EXPECT_EQ(run_with(answer("200 OK", data(kTeam)), {"create", "-field=uuid", "team"}).out, "u-1");
}

TEST(Namespace, ASealOfItsOwnHasShares) {
  const std::string made = data(R"({"id":"x1","path":"team/","key_shares":["aa","bb"],"key_threshold":2})");
  const Ran ran = run_with(answer("200 OK", made), {"create", "-n=2", "-t=2", "team"});
  EXPECT_EQ(ran.asked, R"(POST /v1/sys/namespaces/team {"custom_metadata":null,"seal":"seal \"shamir\" {\n    shares = 2\n    threshold = 2\n}"})");
  EXPECT_EQ(ran.out.find("Unseal Key 1: aa\nUnseal Key 2: bb\n\nNamespace initialized with 2 key shares and a key threshold of 2."), 0u) << ran.out;
  EXPECT_EQ(ran.out.find("key_shares "), std::string::npos);
  EXPECT_NE(run_with(answer("200 OK", made), {"create", "-n=2", "-t=2", "-format=json", "team"}).out.find("\"key_threshold\": 2"),
            std::string::npos);
}

TEST(Namespace, IsFoundOrNot) {
  EXPECT_EQ(run_with(answer("200 OK", data(kTeam)), {"lookup", "team"}).asked, "GET /v1/sys/namespaces/team ");
  const Ran absent = run_with(answer("404 Not Found", R"({"errors":[]})"), {"lookup", "none"});
  EXPECT_EQ(absent.status, 2);
  EXPECT_EQ(absent.err, "Namespace not found\n");
  const std::string listed = data(R"({"keys":["a/","b/"],"key_info":{"a/":{"id":"1"},"b/":{"id":"2"}}})");
  EXPECT_EQ(run_with(answer("200 OK", listed), {"list"}).out, "Keys\n----\na/\nb/\n");
  EXPECT_EQ(run_with(answer("200 OK", listed), {"list", "-detailed"}).out, "Keys    id\n----    --\na/      1\nb/      2\n");
  EXPECT_EQ(run_with(answer("200 OK", listed), {"scan", "-detailed", "-format=json"}).asked, "GET /v1/sys/namespaces?scan=true ");
  const Ran none = run_with(answer("404 Not Found", R"({"errors":[]})"), {"list"});
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.err, "No namespaces found\n");
}

TEST(Namespace, NullTakesANameAway) {
  const Ran ran = run_with(answer("200 OK", data(kTeam)), {"patch", "-custom-metadata=owner=ada", "-remove-custom-metadata=tier", "team"});
  EXPECT_EQ(ran.asked, R"(PATCH /v1/sys/namespaces/team {"custom_metadata":{"owner":"ada","tier":null}})");
  const Ran absent = run_with(answer("404 Not Found", R"({"errors":[]})"), {"patch", "-custom-metadata=a=b", "none"});
  EXPECT_EQ(absent.status, 2);
  EXPECT_EQ(absent.err, "Namespace not found\n");
}

TEST(Namespace, DeletingGoesOnInTheBackground) {
  const Ran ran = run_with(answer("200 OK", data(R"({"status":"in-progress"})")), {"delete", "team"});
  EXPECT_EQ(ran.asked, "DELETE /v1/sys/namespaces/team ");
  EXPECT_EQ(ran.out, "Success! Namespace deletion scheduled: team/\n");
  const Ran absent = run_with(answer("204 No Content", ""), {"delete", "none"});
  EXPECT_EQ(absent.status, 0);
  EXPECT_EQ(absent.err, "Requested namespace does not exist\n");
  EXPECT_EQ(run_with(answer("204 No Content", ""), {"delete-sealed", "-force", "team"}).asked,
            "DELETE /v1/sys/namespaces/team/delete-sealed?force=true ");
}

TEST(Namespace, LockingGivesAKey) {
  const Ran locked = run_with(answer("200 OK", data(R"({"unlock_key":"k"})")), {"lock", "team"});
  EXPECT_EQ(locked.asked, "PUT /v1/sys/namespaces/api-lock/lock/team null");
  EXPECT_EQ(locked.out.find("Unlock Key: k\n\nNamespace is now locked."), 0u);
  const Ran own = run_with(answer("204 No Content", ""), {"unlock", "-unlock-key=k"});
  EXPECT_EQ(own.asked, R"(PUT /v1/sys/namespaces/api-lock/unlock {"unlock_key":"k"})");
  EXPECT_EQ(own.out, "Namespace unlocked successfully!\n");
  const Ran by_sudo = run_with(answer("200 OK", R"({"warnings":["Namespace unlocked using sudo capabilities"]})"), {"unlock", "team"});
  EXPECT_EQ(by_sudo.err, "Namespace unlocked using sudo capabilities\n");
}

TEST(Namespace, ASealIsShownWithoutACluster) {
  const std::string sealed = data(R"({"type":"shamir","initialized":true,"sealed":true,"t":2,"n":3,"progress":1,"nonce":"n-1"})");
  const Ran ran = run_with(answer("200 OK", sealed), {"unseal", "team", "aa"});
  EXPECT_EQ(ran.asked, R"(PUT /v1/sys/namespaces/team/unseal {"key":"aa","reset":false})");
  EXPECT_EQ(ran.out,
            "Key                Value\n---                -----\nSeal Type          shamir\nInitialized        true\nSealed             true\n"
            "Total Shares       3\nThreshold          2\nUnseal Progress    1/2\nUnseal Nonce       n-1\n");
  EXPECT_EQ(run_with(answer("200 OK", sealed), {"seal-status", "team"}).asked, "GET /v1/sys/namespaces/team/seal-status ");
  EXPECT_EQ(run_with(answer("204 No Content", ""), {"seal", "team"}).out, "Success! Namespace \"team\" is sealed.\n");
}

}  // namespace
}  // namespace bao::cli
