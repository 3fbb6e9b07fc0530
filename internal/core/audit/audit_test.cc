// What an auditor relies on: nothing secret in a line, lines that can be looked for by a value, devices that fail without holding others up.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "internal/codec/encoding.h"
#include "internal/core/audit/device.h"
#include "internal/core/audit/table.h"
#include "internal/crypto/hash.h"

namespace bao::core::audit {
namespace {

using codec::Json;

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/bao-audit-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

MountEntry entry(const std::string& type, Options options) {
  MountEntry made;
  made.path = "d/";
  made.type = type;
  made.options = std::move(options);
  return made;
}

std::unique_ptr<Device> device(const std::string& type, Options options, const ServerOptions& allowed = {}) {
  auto made = Device::make(entry(type, std::move(options)), "salt", allowed);
  EXPECT_TRUE(made.ok()) << made.error().message();
  return std::move(*made);
}

std::string all_hashed(const Json& value, const std::vector<std::string>& clear) {
  std::string out;
  Salted("salt").append_all_hashed(out, value, clear);
  return out;
}

TEST(Hashing, IsHmacOfTheSalt) {
  for (const std::string& salt : {std::string("salt"), std::string(100, 'k')}) {
    EXPECT_EQ(Salted(salt).hash("x"), "hmac-sha256:" + codec::to_hex(crypto::hmac_sha256(salt, "x")));
  }
}

TEST(Hashing, ReplacesStringsButForClearKeysAndTimes) {
  const Json value = *codec::parse_json(R"({"a":"x","n":1,"deep":{"list":["x",{"clear":"y"}]},"clear":["y"],"at":"2026-01-02T15:04:05Z"})");
  const std::string x = Salted("salt").hash("x");
  EXPECT_EQ(all_hashed(value, {"clear"}),
            R"({"a":")" + x + R"(","at":"2026-01-02T15:04:05Z","clear":["y"],"deep":{"list":[")" + x + R"(",{"clear":"y"}]},"n":1})");
}

// What engines hand on as text is gone through without being parsed: with the same outcome.
TEST(Hashing, OfTextIsThatOfItsValue) {
  for (const char* text : {R"({"a":"x","b":[true,false,null,-1.5e3,"y"],"c":{}})", R"({"a \"b\"":"\u0041\"","é":"\n"})", R"({"at":"2026-01-02T15:04:05Z"})",
                           R"("x")", R"({"a":{"b":{"c":["x","x"]}}})"}) {
    EXPECT_EQ(all_hashed(Json::raw(text), {}), all_hashed(*codec::parse_json(text), {})) << text;
    EXPECT_EQ(all_hashed(Json::raw(text), {"b"}), all_hashed(*codec::parse_json(text), {"b"})) << text;
  }
}

TEST(Hashing, HashesTextThatIsNoJsonWhole) {
  for (const char* text : {"CANARY", R"({"a":"CANARY)", R"({"a":CANARY})", R"({"a":"x"} CANARY)"}) {
    EXPECT_EQ(all_hashed(Json::raw(text), {}), '"' + Salted("salt").hash(text) + '"') << text;
  }
}

TEST(Line, RepeatsTheHashesOfAToken) {
  TokenEntry token;
  token.id = "s.token";
  token.accessor = "accessor";
  token.policies = {"default"};
  logical::Request request;
  request.client_token = token.id;
  const Salted salted("salt");
  for (int i = 0; i < 2; ++i) {
    const Json line = *codec::parse_json(request_line({.request = request, .token = &token, .forwarded_from = {}}, {}, salted, {}));
    EXPECT_EQ(line["auth"]["client_token"].as_string(), salted.hash("s.token"));
    EXPECT_EQ(line["request"]["client_token_accessor"].as_string(), salted.hash("accessor"));
    EXPECT_EQ(line["request"]["client_id"].as_string(), codec::to_base64(crypto::sha256(std::string("default\0root", 12))));
  }
  token.accessor.clear();  // a batch token, of which nothing is kept
  token.id = request.client_token = "b.other";
  const Json line = *codec::parse_json(request_line({.request = request, .token = &token, .forwarded_from = {}}, {}, salted, {}));
  EXPECT_EQ(line["auth"]["client_token"].as_string(), salted.hash("b.other"));
}

TEST(Line, TellsASignedWrappingTokenByTheOneInside) {
  logical::Response response;
  response.wrap = logical::WrapInfo{.token = "e30." + codec::to_base64url(R"({"jti":"s.inside"})") + ".c2ln", .accessor = "", .creation_path = "", .wrapped_accessor = ""};
  const logical::Request request;
  const Salted salted("salt");
  const Json line = *codec::parse_json(response_line({.request = request, .response = &response, .forwarded_from = {}}, {}, salted, {}));
  EXPECT_EQ(line["response"]["wrap_info"]["token"].as_string(), salted.hash("s.inside"));
}

TEST(Line, NamesThePoliciesThatGrant) {
  logical::Request request;
  request.client_token = "s.token";
  const TokenEntry token;
  const Event event{.request = request, .token = &token, .granting_policies = {"a", "b"}, .forwarded_from = {}};
  EXPECT_NE(request_line(event, {}, Salted("salt"), {})
                .find(R"("policy_results":{"allowed":true,"granting_policies":[{"name":"a","namespace_id":"root","type":"acl"},{"name":"b",)"),
            std::string::npos);
}

TEST(Line, HoldsNoSecretOfRequestOrAnswer) {
  logical::Request request;
  request.client_token = "s.CANARY";
  request.data.set("password", Json("CANARY"));
  logical::Response response;
  response.data = Json::raw(R"({"secret":"CANARY"})");
  logical::Auth auth;
  auth.client_token = "s.CANARY2";
  response.auth = auth;
  response.wrap = logical::WrapInfo{.token = "s.CANARY3", .accessor = "", .creation_path = "", .wrapped_accessor = ""};
  const base::Error error = base::invalid("cannot use CANARY");
  const Salted salted("salt");
  const Event answered{.request = request, .response = &response, .forwarded_from = {}};
  const Event refused{.request = request, .error = &error, .forwarded_from = {}};
  for (const std::string& line : {request_line(answered, {}, salted, {}), response_line(answered, {}, salted, {}),
                                  request_line(refused, {}, salted, {}), response_line(refused, {}, salted, {})}) {
    EXPECT_EQ(line.find("CANARY"), std::string::npos) << line;
  }
  EXPECT_NE(response_line(answered, {.prefix = "", .raw = true}, salted, {}).find(R"("data":{"secret":"CANARY"})"), std::string::npos);
}

TEST(Device, IgnoresWhatTheServerDoesNotAllow) {
  const Options options{{"file_path", "discard"}, {"log_raw", "true"}, {"prefix", "#!/bin/sh"}};
  EXPECT_EQ(device("file", options)->line_options(), LineOptions{});
  ServerOptions rules;
  rules.prefixing = rules.raw = true;
  const auto allowed = device("file", options, rules)->line_options();
  EXPECT_TRUE(allowed.raw);
  EXPECT_EQ(allowed.prefix, "#!/bin/sh");
}

TEST(FileDevice, IsMadeWithItsFoldersAndNeverExecutable) {
  const Folder folder;
  const std::string path = folder.file("a/b/log");
  ASSERT_TRUE(device("file", {{"file_path", path}, {"mode", "0755"}})->write("line\n").ok());
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0644u);
  EXPECT_EQ(content(path), "line\n");
}

TEST(FileDevice, ReopensItsFileWhenTold) {
  const Folder folder;
  const std::string path = folder.file("log");
  const auto log = device("file", {{"file_path", path}});
  ASSERT_TRUE(log->write("1\n").ok());
  std::filesystem::rename(path, folder.file("old"));
  ASSERT_TRUE(log->write("2\n").ok());
  log->reopen();
  ASSERT_TRUE(log->write("3\n").ok());
  EXPECT_EQ(content(folder.file("old")), "1\n2\n");
  EXPECT_EQ(content(path), "3\n");
}

TEST(FileDevice, RecoversFromAFullDiskByItself) {
  const Folder folder;
  const std::string path = folder.file("log");
  std::filesystem::create_symlink("/dev/full", path);
  const auto log = device("file", {{"file_path", path}});
  EXPECT_EQ(log->write("1\n").error().code(), base::Code::unavailable);
  EXPECT_TRUE(log->failing());
  std::filesystem::remove(path);
  EXPECT_TRUE(log->write("2\n").ok());
  EXPECT_FALSE(log->failing());
  EXPECT_EQ(content(path), "2\n");
}

TEST(FileDevice, DoesNotWaitForAPipeThatNobodyReads) {
  const Folder folder;
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(device("file", {{"file_path", folder.file("pipe")}})->write("1\n").ok());
}

// S13: where the server names folders, the API makes files in no others, links followed.
TEST(FileDevice, OfTheApiLiesInAFolderThatIsAllowed) {
  const Folder folder;
  std::filesystem::create_directories(folder.file("logs"));
  std::filesystem::create_directory_symlink("/etc", folder.file("logs/link"));
  ServerOptions allowed;
  allowed.file_folders = {folder.file("logs")};
  const auto made = [&](const std::string& path, std::string_view table) {
    MountEntry one = entry("file", {{"file_path", path}});
    one.table = table;
    return Device::make(std::move(one), "salt", allowed).ok();
  };
  EXPECT_TRUE(made(folder.file("logs/a"), kApiTable));
  EXPECT_TRUE(made(folder.file("logs/new/a"), kApiTable));
  for (const std::string& path : {folder.file("other"), folder.file("logs-not"), folder.file("logs/../other"), folder.file("logs/link/passwd"), std::string("/etc/cron.d/x")}) {
    EXPECT_FALSE(made(path, kApiTable)) << path;
    EXPECT_TRUE(made(path, kDeclaredTable)) << path;
  }
}

// One line waits for a device that hangs, at most as long as agreed; those behind it only look whether it takes lines again.
TEST(FileDevice, ThatHangsHoldsNobodyUpAndComesBack) {
  const Folder folder;
  const std::string path = folder.file("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  const auto log = device("file", {{"file_path", path}});
  const std::string line(4096, 'x');
  while (log->write(line).ok()) {
  }
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kLines = 20;
  for (int i = 0; i < kLines; ++i) EXPECT_FALSE(log->write(line).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kWriteTime * kLines / 2) << "each would wait in full";
  char bytes[1 << 16];
  while (::read(reader, bytes, sizeof bytes) > 0) {
  }
  EXPECT_TRUE(log->write("1\n").ok());
  EXPECT_FALSE(log->failing());
  ::close(reader);
}

TEST(Turn, IsNotWaitedForBehindOneWhoIsOverdue) {
  Turn turn;
  const SteadyTime past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  ASSERT_TRUE(turn.begin(past));
  EXPECT_FALSE(turn.begin(std::chrono::steady_clock::now() + std::chrono::hours(1)));  // would hang
  turn.end();
  EXPECT_TRUE(turn.begin(std::chrono::steady_clock::now() + std::chrono::hours(1)));
}

TEST(Turn, GoesRound) {
  Turn turn;
  int inside = 0, done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 2000; ++n) {
        ASSERT_TRUE(turn.begin(std::chrono::steady_clock::now() + std::chrono::hours(1)));
        EXPECT_EQ(++inside, 1);
        --inside;
        ++done;
        turn.end();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 16000);
}

TEST(Options, AreRefusedInTheReferencesWords) {
  const auto error = [](const std::string& type, Options options) { return Device::make(entry(type, std::move(options)), "s", {}).error().message(); };
  EXPECT_EQ(error("file", {}), "file_path is required");
  EXPECT_EQ(error("file", {{"file_path", "discard"}, {"mode", "rw"}}), "strconv.ParseUint: parsing \"rw\": invalid syntax");
  EXPECT_EQ(error("file", {{"file_path", "discard"}, {"format", "yaml"}}), "unknown format type \"yaml\"");
  EXPECT_EQ(error("socket", {}), "address is required");
  EXPECT_EQ(error("carrier-pigeon", {}), "unknown backend type: \"carrier-pigeon\"");
}

}  // namespace
}  // namespace bao::core::audit
