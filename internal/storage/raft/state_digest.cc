#include "internal/storage/raft/state_digest.h"

#include "internal/crypto/sha256.h"
#include "internal/storage/raft/state_records.h"

namespace bao::storage::raft {
namespace {

using PutValue = void(std::string& records, std::string_view key, uint64_t modified, std::string_view value);

base::Status add_values(StateDigest& digest, sqlite::Db& db, const std::string& table, PutValue* put) {
  std::string record;
  ASSIGN_OR_RETURN(auto value, db.prepare("SELECT key, modified_index, value FROM " + table + " ORDER BY key"));
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, value.step());
    if (!found) return {};
    record.clear();
    put(record, value.blob(0), static_cast<uint64_t>(value.number(1)), value.blob(2));
    add_record(digest, record);
  }
}

}  // namespace

void add_record(StateDigest& digest, std::string_view record) {
  const auto next = crypto::sha256_of({digest.digest, record});
  digest.digest.assign(reinterpret_cast<const char*>(next.data()), next.size());
  ++digest.records;
}

base::Result<StateDigest> digest_of(sqlite::Db& db, std::string_view apply_hash, Tables tables) {
  StateDigest digest{0, std::string(apply_hash)};
  const std::string suffix = tables == Tables::received ? "_new" : "";
  TRY(add_values(digest, db, "kv" + suffix, put_value));
  ASSIGN_OR_RETURN(auto row, db.prepare("SELECT table_name, sort_key, key FROM index_row" + suffix + " ORDER BY table_name, sort_key, key"));
  std::string record;
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, row.step());
    if (!found) break;
    record.clear();
    put_row(record, row.blob(0), row.blob(1), row.blob(2));
    add_record(digest, record);
  }
  TRY(add_values(digest, db, "kv_next" + suffix, put_next_value));
  return digest;
}

}  // namespace bao::storage::raft
