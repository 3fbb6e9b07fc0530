#include "internal/storage/raft/state_digest.h"

#include "internal/crypto/sha256.h"
#include "internal/storage/raft/state_records.h"

namespace bao::storage::raft {

void add_record(StateDigest& digest, std::string_view record) {
  const auto next = crypto::sha256_of({digest.digest, record});
  digest.digest.assign(reinterpret_cast<const char*>(next.data()), next.size());
  ++digest.records;
}

base::Result<StateDigest> digest_of(sqlite::Db& db, std::string_view apply_hash, const std::string& values, const std::string& rows) {
  StateDigest digest{0, std::string(apply_hash)};
  std::string record;
  ASSIGN_OR_RETURN(auto value, db.prepare("SELECT key, modified_index, value FROM " + values + " ORDER BY key"));
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, value.step());
    if (!found) break;
    record.clear();
    put_value(record, value.blob(0), static_cast<uint64_t>(value.number(1)), value.blob(2));
    add_record(digest, record);
  }
  ASSIGN_OR_RETURN(auto row, db.prepare("SELECT table_name, sort_key, key FROM " + rows + " ORDER BY table_name, sort_key, key"));
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, row.step());
    if (!found) return digest;
    record.clear();
    put_row(record, row.blob(0), row.blob(1), row.blob(2));
    add_record(digest, record);
  }
}

}  // namespace bao::storage::raft
