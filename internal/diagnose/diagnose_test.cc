// What an operator reads off a diagnosis: the worst of a branch is that of the whole, and each thing that keeps a server from
// starting is found and named.
#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "internal/crypto/tls.h"
#include "internal/diagnose/checks.h"
#include "internal/net/listening_socket.h"

namespace bao::diagnose {
namespace {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/diagnose-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    return path_ + "/" + name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

using Run = void (*)(const config::Config&, Finding&);
Finding run(Run check, const config::Config& config) {
  Finding found("check");
  check(config, found);
  return found;
}
bool says(const Finding& found, const std::string& text) { return found.text().find(text) != std::string::npos; }

config::Config raft_in(const std::string& path) {
  config::Config config;
  config.storage.emplace();
  config.storage->type = "raft";
  config.storage->path = path;
  config.api_addr = "https://127.0.0.1:8200";
  config.cluster_addr = "https://127.0.0.1:8201";
  return config;
}

TEST(Finding, TheWorstCounts) {
  Finding root("Root");
  root.add("a", Grade::ok, "fine");
  EXPECT_EQ(root.grade(), Grade::ok);
  root.add("b").warn("look");
  EXPECT_EQ(root.grade(), Grade::warning);
  root.add("c").add("d", Grade::failure, "broken", "mend it");
  EXPECT_EQ(root.grade(), Grade::failure);
  EXPECT_EQ(Finding("e").json()["status"].as_string(), "ok");
  const codec::Json json = root.json();
  EXPECT_EQ(json["status"].as_string(), "fail");
  EXPECT_EQ(json["children"].items()[1]["warnings"].items()[0].as_string(), "look");
  EXPECT_EQ(json["children"].items()[2]["children"].items()[0]["Advice"].as_string(), "mend it");
  EXPECT_EQ(root.text(),
            "\x1b[31m[ failure ]\x1b[0m Root\n"
            "  \x1b[32m[ success ]\x1b[0m a: fine\n"
            "  \x1b[33m[ warning ]\x1b[0m b: look\n"
            "  \x1b[31m[ failure ]\x1b[0m c\n"
            "    \x1b[31m[ failure ]\x1b[0m d: broken\n      \x1b[35mmend it\x1b[0m\n");
}

TEST(Initialize, BlocksAreLookedAtBeforeTheyRun) {
  config::Config config;
  const auto grade = [&] { return run(check_initialize, config).grade(); };
  EXPECT_EQ(grade(), Grade::skipped);
  request_profile::Step step{"s", "read", "sys/mounts", nullptr, nullptr, nullptr, nullptr, nullptr};
  config.initialize.blocks = {{"b", nullptr, {step}}};
  EXPECT_TRUE(says(run(check_initialize, config), "requires auto-unseal"));
  config.seals.emplace_back();
  config.seals.back().type = "static";
  config.seals.back().current_key_id = "k1";
  config.seals.back().current_key = std::string(64, 'a');
  EXPECT_EQ(grade(), Grade::ok) << run(check_initialize, config).text();
  step.token = codec::Json::object({{"eval_source", "env"}, {"eval_type", "string"}, {"env_var", "SURELY_NOT_SET"}, {"require_present", true}});
  config.initialize.blocks.front().steps = {step};
  EXPECT_EQ(grade(), Grade::warning);
  step.operation = "writes";
  config.initialize.blocks.front().steps = {step};
  EXPECT_EQ(grade(), Grade::failure);
}

TEST(Storage, TheFolderIsLookedInto) {
  EXPECT_EQ(run(check_storage, raft_in("/nowhere")).grade(), Grade::failure);
  EXPECT_EQ(run(check_storage, config::Config()).grade(), Grade::failure);
  const Folder folder;
  EXPECT_TRUE(says(run(check_storage, raft_in(folder.path())), "There is no data yet."));
  EXPECT_TRUE(says(run(check_storage, raft_in(folder.path())), "fsyncs took"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nothing is left behind";
  chmod(folder.path().c_str(), 0755);
  EXPECT_TRUE(says(run(check_storage, raft_in(folder.path())), "too many permissions: perms are rwxr-xr-x"));
  folder.write("vault.db", "");
  EXPECT_TRUE(says(run(check_storage, raft_in(folder.path())), "bao operator migrate"));
  folder.write("state.db", "");
  EXPECT_TRUE(says(run(check_storage, raft_in(folder.path())), "log.db is missing"));
  const int lock = open(folder.write("lock", "").c_str(), O_RDWR);
  flock(lock, LOCK_EX);
  EXPECT_TRUE(says(run(check_storage, raft_in(folder.path())), "A server runs on this data."));
  close(lock);
}

TEST(Listeners, CertificatesAndKeysAreChecked) {
  const Folder folder, other;
  const auto files = *crypto::make_development_certificate(folder.path(), {"localhost"});
  const auto others = *crypto::make_development_certificate(other.path(), {"localhost"});
  config::Config config;
  config.listeners.resize(1);
  config.listeners[0].tls_cert_file = files.certificate_file;
  config.listeners[0].tls_key_file = files.key_file;
  const Finding good = run(check_listener_tls, config);
  EXPECT_NE(good.grade(), Grade::failure) << good.text();
  config.listeners[0].tls_key_file = others.key_file;
  EXPECT_EQ(run(check_listener_tls, config).grade(), Grade::failure) << "another certificate's key";
  config.listeners[0].tls_key_file = files.key_file;
  config.listeners[0].tls_cert_file = files.ca_file;
  EXPECT_TRUE(says(run(check_listener_tls, config), "No leaf certificates detected."));
  config.listeners[0].tls_cert_file = "/nowhere/cert.pem";
  EXPECT_TRUE(says(run(check_listener_tls, config), "/nowhere/cert.pem"));
  config.listeners[0].tls_disable = true;
  EXPECT_EQ(run(check_listener_tls, config).grade(), Grade::warning);
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Listeners, AChainHasToHoldTogether) {
  const Folder folder, other;
  const auto files = *crypto::make_development_certificate(folder.path(), {"localhost"});
  const auto others = *crypto::make_development_certificate(other.path(), {"localhost"});
  config::Config config;
  config.listeners.resize(1);
  config.listeners[0].tls_key_file = files.key_file;
  config.listeners[0].tls_cert_file = folder.write("whole.pem", text_of(files.certificate_file) + text_of(files.ca_file));
  EXPECT_NE(run(check_listener_tls, config).grade(), Grade::failure) << run(check_listener_tls, config).text();
  config.listeners[0].tls_cert_file = folder.write("mixed.pem", text_of(files.certificate_file) + text_of(others.ca_file));
  EXPECT_TRUE(says(run(check_listener_tls, config), "signed by unknown authority"));
}

TEST(Listeners, AnAddressInUseIsTold) {
  const auto taken = net::ListeningSocket::open("127.0.0.1:0");
  ASSERT_TRUE(taken.ok());
  config::Config config;
  config.listeners.resize(1);
  config.listeners[0].address = (*taken)->address();
  EXPECT_TRUE(says(run(check_listeners, config), "address already in use"));
  config.listeners[0].address = "127.0.0.1:0";
  EXPECT_EQ(run(check_listeners, config).grade(), Grade::ok);
}

TEST(Addresses, OfTheClusterAreThereAndApart) {
  config::Config config = raft_in("/tmp");
  EXPECT_EQ(run(diagnose::check_addresses, config).grade(), Grade::ok);
  config.cluster_addr = "https://127.0.0.1:8200";
  EXPECT_EQ(run(diagnose::check_addresses, config).grade(), Grade::failure);
  config.cluster_addr = "https://bao.example";
  EXPECT_EQ(run(diagnose::check_addresses, config).grade(), Grade::failure);
  config.cluster_addr.clear();
  EXPECT_EQ(run(diagnose::check_addresses, config).grade(), Grade::failure);
}

TEST(Seal, OneThatUnsealsByItselfIsTried) {
  config::Config config;
  EXPECT_EQ(run(check_auto_unseal, config).grade(), Grade::skipped);
  config.seals.resize(1);
  config.seals[0].type = "static";
  config.seals[0].current_key_id = "k1";
  config.seals[0].current_key = std::string(64, 'a');
  EXPECT_EQ(run(check_auto_unseal, config).grade(), Grade::ok);
  config.seals[0].current_key = "short";
  EXPECT_EQ(run(check_seal, config).grade(), Grade::failure);
  EXPECT_FALSE(says(run(check_seal, config), "short")) << "a key is never shown";
}

TEST(Peers, WhoDoesNotAnswerIsNamed) {
  config::Config config = raft_in("/tmp");
  EXPECT_EQ(run(check_peers, config).grade(), Grade::skipped);
  const auto silent = net::ListeningSocket::open("127.0.0.1:0");
  config.storage->retry_join.push_back({"http://" + (*silent)->address() + "0", {}});
  const Finding found = run(check_peers, config);
  EXPECT_EQ(found.grade(), Grade::warning);
  EXPECT_TRUE(says(found, "0 of 1 nodes"));
}

}  // namespace
}  // namespace bao::diagnose
