// What every storage backend promises (backend.h), as tests. A backend's test file includes this once and instantiates
// the suite: INSTANTIATE_TEST_SUITE_P(Inmem, BackendContract, testing::Values(BackendMaker{...})).
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "internal/base/limits.h"
#include "internal/storage/backend.h"
#include "internal/storage/listing.h"

namespace bao::storage {

using BackendMaker = std::function<std::unique_ptr<Backend>()>;

inline Operation put(std::string key, std::string value) {
  return {Operation::Kind::put, std::move(key), std::move(value), "", ""};
}
inline Operation remove(std::string key) { return {Operation::Kind::remove, std::move(key), "", "", ""}; }
inline Operation index_put(std::string table, std::string sort_key, std::string key) {
  return {Operation::Kind::index_put, std::move(key), "", std::move(table), std::move(sort_key)};
}
inline Operation index_remove(std::string table, std::string sort_key, std::string key) {
  return {Operation::Kind::index_remove, std::move(key), "", std::move(table), std::move(sort_key)};
}

class BackendContract : public testing::TestWithParam<BackendMaker> {
 protected:
  base::Index write(std::vector<Operation> operations) {
    const auto index = backend->propose({{}, {}, std::move(operations)});
    EXPECT_TRUE(index.ok()) << (index.ok() ? "" : index.error().message());
    return index.ok() ? *index : base::Index{};
  }
  std::string read(const std::string& key) {
    const auto record = backend->snapshot()->get(key);
    EXPECT_TRUE(record.ok());
    return record.ok() && *record ? (*record)->value : "(absent)";
  }
  std::vector<std::string> list(const std::string& prefix, const std::string& after = "", int64_t limit = -1) {
    const auto names = backend->snapshot()->list(prefix, after, limit);
    EXPECT_TRUE(names.ok());
    return names.ok() ? *names : std::vector<std::string>{};
  }
  using Names = std::vector<std::string>;
  std::unique_ptr<Backend> backend = GetParam()();
};

TEST_P(BackendContract, WhatWasWrittenIsReadWithTheIndexThatWroteIt) {
  EXPECT_EQ(read("a"), "(absent)");
  const base::Index first = write({put("a", "1"), put("b", std::string("\0\xff", 2))});
  const base::Index second = write({put("a", "2"), remove("absent")});
  EXPECT_LT(first, second);
  EXPECT_EQ(backend->applied(), second);
  auto snapshot = backend->snapshot();
  EXPECT_EQ(snapshot->index(), second);
  EXPECT_EQ((*snapshot->get("a"))->modified, second);
  EXPECT_EQ((*snapshot->get("b"))->modified, first);
  EXPECT_EQ((*snapshot->get("b"))->value, std::string("\0\xff", 2));
  write({remove("a"), put("empty", "")});
  EXPECT_EQ(read("a"), "(absent)");
  EXPECT_EQ(read("empty"), "");
}

TEST_P(BackendContract, OperationsOfATransactionHappenInOrder) {
  write({put("a", "1"), remove("a"), put("b", "1"), put("b", "2"), remove("c"), put("c", "3")});
  EXPECT_EQ(read("a"), "(absent)");
  EXPECT_EQ(read("b"), "2");
  EXPECT_EQ(read("c"), "3");
}

TEST_P(BackendContract, ASnapshotStaysWhatItWas) {
  write({put("a/1", "old"), put("a/2", "old")});
  auto snapshot = backend->snapshot();
  EXPECT_EQ((*snapshot->get("a/1"))->value, "old");
  const base::Index index = snapshot->index();
  write({put("a/1", "new"), remove("a/2"), put("a/3", "new"), index_put("t", "1", "a/3")});
  EXPECT_EQ((*snapshot->get("a/1"))->value, "old");
  EXPECT_EQ((*snapshot->get("a/2"))->value, "old");
  EXPECT_EQ(*snapshot->list("a/"), (Names{"1", "2"}));
  EXPECT_TRUE(snapshot->index_scan("t", "9", -1)->empty());
  EXPECT_EQ(snapshot->index(), index);
  EXPECT_EQ(list("a/"), (Names{"1", "3"}));
}

TEST_P(BackendContract, ListsLeavesAndFoldersOnceInByteOrder) {
  write({put("x/a", ""), put("x/a/b", ""), put("x/a/c/d", ""), put("x/a-b", ""), put("x/a0", ""), put("x/b/c", ""),
         put("x0", ""), put("y", ""), put("x/", "")});
  EXPECT_EQ(list("x/"), (Names{"", "a", "a-b", "a/", "a0", "b/"}));
  EXPECT_EQ(list(""), (Names{"x/", "x0", "y"}));
  EXPECT_EQ(list("x/a/"), (Names{"b", "c/"}));
  EXPECT_EQ(list("z/"), Names{});
  EXPECT_EQ(list("x/", "a"), (Names{"a-b", "a/", "a0", "b/"}));
  EXPECT_EQ(list("x/", "a/"), (Names{"a0", "b/"}));
  EXPECT_EQ(list("x/", "a/b"), (Names{"a0", "b/"}));
  EXPECT_EQ(list("x/", "a-", 2), (Names{"a-b", "a/"}));
  EXPECT_EQ(list("x/", "b/"), Names{});
  EXPECT_EQ(list("x/", "", 1), Names{""});
  EXPECT_EQ(list("x/", "", 0).size(), 6u);
}

TEST_P(BackendContract, ListsKeysOfAnyBytes) {
  write({put("\xff\xff/a", ""), put("\xff\xff/\xff", ""), put("\xff\xff", ""), put("\x01", "")});
  EXPECT_EQ(list(""), (Names{"\x01", "\xff\xff", "\xff\xff/"}));
  EXPECT_EQ(list("\xff\xff/"), (Names{"a", "\xff"}));
}

TEST_P(BackendContract, PagesCoverTheWholeListing) {
  std::vector<Operation> operations;
  for (int i = 0; i < 100; ++i) operations.push_back(put("p/" + std::to_string(i) + (i % 3 == 0 ? "/x" : ""), ""));
  write(std::move(operations));
  Names all, page;
  do {
    page = list("p/", all.empty() ? "" : all.back(), 7);
    all.insert(all.end(), page.begin(), page.end());
  } while (!page.empty());
  EXPECT_EQ(all, list("p/"));
  EXPECT_EQ(all.size(), 100u);
}

TEST_P(BackendContract, AConflictChangesNothing) {
  const base::Index first = write({put("a", "1")});
  const base::Index second = write({put("a", "2")});
  const auto refused = backend->propose({{{"a", first}}, {}, {put("a", "3"), put("other", "3"), index_put("t", "1", "a")}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), base::Code::conflict);
  EXPECT_EQ(read("a"), "2");
  EXPECT_EQ(read("other"), "(absent)");
  EXPECT_TRUE(backend->snapshot()->index_scan("t", "9", -1)->empty());
  EXPECT_TRUE(backend->propose({{{"a", second}, {"other", {}}}, {}, {put("other", "4")}}).ok());
  EXPECT_EQ(backend->propose({{{"other", {}}}, {}, {put("other", "5")}}).error().code(), base::Code::conflict);
  EXPECT_EQ(read("other"), "4");
}

TEST_P(BackendContract, AListIsCheckedToo) {
  write({put("f/a", ""), put("f/b/c", "")});
  const ListCheck check{"f/", "", -1, list_hash({"a", "b/"})};
  EXPECT_TRUE(backend->propose({{}, {check}, {put("f/b/d", "")}}).ok()) << "b/ still stands for its keys";
  EXPECT_TRUE(backend->propose({{}, {check}, {put("f/e", "")}}).ok());
  EXPECT_EQ(backend->propose({{}, {check}, {put("f/g", "")}}).error().code(), base::Code::conflict);
  EXPECT_TRUE(backend->propose({{}, {{"f/", "a", 1, list_hash({"b/"})}}, {put("f/g", "")}}).ok());
}

TEST_P(BackendContract, IndexTablesScanInOrderOfSortKeyAndKey) {
  const std::string low("\0", 1);
  write({index_put("t", "2", "b"), index_put("t", "2", "a"), index_put("t", "1", "z"), index_put("t", "3", "c"),
         index_put("u", "1", "other"), index_put("t", low, "low"), index_put("t", "2", "a")});
  const auto rows = *backend->snapshot()->index_scan("t", "3", -1);
  EXPECT_EQ(rows, (std::vector<IndexRow>{{low, "low"}, {"1", "z"}, {"2", "a"}, {"2", "b"}}));
  EXPECT_EQ(backend->snapshot()->index_scan("t", "3", 2)->size(), 2u);
  write({index_remove("t", "2", "a"), index_remove("t", "9", "absent"), index_remove("v", "1", "absent")});
  EXPECT_EQ(backend->snapshot()->index_scan("t", "9", -1)->size(), 4u);
  EXPECT_TRUE(backend->snapshot()->index_scan("none", "9", -1)->empty());
}

TEST_P(BackendContract, EachVisitsEveryKeyInOrderAndStopsOnAnError) {
  write({put("b", "2"), put("a/x", "1"), put("c", "3"), index_put("t", "1", "not a key")});
  std::string seen;
  EXPECT_TRUE(backend->snapshot()->each([&](std::string_view key, const Record& record) -> base::Status {
    seen += std::string(key) + "=" + record.value + " ";
    return {};
  }).ok());
  EXPECT_EQ(seen, "a/x=1 b=2 c=3 ");
  int visited = 0;
  const auto stopped = backend->snapshot()->each([&](std::string_view, const Record&) -> base::Status {
    ++visited;
    return base::invalid("enough");
  });
  EXPECT_EQ(visited, 1);
  EXPECT_EQ(stopped.error().message(), "enough");
}

TEST_P(BackendContract, SizesHaveLimits) {
  const std::string key(base::kStorageKeyBytesMax, 'k');
  const std::string value(base::kStorageValueBytesMax, 'v');
  EXPECT_TRUE(backend->propose({{}, {}, {put(key, value)}}).ok());
  EXPECT_EQ(read(key), value);
  EXPECT_EQ(backend->propose({{}, {}, {put(key + "k", "")}}).error().code(), base::Code::too_large);
  EXPECT_EQ(backend->propose({{}, {}, {put("a", value + "v")}}).error().code(), base::Code::too_large);
  EXPECT_EQ(backend->propose({{}, {}, std::vector<Operation>(9, put("a", value))}).error().code(), base::Code::too_large);
  EXPECT_EQ(backend->propose({{}, {}, {put("", "x")}}).error().code(), base::Code::invalid);
  EXPECT_EQ(read("a"), "(absent)");
}

TEST_P(BackendContract, TheListenerHearsBeforeTheProposerIsAnswered) {
  std::vector<std::string> heard;  // written on the proposer's behalf: no second proposer here
  base::Index last;
  backend->set_listener([&](const ChangeSet& changes) {
    heard.insert(heard.end(), changes.keys.begin(), changes.keys.end());
    last = changes.index;
    EXPECT_GE(backend->snapshot()->index(), changes.index) << "a listener reads what it is told of";
  });
  const base::Index index = write({put("b", ""), remove("a"), index_put("t", "1", "b")});
  EXPECT_EQ(heard, (Names{"b", "a"}));
  EXPECT_EQ(last, index);
  EXPECT_FALSE(backend->propose({{{"b", {}}}, {}, {put("c", "")}}).ok());
  EXPECT_EQ(heard.size(), 2u) << "a refused transaction changed nothing";
  backend->set_listener(nullptr);
  write({put("d", "")});
  EXPECT_EQ(heard.size(), 2u);
}

TEST_P(BackendContract, ConcurrentIncrementsLoseNothing) {
  constexpr int kThreads = 8, kRounds = 25;
  std::atomic<int> conflicts{0};
  const auto increment = [&] {
    for (;;) {
      const auto record = *backend->snapshot()->get("n");
      const int value = record ? std::stoi(record->value) : 0;
      const auto done = backend->propose({{{"n", record ? record->modified : base::Index{}}}, {},
                                          {put("n", std::to_string(value + 1))}});
      if (done.ok()) return;
      ASSERT_EQ(done.error().code(), base::Code::conflict);
      ++conflicts;
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] { for (int i = 0; i < kRounds; ++i) increment(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(read("n"), std::to_string(kThreads * kRounds));
}

TEST_P(BackendContract, ReadersSeeWholeTransactionsOnlyWhileOthersWrite) {
  write({put("pair/1", "0"), put("pair/2", "0")});
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 1; i <= 200; ++i) write({put("pair/1", std::to_string(i)), put("pair/2", std::to_string(i))});
    stop = true;
  });
  while (!stop) {
    auto snapshot = backend->snapshot();
    const auto first = *snapshot->get("pair/1"), second = *snapshot->get("pair/2");
    ASSERT_EQ(first->value, second->value);
    ASSERT_EQ(first->modified, second->modified);
  }
  writer.join();
}

// Against a plain std::map as the model.
TEST_P(BackendContract, RandomOperationsMatchAModel) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::string, std::string> model;
  const auto key = [&] {
    std::string text;
    for (unsigned i = 0, n = 1 + random() % 4; i < n; ++i) text += "/ab0\xff"[random() % 5];
    return text;
  };
  for (int round = 0; round < 60; ++round) {
    std::vector<Operation> operations;
    for (int i = 0; i < 10; ++i) {
      const std::string k = key();
      if (random() % 3 == 0) {
        operations.push_back(remove(k));
        model.erase(k);
      } else {
        operations.push_back(put(k, std::to_string(round)));
        model[k] = std::to_string(round);
      }
    }
    write(std::move(operations));
    std::string prefix = random() % 2 == 0 ? "" : key() + "/", after = random() % 2 == 0 ? "" : key();
    Names expected;
    for (const auto& [k, v] : model) {
      if (!k.starts_with(prefix)) continue;
      const std::string rest = k.substr(prefix.size());
      const std::string name = rest.find('/') == std::string::npos ? rest : rest.substr(0, rest.find('/') + 1);
      if ((after.empty() || name > after) && (expected.empty() || expected.back() != name)) expected.push_back(name);
    }
    ASSERT_EQ(list(prefix, after), expected) << "prefix " << prefix << " after " << after;
  }
  std::map<std::string, std::string> all;
  ASSERT_TRUE(backend->snapshot()->each([&](std::string_view k, const Record& record) -> base::Status {
    all[std::string(k)] = record.value;
    return {};
  }).ok());
  EXPECT_EQ(all, model);
}

}  // namespace bao::storage
