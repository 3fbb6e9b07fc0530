// What differs from storage, and stays so, is found and loaded anew; what is about to change is left alone.
#include "internal/core/invalidation/cache_audit.h"

#include <gtest/gtest.h>

#include <map>

#include "internal/base/metrics.h"

namespace bao::core {
namespace {

using Outcome = Comparison::Outcome;

class CacheAuditTest : public ::testing::Test {
 protected:
  AuditedCache cache() {
    return {"numbers",
            [this](uint64_t number) -> base::Result<Comparison> {
              if (kept.empty()) return Comparison{};
              const auto at = std::next(kept.begin(), static_cast<std::ptrdiff_t>(number % kept.size()));
              const std::string name = at->first;
              if (at->second == stored[name]) return Comparison{Outcome::same};
              return Comparison{Outcome::differs, name, base::Index{5}, [this, name] {
                                  ++looks;
                                  if (changes_by_itself) kept[name] = stored[name];
                                  return kept[name] != stored[name];
                                }};
            },
            [this] { return kept.size(); },
            [this](base::Index) {
              ++loaded;
              kept = stored;
            }};
  }
  static int64_t divergences() { return base::counter("audit.divergences{cache=numbers}").value(); }

  std::map<std::string, int> kept{{"a", 1}, {"b", 2}}, stored = kept;
  int loaded = 0, looks = 0;
  bool told = true, changes_by_itself = false;
  CacheAudit audit{{cache()}, [this](base::Index) { return told; }};
  const int64_t before = divergences();
};

TEST_F(CacheAuditTest, EveryObjectIsComparedInTurn) {
  base::Counter& compared = base::counter("audit.compared{cache=numbers}");
  const int64_t compared_before = compared.value();
  audit.step();
  audit.step();
  EXPECT_EQ(compared.value(), compared_before + 2);
  EXPECT_EQ(divergences(), before);
  EXPECT_EQ(base::counter("cache.objects{cache=numbers}").value(), 2);
}

TEST_F(CacheAuditTest, AMissedChangeIsFoundCountedOnceAndLoadedAnew) {
  stored["b"] = 3;
  audit.all(1000);
  EXPECT_EQ(divergences(), before + 1);
  EXPECT_EQ(loaded, 1);
  EXPECT_EQ(kept["b"], 3);
}

TEST_F(CacheAuditTest, WhatIsAboutToBeInvalidatedIsNoDivergence) {
  stored["a"] = 7;
  changes_by_itself = true;
  audit.all(1000);
  EXPECT_EQ(divergences(), before);
  EXPECT_EQ(loaded, 0);
}

TEST_F(CacheAuditTest, NobodyIsBlamedForWhatHeWasNotToldYet) {
  stored["a"] = 7;
  told = false;
  audit.step();
  EXPECT_EQ(divergences(), before);
}

TEST_F(CacheAuditTest, StoppingWaitsForNoVerdict) {
  stored["a"] = 7;
  audit.stop();
  audit.step();
  EXPECT_EQ(looks, 0);
  EXPECT_EQ(divergences(), before);
}

}  // namespace
}  // namespace bao::core
