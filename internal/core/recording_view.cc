#include "internal/core/recording_view.h"

#include "internal/crypto/hash.h"

namespace bao::core {

using base::Result;

namespace {

std::string hash_of(const std::optional<std::string>& value) { return value ? crypto::sha256(*value) : std::string(); }

// Keys hold no NUL.
std::string hash_of(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) (all += name) += '\0';
  return crypto::sha256(all);
}

}  // namespace

Result<std::optional<std::string>> RecordingView::get(std::string_view key) const {
  ASSIGN_OR_RETURN(auto value, parent_.get(key));
  seen_.values_.insert_or_assign(std::string(key), hash_of(value));
  return value;
}

Result<std::vector<std::string>> RecordingView::list(std::string_view prefix, std::string_view after, int64_t limit) const {
  ASSIGN_OR_RETURN(auto names, parent_.list(prefix, after, limit));
  seen_.lists_.push_back({std::string(prefix), std::string(after), limit, hash_of(names)});
  return names;
}

Result<std::vector<storage::IndexRow>> RecordingView::index_scan(std::string_view, std::string_view, int64_t) const {
  return base::internal("what is judged before its transaction reads no index tables");
}

Result<bool> RecordingView::Seen::reads_the_same(const storage::ReadView& all) const {
  for (const auto& [key, hash] : values_) {
    ASSIGN_OR_RETURN(const auto now, all.get(key));
    if (hash_of(now) != hash) return false;
  }
  for (const List& list : lists_) {
    ASSIGN_OR_RETURN(const auto now, all.list(list.prefix, list.after, list.limit));
    if (hash_of(now) != list.hash) return false;
  }
  return true;
}

}  // namespace bao::core
