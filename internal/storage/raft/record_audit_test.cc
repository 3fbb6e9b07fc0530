// A record that is kept and is not what the database holds is found, counted and forgotten.
#include "internal/storage/raft/record_audit.h"

#include <gtest/gtest.h>

#include "internal/base/metrics.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::storage::raft {
namespace {

TEST(RecordAudit, APlantedRecordIsFoundAndForgotten) {
  const auto database = inmem::open();
  Proposal write;
  for (const char* key : {"sys/a", "sys/b"}) write.operations.push_back({Operation::Kind::put, key, "stored", "", ""});
  ASSERT_TRUE(database->propose(write).ok());
  RecordCache records;
  const base::Index now = database->applied();
  records.put("sys/a", Record{"stored", now}, now);
  records.put("sys/b", Record{"planted", now}, now);
  RecordAudit audit(records, [&] { return database->snapshot(); });
  base::Counter& divergences = base::counter("audit.divergences{cache=records}");
  base::Counter& compared = base::counter("audit.compared{cache=records}");
  const int64_t divergences_before = divergences.value(), compared_before = compared.value();
  for (uint64_t number = 0; number < 64; ++number) audit.compare(number);
  EXPECT_EQ(divergences.value(), divergences_before + 1);
  EXPECT_GE(compared.value(), compared_before + 2);
  EXPECT_FALSE(records.find("sys/b", now));
  EXPECT_TRUE(records.find("sys/a", now));
}

}  // namespace
}  // namespace bao::storage::raft
