// What an auditor relies on: nothing secret in a line, lines that can be looked for by a value, devices that fail without holding others up.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "internal/core/audit/device.h"

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

TEST(Hashing, ReplacesStringsButForClearKeysAndTimes) {
  const Salted salted("salt");
  const Json value = *codec::parse_json(R"({"a":"x","n":1,"deep":{"list":["x",{"clear":"y"}]},"clear":["y"],"at":"2026-01-02T15:04:05Z"})");
  const std::string x = salted.hash("x");
  EXPECT_EQ(x, "hmac-sha256:" + x.substr(12));
  EXPECT_EQ(codec::write_json(salted.hash_all(value, {"clear"})),
            R"({"a":")" + x + R"(","at":"2026-01-02T15:04:05Z","clear":["y"],"deep":{"list":[")" + x + R"(",{"clear":"y"}]},"n":1})");
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
  const auto allowed = device("file", options, {.declared = {}, .prefixing = true, .raw = true})->line_options();
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

TEST(Turn, IsNotWaitedForBehindOneWhoIsOverdue) {
  Turn turn;
  const SteadyTime past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  ASSERT_TRUE(turn.begin(past));
  EXPECT_FALSE(turn.begin(std::chrono::steady_clock::now() + std::chrono::hours(1)));  // would hang
  turn.end();
  EXPECT_TRUE(turn.begin(std::chrono::steady_clock::now() + std::chrono::hours(1)));
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
