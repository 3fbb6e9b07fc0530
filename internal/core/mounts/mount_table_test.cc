// The table as requests and the administrator see it: enabling, the router that follows, disabling, resuming.
#include "internal/core/mounts/mount_table.h"

#include <gtest/gtest.h>

#include <thread>

#include "internal/base/deadline.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Status;

// Counts what it is asked for; keeps one key so that removal can be seen.
class NoteBackend final : public logical::Backend {
 public:
  explicit NoteBackend(std::string version) : version_(std::move(version)) {}
  Status initialize(storage::WriteView& view) override { return view.put("salt", "s"); }
  base::Result<bool> upgrade_step(storage::WriteView& view) override {
    if (version_ != "2") return true;
    ASSIGN_OR_RETURN(const auto steps, view.get("steps"));
    const std::string next = steps ? *steps + "i" : "i";
    TRY(view.put("steps", next));
    return next.size() >= 3;
  }
  base::Status work(base::Time, const Transact& transact) override {
    return transact([](storage::WriteView& view) -> Status {
      ASSIGN_OR_RETURN(const auto turns, view.get("turns"));
      return view.put("turns", (turns ? *turns : "") + "w");
    });
  }

 private:
  const std::string version_;
};

class MountTableTest : public ::testing::Test {
 protected:
  MountTableTest() {
    barrier_.set_keyring(std::make_shared<const barrier::Keyring>(barrier::Keyring::generate(clock_.now())));
    backend_->set_listener([this](const storage::ChangeSet& changes) {
      for (const std::string& key : changes.keys) {
        if (key.starts_with("core/")) table_.mark_stale(changes.index);
      }
    });
    EXPECT_TRUE(transact([&](auto& all) { return table_.initialize(all); }).ok());
    EXPECT_TRUE(table_.load().ok());
    EXPECT_TRUE(table_.initialize_backends().ok());
  }
  ~MountTableTest() override { backend_->set_listener(nullptr); }

  static MountTable::Factories factories() {
    const auto note = [](const logical::BackendConfig& config) -> base::Result<std::unique_ptr<logical::Backend>> {
      const auto version = config.options.find("version");
      return std::unique_ptr<logical::Backend>(
          std::make_unique<NoteBackend>(version == config.options.end() ? "" : version->second));
    };
    return {{"note", note}, {"system", note}, {"cubbyhole", note}, {"token", note}};
  }
  Status transact(const std::function<Status(barrier::Transaction&)>& body) {
    const auto done = barrier_.transact(body);
    return done.ok() ? Status() : Status(done.error());
  }
  Status enable(const std::string& path, const std::string& type = "note", const std::string& table = "mounts") {
    MountEntry entry;
    entry.table = table;
    entry.path = path;
    entry.type = type;
    return transact([&](auto& all) -> Status {
      TRY(table_.enable(all, entry));
      return {};
    });
  }
  std::string refusal(const Status& status) { return status.ok() ? "accepted" : status.error().message(); }
  std::string served_by(const std::string& path) {
    const auto router = table_.router();
    const auto* mount = router->find(path);
    return mount == nullptr ? "none" : (*mount)->mount_point;
  }
  size_t keys_below(const std::string& prefix) {
    return storage::leaves_below(barrier::Reader(barrier_), prefix)->size();
  }

  base::FakeClock clock_{base::Time(std::chrono::hours(500'000))};
  std::unique_ptr<storage::Backend> backend_ = storage::inmem::open();
  barrier::Barrier barrier_{*backend_};
  MountTable table_{barrier_, factories(), factories(), {}, clock_, "v2.6.2+builtin.bao"};
};

TEST_F(MountTableTest, EveryNodeHasItsBuiltInMounts) {
  EXPECT_EQ(served_by("sys/mounts"), "sys/");
  EXPECT_EQ(served_by("identity/entity"), "identity/");
  EXPECT_EQ(served_by("auth/token/create"), "auth/token/");
  const auto router = table_.router();
  const Mount& cubbyhole = **router->find("cubbyhole/x");
  EXPECT_TRUE(cubbyhole.entry.local);
  EXPECT_TRUE(cubbyhole.entry.accessor.starts_with("cubbyhole_"));
  EXPECT_EQ(cubbyhole.max_lease_ttl, std::chrono::hours(768));
  EXPECT_EQ((*router->find("auth/token/x"))->entry.accessor.substr(0, 11), "auth_token_");
  // Once more changes nothing.
  EXPECT_TRUE(transact([&](auto& all) { return table_.initialize(all); }).ok());
  EXPECT_EQ(table_.router()->mounts().size(), 4u);
}

TEST_F(MountTableTest, WhatIsEnabledServesAtOnceAndWasInitialised) {
  ASSERT_TRUE(enable("one").ok());
  EXPECT_EQ(served_by("one/x"), "one/");
  const auto router = table_.router();
  EXPECT_EQ(keys_below((*router->find("one/"))->entry.data_prefix()), 1u);
}

TEST_F(MountTableTest, EnginesWorkOnTheirOwnDataWhileTheirMountIsThere) {
  ASSERT_TRUE(enable("one").ok());
  const std::string turns = (*table_.router()->find("one/"))->entry.data_prefix() + "turns";
  table_.work();
  table_.work();
  EXPECT_EQ(**barrier::Reader(barrier_).get(turns), "ww");
  const auto held = table_.router();  // keeps the engine alive
  ASSERT_TRUE(table_.disable("mounts", "one", [](const MountEntry&) { return Status(); }).ok());
  table_.work();
  EXPECT_FALSE(barrier::Reader(barrier_).get(turns)->has_value());
}

// whoever happens to load it does so for everybody.
TEST_F(MountTableTest, AChangedTableIsLoadedHoweverLittleTimeTheRequestHasLeft) {
  ASSERT_TRUE(enable("one").ok());
  const base::RequestDeadline over(std::chrono::steady_clock::now());
  EXPECT_EQ(served_by("one/x"), "one/");
}

// what an engine of the replaced data keeps is never served, also when the table could not be loaded at first.
TEST_F(MountTableTest, EnginesAreMadeAnewWhenEverythingWasReplaced) {
  ASSERT_TRUE(enable("one").ok());
  const auto before = (*table_.router()->find("one/"))->backend;
  ASSERT_TRUE(transact([&](auto& all) { return all.put("core/mounts/broken", "{"); }).ok());
  table_.mark_replaced(backend_->applied());
  EXPECT_EQ(served_by("one/x"), "one/") << "the old table stays in force";
  ASSERT_TRUE(transact([&](auto& all) { return all.remove("core/mounts/broken"); }).ok());
  EXPECT_NE((*table_.router()->find("one/"))->backend, before);
}

// what a standby remembered for later it remembered for good.
TEST_F(MountTableTest, WhatCameAndWentWhileANodeStoodByIsNotInitialisedByIt) {
  MountTable standby(barrier_, factories(), factories(), {}, clock_, "");
  ASSERT_TRUE(standby.load().ok());
  ASSERT_TRUE(enable("one").ok());
  standby.mark_stale(backend_->applied());
  const std::string prefix = (*standby.router()->find("one/"))->entry.data_prefix();
  ASSERT_TRUE(table_.disable("mounts", "one", [](const MountEntry&) { return Status(); }).ok());
  standby.mark_stale(backend_->applied());
  ASSERT_TRUE(standby.initialize_backends().ok());
  EXPECT_EQ(keys_below(prefix), 0u);
}

TEST_F(MountTableTest, WhatCouldNotBeInitialisedYetIsLater) {
  ASSERT_TRUE(enable("one").ok());
  const std::string prefix = (*table_.router()->find("one/"))->entry.data_prefix();
  ASSERT_TRUE(transact([&](auto& all) { return all.remove(prefix + "salt"); }).ok());
  MountTable standby(barrier_, factories(), factories(), {}, clock_, "");
  ASSERT_TRUE(standby.load().ok());
  const auto keyring = barrier_.keyring();
  barrier_.seal();
  EXPECT_FALSE(standby.initialize_backends().ok());
  barrier_.set_keyring(keyring);
  EXPECT_TRUE(standby.initialize_backends().ok());
  EXPECT_EQ(keys_below(prefix), 1u);
}

TEST_F(MountTableTest, WhatCannotBeEnabledIsRefusedInTheReferencesWords) {
  ASSERT_TRUE(enable("one").ok());
  ASSERT_TRUE(enable("two/deep/er").ok());
  EXPECT_EQ(refusal(enable("one")), "path is already in use at one/");
  EXPECT_EQ(refusal(enable("one/under")), "path is already in use at one/");
  EXPECT_EQ(refusal(enable("two")), "path is already in use at two/deep/er/");
  EXPECT_EQ(refusal(enable("six", "no-such-engine")), "plugin not found in the catalog: no-such-engine");
  EXPECT_EQ(refusal(enable("six", "cubbyhole")), "mount type of \"cubbyhole\" is not mountable");
  EXPECT_EQ(refusal(enable("sys")), "cannot mount \"sys/\"");
  EXPECT_EQ(refusal(enable("auth/x")), "cannot mount \"auth/x/\"");
  EXPECT_EQ(refusal(enable("one", "note", "auth")), "accepted");
}

TEST_F(MountTableTest, DisablingTakesDataAndEntry) {
  ASSERT_TRUE(enable("one").ok());
  const std::string prefix = (*table_.router()->find("one/"))->entry.data_prefix();
  ASSERT_TRUE(transact([&](auto& all) -> Status {
                for (int i = 0; i < 600; ++i) TRY(all.put(prefix + "k/" + std::to_string(i), "v"));
                return {};
              }).ok());
  std::string revoked;
  ASSERT_TRUE(table_.disable("mounts", "one", [&](const MountEntry& entry) {
    revoked = entry.route();
    EXPECT_TRUE((*table_.router()->find("one/"))->entry.tainted);
    return Status();
  }).ok());
  EXPECT_EQ(revoked, "one/");
  EXPECT_EQ(served_by("one/x"), "none");
  EXPECT_EQ(keys_below(prefix), 0u);
  EXPECT_TRUE(table_.disable("mounts", "absent", [](const MountEntry&) { return Status(); }).ok());
  EXPECT_EQ(refusal(table_.disable("mounts", "sys", [](const MountEntry&) { return Status(); })), "cannot unmount \"sys/\"");
  EXPECT_EQ(refusal(table_.disable("auth", "token", [](const MountEntry&) { return Status(); })),
            "token credential backend cannot be disabled");
}

// what was interrupted blocked the start
TEST_F(MountTableTest, AnInterruptedRemovalIsResumed) {
  ASSERT_TRUE(enable("one").ok());
  const auto fails = [](const MountEntry&) { return Status(base::internal("the process ends here")); };
  EXPECT_FALSE(table_.disable("mounts", "one", fails).ok());
  table_.unload();
  ASSERT_TRUE(table_.load().ok());
  EXPECT_TRUE((*table_.router()->find("one/x"))->entry.tainted);
  ASSERT_TRUE(table_.resume_disabling([](const MountEntry&) { return Status(); }).ok());
  EXPECT_EQ(served_by("one/x"), "none");
}

TEST_F(MountTableTest, AnEngineStaysWhereOnlySettingsChange) {
  ASSERT_TRUE(enable("one").ok());
  const auto engine = [&] { return (*table_.router()->find("one/"))->backend; };
  const auto before = engine();
  const auto tune = [&](const std::function<void(MountEntry&)>& change) {
    return transact([&](auto& all) -> Status {
      ASSIGN_OR_RETURN(MountEntry entry, table_.find(all, "mounts", "one/"));
      change(entry);
      return table_.store(all, entry);
    });
  };
  ASSERT_TRUE(tune([](MountEntry& entry) { entry.description = "changed"; }).ok());
  EXPECT_EQ(engine(), before);
  EXPECT_EQ((*table_.router()->find("one/"))->entry.description, "changed");
  ASSERT_TRUE(tune([](MountEntry& entry) { entry.config.max_lease_ttl = std::chrono::hours(1); }).ok());
  EXPECT_NE(engine(), before);
  EXPECT_EQ((*table_.router()->find("one/"))->max_lease_ttl, std::chrono::hours(1));
  EXPECT_EQ((*table_.router()->find("one/"))->default_lease_ttl, std::chrono::hours(768)) << "shown as it is, above the maximum too";
  // Another layout of the data: the new engine moves it, step by step.
  ASSERT_TRUE(tune([](MountEntry& entry) { entry.options = std::map<std::string, std::string>{{"version", "2"}}; }).ok());
  table_.initialize_new_backends();
  const std::string prefix = (*table_.router()->find("one/"))->entry.data_prefix();
  EXPECT_EQ(**barrier::Reader(barrier_).get(prefix + "steps"), "iii");
}

TEST_F(MountTableTest, DataOfUnknownEnginesIsKept) {
  MountEntry entry;
  entry.table = "mounts";
  entry.path = "pki/";
  entry.type = "pki";
  entry.uuid = "u-pki";
  ASSERT_TRUE(transact([&](auto& all) { return table_.store(all, entry); }).ok());
  ASSERT_TRUE(transact([&](auto& all) { return all.put("logical/u-pki/ca", "v"); }).ok());
  const auto router = table_.router();
  const logical::Request request;
  const logical::Fields none;
  const auto reply = (*router->find("pki/ca"))->backend->unmatched({request, none, clock_.now()});
  EXPECT_EQ(reply.error().code(), base::Code::absent);
  EXPECT_EQ(keys_below("logical/u-pki/"), 1u);
}

TEST_F(MountTableTest, ReadersGoOnWhileTheTableChanges) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto router = table_.router();
        ASSERT_NE(router, nullptr);
        ASSERT_NE(router->find("sys/mounts"), nullptr);
      }
    });
  }
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(enable("m" + std::to_string(i)).ok());
    ASSERT_EQ(served_by("m" + std::to_string(i) + "/x"), "m" + std::to_string(i) + "/");
    if (i % 3 == 0) {
      ASSERT_TRUE(table_.disable("mounts", "m" + std::to_string(i), [](const MountEntry&) { return Status(); }).ok());
    }
  }
  stop = true;
  for (auto& reader : readers) reader.join();
}

// a mount was mounted twice by two reloads at once
TEST_F(MountTableTest, OfTwoWhoEnableOverlappingPathsOneWins) {
  std::atomic<int> accepted{0};
  std::vector<std::thread> threads;
  for (const char* path : {"a", "a/b", "a/b/c", "a"}) {
    threads.emplace_back([&, path] { accepted += enable(path).ok() ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace bao::core
