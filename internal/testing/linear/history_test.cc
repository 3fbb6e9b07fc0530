#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"
#include "internal/testing/linear/random_history.h"

namespace bao::testing::linear {
namespace {

TEST(Recorder, MergesTheLogsOfThreadsByTimeOfCall) {
  Recorder recorder;
  std::vector<std::thread> threads;
  for (const char* name : {"a", "b", "c"}) {
    threads.emplace_back([&log = recorder.add_client(name)] {
      for (int i = 0; i < 100; ++i) {
        const size_t ticket = log.begin(put("x", log.unique_value()), "n1");
        log.finish(ticket, Outcome::ok);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const History history = recorder.history();
  ASSERT_EQ(history.operations.size(), 300u);
  std::set<std::string> values;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    values.insert(*o.value);
    EXPECT_LE(o.call_ns, o.return_ns);
    EXPECT_LE(history.operations[i == 0 ? 0 : i - 1].call_ns, o.call_ns);
  }
  EXPECT_EQ(values.size(), 300u) << "each write has a value of its own";
}

TEST(Recorder, KeepsWhatWasNeverAnsweredAsUnknown) {
  int64_t now = 0;
  Recorder recorder([&] { return ++now; });
  ClientLog& log = recorder.add_client("a");
  log.begin(put("x", "1"), "n1");
  const size_t read = log.begin(get("x"), "n2");
  log.finish(read, Outcome::ok, base::Index{7}, "1");
  recorder.applied(base::Index{7}, "x", "1");
  EXPECT_EQ(write_history(recorder.history()),
            "1 1 a n1 - unknown put x 1\n"
            "2 3 a n2 7 ok get x 1\n"
            "applied 7 x 1\n");
  EXPECT_EQ(check(recorder.history()).verdict, Verdict::linearizable);
}

TEST(HistoryText, ReadsBackWhatItWrote) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Shape shape{4, 200, 3};
  shape.unknown = 20;
  History history = World(shape, seed).run();
  history.operations[0].key = "a key\n#%";
  history.operations[1].client = "-";
  history.operations[2].node = "-";
  const auto again = parse_history(write_history(history));
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again->applied, history.applied);
  EXPECT_EQ(again->operations, history.operations);
}

TEST(HistoryText, SaysWhichLineIsWrong) {
  const auto message = [](const char* text) { return parse_history(text).error().message(); };
  EXPECT_EQ(message("# fine\n20 10 a - - ok get x -\n"), "line 2: it returns before it is called");
  EXPECT_EQ(message("1 2 a - - ok get x\n"), "line 1: 1 words must follow the key");
  EXPECT_EQ(message("1 2 a - - ok put x -\n"), "line 1: a put writes a value; use delete");
  EXPECT_EQ(message("1 2 a - - mismatch put x 1\n"), "line 1: only a cas has a mismatch");
  EXPECT_EQ(message("1 2 a - 1x ok get x -\n"), "line 1: no number: 1x");
  EXPECT_EQ(message("1 2 a - - ok get %4 -\n"), "line 1: % without two hex digits");
  EXPECT_EQ(message("1 2 a - - fine get x -\n"), "line 1: nothing is called fine");
  EXPECT_EQ(message("applied 2 x 1\napplied 1 x 1\n"), "line 2: applied goes back");
}

}  // namespace
}  // namespace bao::testing::linear
