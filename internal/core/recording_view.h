// Remembers what is read through it, by its hash: enough to find out later, on another view, whether it still reads the same, and
// nothing that would have to be wiped. Owned by one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "internal/storage/view.h"

namespace bao::core {

class RecordingView final : public storage::ReadView {
 public:
  // What was read, and what it was.
  class Seen {
   public:
    base::Result<bool> reads_the_same(const storage::ReadView& all) const;

   private:
    friend class RecordingView;
    struct List {
      std::string prefix, after;
      int64_t limit;
      std::string hash;
    };
    std::map<std::string, std::string, std::less<>> values_;  // key: hash
    std::vector<List> lists_;
  };

  explicit RecordingView(const storage::ReadView& parent) : parent_(parent) {}
  base::Result<std::optional<std::string>> get(std::string_view key) const override;
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after, int64_t limit) const override;
  base::Index index() const override { return parent_.index(); }
  // Error: internal. Index tables are no reader's of this kind.
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                          int64_t limit) const override;
  Seen take() { return std::move(seen_); }

 private:
  const storage::ReadView& parent_;
  mutable Seen seen_;
};

}  // namespace bao::core
