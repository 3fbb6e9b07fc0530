#include "internal/storage/proposal.h"

#include "internal/base/limits.h"
#include "internal/crypto/hash.h"

namespace bao::storage {
namespace {

base::Error conflict() { return {base::Code::conflict, "storage: what the transaction read has changed"}; }

void append_sized(std::string& out, std::string_view text) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(text.size() >> shift & 0xff);
  out += text;
}

base::Status check_size(const Operation& operation) {
  if (operation.key.empty()) return base::invalid("storage: a key is never empty");
  if (operation.key.size() > base::kStorageKeyBytesMax || operation.sort_key.size() > base::kStorageKeyBytesMax ||
      operation.table.size() > base::kStorageKeyBytesMax) {
    return base::Error(base::Code::too_large, "storage: a key of more than 32768 bytes");
  }
  if (operation.value.size() > base::kStorageValueBytesMax) {
    return base::Error(base::Code::too_large, "storage: a value of more than 1 MiB");
  }
  return {};
}

}  // namespace

std::string list_hash(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) append_sized(text, name);
  return crypto::sha256(text);
}

size_t proposal_bytes(const Proposal& proposal) {
  size_t bytes = 0;
  for (const ReadCheck& check : proposal.reads) bytes += check.key.size();
  for (const ListCheck& check : proposal.lists) bytes += check.prefix.size() + check.after.size() + check.hash.size();
  for (const Operation& o : proposal.operations) {
    bytes += o.key.size() + o.value.size() + o.table.size() + o.sort_key.size();
  }
  return bytes;
}

base::Status check_sizes(const Proposal& proposal) {
  for (const Operation& operation : proposal.operations) TRY(check_size(operation));
  if (proposal_bytes(proposal) > base::kTransactionBytesMax) {
    return base::Error(base::Code::too_large, "storage: a transaction of more than 8 MiB");
  }
  return {};
}

base::Status check_reads(const Proposal& proposal, const CheckSource& source) {
  const bool one_snapshot = source.maybe_written_after && proposal.read_at.value > 0;
  for (const ReadCheck& check : proposal.reads) {
    if (one_snapshot && !source.maybe_written_after(check.key, proposal.read_at)) continue;
    ASSIGN_OR_RETURN(const base::Index modified, source.modified(check.key));
    if (modified != check.modified) return conflict();
  }
  for (const ListCheck& check : proposal.lists) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, source.list(check));
    if (list_hash(names) != check.hash) return conflict();
  }
  return {};
}

}  // namespace bao::storage
