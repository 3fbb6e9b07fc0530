#include "internal/migration/replay.h"

#include <string>

#include "internal/archive/snapshot_archive.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"

namespace bao::migration {
namespace {

using Kind = LogOperation::Kind;

constexpr char kSha384 = 1;  // the first byte of a verification says how the rest was made

// OpenBao's physical/raft/transaction.go: createVerificationEntryOfType.
std::string verification(std::string_view what, std::string_view content) {
  return kSha384 + crypto::sha384("{" + std::string(what) + "}" + std::string(content));
}

base::Result<std::string> listed(storage::Snapshot& snapshot, std::string_view parameters) {
  ASSIGN_OR_RETURN(const codec::Json json, codec::parse_json(parameters));
  const auto* prefix = json.find("p");
  const auto* after = json.find("a");
  const auto* limit = json.find("l");
  if (!prefix || !after || !limit) return base::corrupt("a transaction in the log verifies a listing that it doesn't name");
  ASSIGN_OR_RETURN(const int64_t at_most, limit->as_int());
  ASSIGN_OR_RETURN(const auto names, snapshot.list(prefix->as_string(), after->as_string(), at_most));
  std::string joined;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) joined += '\n';
    joined += names[i];
  }
  return joined;
}

bool is_transaction(const std::vector<LogOperation>& operations) { return !operations.empty() && operations.front().kind == Kind::begin; }

bool is_whole(const std::vector<LogOperation>& operations) {
  if (operations.size() < 2 || operations.back().kind != Kind::commit) return false;
  for (size_t i = 1; i + 1 < operations.size(); ++i) {
    if (operations[i].kind == Kind::begin || operations[i].kind == Kind::commit) return false;
  }
  return true;
}

}  // namespace

// As at the beginning of the transaction: its own writes come after all of it.
base::Result<bool> Replay::holds(const std::vector<LogOperation>& operations) {
  if (!is_whole(operations)) return false;
  const auto snapshot = target_.snapshot();
  for (const LogOperation& operation : operations) {
    std::string content;
    if (operation.kind == Kind::verify_read) {
      ASSIGN_OR_RETURN(const auto record, snapshot->get(operation.key));
      if (record) content = record->value;
    } else if (operation.kind == Kind::verify_list) {
      ASSIGN_OR_RETURN(content, listed(*snapshot, operation.key));
    } else {
      continue;
    }
    if (verification(operation.key, content) != operation.value) return false;
  }
  return true;
}

base::Status Replay::apply(std::string_view command) {
  ASSIGN_OR_RETURN(const auto operations, decode_operations(command));
  if (is_transaction(operations)) {
    ASSIGN_OR_RETURN(const bool valid, holds(operations));
    if (!valid) {
      ++refused_;
      return {};
    }
  }
  storage::Proposal proposal;
  for (const LogOperation& operation : operations) {
    if (archive::is_of_the_log(operation.key)) continue;
    if (operation.kind == Kind::put) {
      proposal.operations.push_back({storage::Operation::Kind::put, std::string(operation.key), std::string(operation.value), "", ""});
    } else if (operation.kind == Kind::remove) {
      proposal.operations.push_back({storage::Operation::Kind::remove, std::string(operation.key), "", "", ""});
    }
  }
  ++applied_;
  if (proposal.operations.empty()) return {};
  const auto done = target_.propose(std::move(proposal));
  return done.ok() ? base::Status() : base::Status(done.error());
}

}  // namespace bao::migration
