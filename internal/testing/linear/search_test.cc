// The search against the definition: thousands of small random histories, good ones that are spoilt, and long ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "internal/testing/linear/brute_force.h"
#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"
#include "internal/testing/linear/random_history.h"

namespace bao::testing::linear {
namespace {

// Anything at any time: small intervals, few values, answers by dice.
History nonsense(std::mt19937_64& random) {
  const auto dice = [&](uint64_t sides) { return random() % sides; };
  const auto value = [&]() -> Value { return dice(3) == 0 ? Value() : Value("v" + std::to_string(dice(2))); };
  History history;
  for (uint64_t left = 2 + dice(6); left > 0; --left) {
    const uint64_t kind = dice(10);
    Operation o = kind < 4 ? get("x") : kind < 6 ? put("x", "v" + std::to_string(dice(2))) : kind < 7 ? remove("x") : cas("x", value(), value());
    o.outcome = dice(4) == 0 ? Outcome::unknown : o.kind == Kind::cas && dice(2) == 0 ? Outcome::mismatch : Outcome::ok;
    if (o.kind == Kind::get) o.value = value();
    o.client = "c" + std::to_string(left);
    o.call_ns = static_cast<int64_t>(dice(12));
    o.return_ns = o.call_ns + static_cast<int64_t>(dice(8));
    history.operations.push_back(std::move(o));
  }
  return history;
}

// One thing changed that a bug may change: an answer, an outcome, a time, a write that never happened.
void spoil(History& history, std::mt19937_64& random) {
  Operation& o = history.operations[random() % history.operations.size()];
  const Operation& other = history.operations[random() % history.operations.size()];
  switch (random() % 4) {
    case 0: (is_read(o) ? o.value : o.expected) = other.value; break;
    case 1: if (o.kind == Kind::cas) o.outcome = o.outcome == Outcome::ok ? Outcome::mismatch : Outcome::ok; break;
    case 2: {
      const int64_t shift = static_cast<int64_t>(random() % 15) - 7;
      o.call_ns += shift;
      o.return_ns += shift;
      break;
    }
    default: if (!is_read(o)) o.outcome = Outcome::refused;
  }
}

bool agrees(const History& history) {
  const bool is_good = BruteForce(history.operations).has_order();
  const OrderReport report = check_order(history, Limits{});
  EXPECT_TRUE(report.undecided.empty());
  EXPECT_EQ(report.findings.empty(), is_good) << write_history(history);
  return is_good;
}

TEST(Search, AgreesWithTheDefinitionOnNonsense) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int good = 0;
  constexpr int kHistories = 8000;
  for (int i = 0; i < kHistories && !HasFailure(); ++i) good += agrees(nonsense(random)) ? 1 : 0;
  EXPECT_GT(good, kHistories / 20);
  EXPECT_LT(good, kHistories * 19 / 20);
}

TEST(Search, AcceptsWhatAWorkingStoreDoes) {
  const uint64_t seed = std::random_device{}();
  for (uint64_t i = 0; i < 300 && !HasFailure(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(seed + i));
    Shape shape{5, 150, 3};
    shape.unknown = static_cast<int>(i % 3) * 5;
    shape.values = i % 2 == 0 ? 0 : 4;
    const History history = World(shape, seed + i).run();
    const Report report = check(history);
    EXPECT_EQ(report.verdict, Verdict::linearizable) << describe(report, history) << write_history(history);
  }
}

TEST(Search, TurnsOnASpoiltHistory) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  int spoilt = 0;
  for (int i = 0; i < 4000 && !HasFailure(); ++i) {
    Shape shape;
    shape.unknown = 10 * (i % 3);
    shape.values = i % 2 == 0 ? 0 : 2;
    History history = World(shape, random()).run();
    EXPECT_TRUE(agrees(history));
    spoil(history, random);
    spoilt += agrees(history) ? 0 : 1;
  }
  EXPECT_GT(spoilt, 200);
}

Operation at(Operation o, int64_t call, int64_t ret, const char* client = "z") {
  o.client = client;
  o.call_ns = call;
  o.return_ns = ret;
  o.outcome = Outcome::ok;
  return o;
}

Operation found(Operation o, Value value) {
  o.value = std::move(value);
  return o;
}

// A small fault behind a long good history: it is found, and shown by no more than itself.
TEST(Search, FindsAFaultInALongHistoryAndShowsItAlone) {
  const uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  int faults = 0;
  for (uint64_t i = 0; i < 100 && !HasFailure(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " history " + std::to_string(i));
    Shape small;
    small.values = 2;
    History fault = World(small, random()).run();
    spoil(fault, random);
    if (BruteForce(fault.operations).has_order()) continue;
    ++faults;
    History history = World(Shape{6, 300}, random()).run();
    const int64_t end = 10'000;
    history.operations.push_back(at(remove("k0"), end, end + 1));
    for (Operation& o : fault.operations) {
      for (Value* value : {&o.expected, &o.value}) {
        if (*value) **value += "'";
      }
      o.call_ns += end + 10;
      o.return_ns += end + 10;
      history.operations.push_back(o);
    }
    history.applied.clear();
    const OrderReport report = check_order(history, Limits{});
    ASSERT_EQ(report.findings.size(), 1u);
    ASSERT_LE(report.findings[0].operations.size(), fault.operations.size() + 1) << describe(check(history), history);
    std::vector<Operation> shown;
    for (const size_t position : report.findings[0].operations) shown.push_back(history.operations[position]);
    EXPECT_FALSE(BruteForce(shown).has_order()) << "what is shown proves it";
  }
  EXPECT_GT(faults, 0);
}

TEST(Search, IsShownSoThatAPersonSeesIt) {
  History history;
  for (int i = 0; i < 50; ++i) history.operations.push_back(at(put("x", "old" + std::to_string(i)), 2 * i, 2 * i + 1, "w"));
  history.operations.push_back(at(put("x", "1"), 200, 210, "a"));
  history.operations.push_back(at(put("x", "2"), 220, 230, "a"));
  history.operations.push_back(at(found(get("x"), "1"), 240, 250, "b"));
  const Report report = check(history);
  ASSERT_EQ(report.verdict, Verdict::violation);
  EXPECT_EQ(describe(report, history),
            "order: no order explains key x. The longest one takes in 52 of 53 operations, at its end: put x old44; put x old45; "
            "put x old46; put x old47; put x old48; put x old49; put x 1; put x 2; then get x -> 1 can't be: the key would hold 2\n"
            "    a  put x 1     [==]\n"
            "    a  put x 2           [==]\n"
            "  > b  get x -> 1              [==]\n");
}

// Work is counted, not timed: 12 clients, 2,000 operations on one key.
TEST(Search, NeedsFewStepsForLongHistories) {
  struct Case {
    const char* name;
    Shape shape;
    uint64_t steps;
  };
  const Case cases[] = {{"mostly reads", {12, 2000, 1, 90, 3, 2}, 2'000},
                        {"half writes", {12, 2000, 1, 50, 0, 0}, 5'000},
                        {"mostly puts", {12, 2000, 1, 10, 0, 0}, 5'000},
                        {"cas", {12, 2000, 1, 30, 60, 5}, 20'000},
                        {"a bit of all", {12, 2000, 1, 50, 15, 10}, 100'000},
                        {"lost answers", {12, 2000, 1, 50, 15, 10, 2}, 400'000},
                        {"few values", {12, 2000, 1, 50, 15, 10, 0, 3}, 100'000}};
  for (const auto& [name, shape, steps] : cases) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      const OrderReport report = check_order(World(shape, seed).run(), Limits{});
      EXPECT_TRUE(report.findings.empty() && report.undecided.empty()) << name;
      EXPECT_LE(report.steps, steps) << name << ", seed " << seed;
    }
  }
}

TEST(Search, SaysUnknownAtALimit) {
  const History history = World(Shape{12, 2000, 1, 10, 5, 5}, 1).run();
  const Report report = check(history, Limits{100, {}});
  EXPECT_EQ(report.verdict, Verdict::unknown);
  ASSERT_EQ(report.undecided.size(), 1u);
  EXPECT_EQ(report.undecided[0], "key k0: stopped by the limit of 100 steps");
}

TEST(Search, SaysUnknownWithMoreUnderWayThanItTracks) {
  History history;
  for (size_t i = 0; i <= kUnderWayMax; ++i) history.operations.push_back(at(put("x", std::to_string(i)), 1, 2));
  EXPECT_EQ(check(history).verdict, Verdict::unknown);
  history.operations.pop_back();
  EXPECT_EQ(check(history).verdict, Verdict::linearizable);
}

}  // namespace
}  // namespace bao::testing::linear
