#include "internal/storage/raft/state_meta.h"

#include <cstring>

namespace bao::storage::raft {
namespace {

using ::bao::raft::Chain;

int64_t bits(uint64_t number) { return static_cast<int64_t>(number); }

}  // namespace

base::Result<StateMeta> read_state_meta(sqlite::Db& db) {
  ASSIGN_OR_RETURN(auto row, db.prepare("SELECT applied_index, applied_term, chain, installed, configuration_index, configuration,"
                                        " apply_hash FROM meta WHERE id = 1"));
  ASSIGN_OR_RETURN(const bool found, row.step());
  if (!found || row.blob(2).size() != sizeof(Chain)) return base::corrupt(db.path() + ": the database is damaged: its row in meta");
  StateMeta meta;
  meta.position.last = {base::Index{static_cast<uint64_t>(row.number(0))}, base::Term{static_cast<uint64_t>(row.number(1))}};
  std::memcpy(meta.position.chain.data(), row.blob(2).data(), sizeof(Chain));
  meta.installed = row.number(3) != 0;
  meta.position.configuration_index.value = static_cast<uint64_t>(row.number(4));
  if (const std::string_view configuration = row.blob(5); !configuration.empty()) {
    ASSIGN_OR_RETURN(meta.position.configuration, ::bao::raft::decode_configuration(configuration));
  }
  meta.apply_hash = row.blob(6);
  return meta;
}

base::Result<sqlite::Statement> prepare_state_meta(sqlite::Db& db) {
  return db.prepare("UPDATE meta SET applied_index = ?1, applied_term = ?2, chain = ?3, installed = ?4, configuration_index = ?5,"
                    " configuration = ?6, apply_hash = ?7 WHERE id = 1");
}

base::Status write_state_meta(sqlite::Statement& statement, const StateMeta& meta) {
  const auto& chain = meta.position.chain;
  const bool nobody = meta.position.configuration.members.empty();  // before the first configuration
  const std::string configuration = nobody ? "" : ::bao::raft::encode(meta.position.configuration);
  return statement.bind(1, bits(meta.position.last.index.value)).bind(2, bits(meta.position.last.term.value))
      .bind(3, std::string_view(reinterpret_cast<const char*>(chain.data()), chain.size())).bind(4, int64_t{meta.installed})
      .bind(5, bits(meta.position.configuration_index.value)).bind(6, configuration).bind(7, meta.apply_hash).run();
}

}  // namespace bao::storage::raft
