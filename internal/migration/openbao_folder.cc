#include "internal/migration/openbao_folder.h"

#include <filesystem>

#include "internal/archive/snapshot_archive.h"
#include "internal/codec/protobuf.h"
#include "internal/migration/parted_command.h"

namespace bao::migration {
namespace {

constexpr size_t kIndexBytes = 8;

base::Result<bbolt::Bucket> needed_bucket(const bbolt::Database& database, std::string_view name) {
  ASSIGN_OR_RETURN(const auto found, database.bucket(database.root(), name));
  if (!found) return base::corrupt("there is no bucket " + std::string(name));
  return *found;
}

// The log's keys, in the order of bytes.
base::Result<uint64_t> index_of(std::string_view key) {
  if (key.size() != kIndexBytes) return base::corrupt("the log has an entry whose key is no index");
  uint64_t index = 0;
  for (const char byte : key) index = index << 8 | static_cast<unsigned char>(byte);
  return index;
}

base::Result<std::string> server_name(std::string_view server) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(server));
  for (const codec::WireField& field : fields) {
    if (field.id == 2) return std::string(field.bytes);
  }
  return std::string();
}

}  // namespace

base::Result<OpenbaoFolder::File> OpenbaoFolder::open_file(const std::string& path) {
  ASSIGN_OR_RETURN(bbolt::MappedFile mapped, bbolt::MappedFile::open(path));
  auto database = bbolt::Database::open(mapped.bytes());
  if (!database.ok()) return database.error().within(path);
  return File{std::move(mapped), *database};
}

base::Result<std::unique_ptr<Source>> OpenbaoFolder::open(const std::string& path) {
  std::error_code code;
  if (std::filesystem::exists(path + "/state.db", code)) {
    return base::invalid(path + ": this is data of this server already; take a snapshot with \"operator raft snapshot save\" to move it");
  }
  auto state = open_file(path + "/vault.db");
  if (!state.ok()) return state.error();
  std::unique_ptr<OpenbaoFolder> folder(new OpenbaoFolder(std::move(*state)));
  if (const base::Status read = folder->read_position(); !read.ok()) return read.error().within(path + "/vault.db");
  if (std::filesystem::exists(path + "/raft/raft.db", code)) {
    ASSIGN_OR_RETURN(File log, open_file(path + "/raft/raft.db"));
    folder->log_.emplace(std::move(log));
  }
  return std::unique_ptr<Source>(std::move(folder));
}

base::Status OpenbaoFolder::read_position() {
  ASSIGN_OR_RETURN(const bbolt::Bucket config, needed_bucket(state_.database, "config"));
  return state_.database.each(config, [&](std::string_view key, std::string_view value) -> base::Status {
    if (key != "latest_indexes" && key != "latest_config") return {};
    ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(value));
    for (const codec::WireField& field : fields) {
      if (key == "latest_config") {
        if (field.id != 2) continue;
        ASSIGN_OR_RETURN(const std::string name, server_name(field.bytes));
        members_.push_back(name);
      } else if (field.id == 1) {
        term_ = field.number;
      } else if (field.id == 2) {
        applied_ = field.number;
      }
    }
    return {};
  });
}

base::Status OpenbaoFolder::each(const Visit& visit) {
  ASSIGN_OR_RETURN(const bbolt::Bucket data, needed_bucket(state_.database, "data"));
  return state_.database.each(data, [&](std::string_view key, std::string_view value) -> base::Status {
    return archive::is_of_the_log(key) ? base::Status() : visit(key, value);
  });
}

// From its start on, because a command that ends behind what is applied may have begun before. A log that begins later than the
// entry after the applied one has lost some: what is there would not be the data.
base::Status OpenbaoFolder::each_unapplied(const Apply& apply) {
  if (!log_) return {};
  ASSIGN_OR_RETURN(const bbolt::Bucket logs, needed_bucket(log_->database, "logs"));
  PartedCommands parted;
  uint64_t expected = 0;
  return log_->database.each(logs, [&](std::string_view key, std::string_view value) -> base::Status {
    ASSIGN_OR_RETURN(const uint64_t index, index_of(key));
    const bool gap = expected == 0 ? index > applied_ + 1 : index != expected;
    if (gap && index > applied_ + 1) return base::corrupt("raft/raft.db: entries before " + std::to_string(index) + " are missing from the log");
    expected = index + 1;
    ASSIGN_OR_RETURN(const LogEntry entry, decode_log_entry(value));
    if (entry.index != index) return base::corrupt("raft/raft.db: an entry stands at another one's place");
    if (entry.type != LogEntry::kCommand) return {};
    std::optional<std::string> whole;
    if (!entry.extensions.empty()) {
      ASSIGN_OR_RETURN(whole, parted.add(entry));
      if (!whole) return {};
    }
    if (index <= applied_) return {};
    const base::Status applied = apply(whole ? std::string_view(*whole) : entry.data);
    return applied.ok() ? applied : applied.error().within("entry " + std::to_string(index) + " of the log");
  });
}

std::string OpenbaoFolder::remark() const {
  std::string text = "the data were applied up to index " + std::to_string(applied_) + " of term " + std::to_string(term_);
  if (members_.size() < 2) return text;
  text += "; the cluster had " + std::to_string(members_.size()) + " members (";
  for (const std::string& member : members_) text += (&member == &members_.front() ? "" : ", ") + member;
  return text + "): migrate the folder of the one with the highest index, and let the others join anew";
}

}  // namespace bao::migration
