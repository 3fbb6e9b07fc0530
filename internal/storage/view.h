// Views: what engines and core store through. Keys are relative to the view's prefix, values are clear text.
// ReadView holds no way to write (ARCHITECTURE D7); a WriteView is part of one transaction that the request handler
// commits after the handler returned. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage {

class ReadView {
 public:
  virtual ~ReadView() = default;
  virtual base::Result<std::optional<std::string>> get(std::string_view key) const = 0;
  // As Snapshot::list.
  virtual base::Result<std::vector<std::string>> list(std::string_view prefix,
                                                      std::string_view after = "",
                                                      int64_t limit = -1) const = 0;
  // The applied index of the snapshot behind this view: caches tag what they keep with it (D5).
  virtual base::Index index() const = 0;
  // Rows of a replicated index table (D1, D4) with sort_key < `before`; as Snapshot::index_scan. Tables are the whole
  // node's: no prefix applies to table, sort_key or key. A transaction does not see its own index operations here.
  virtual base::Result<std::vector<IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                         int64_t limit) const = 0;
};

// Reads see the transaction's own writes.
class WriteView : public ReadView {
 public:
  virtual base::Status put(std::string_view key, std::string_view value) = 0;
  virtual base::Status remove(std::string_view key) = 0;
  // Files `key` under `sort_key`, in the same transaction as the puts; putting twice and removing what is absent do no
  // harm.
  virtual void index_put(std::string_view table, std::string_view sort_key, std::string_view key) = 0;
  virtual void index_remove(std::string_view table, std::string_view sort_key, std::string_view key) = 0;
};

// A view below a prefix of another one. The parent must outlive it.
class PrefixReadView final : public ReadView {
 public:
  PrefixReadView(const ReadView& parent, std::string prefix)
      : parent_(parent), prefix_(std::move(prefix)) {}
  base::Result<std::optional<std::string>> get(std::string_view key) const override {
    return parent_.get(prefix_ + std::string(key));
  }
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after,
                                              int64_t limit) const override {
    return parent_.list(prefix_ + std::string(prefix), after, limit);
  }
  base::Index index() const override { return parent_.index(); }
  base::Result<std::vector<IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                 int64_t limit) const override {
    return parent_.index_scan(table, before, limit);
  }

 private:
  const ReadView& parent_;
  std::string prefix_;
};

class PrefixWriteView final : public WriteView {
 public:
  PrefixWriteView(WriteView& parent, std::string prefix)
      : parent_(parent), prefix_(std::move(prefix)) {}
  base::Result<std::optional<std::string>> get(std::string_view key) const override {
    return parent_.get(prefix_ + std::string(key));
  }
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after,
                                              int64_t limit) const override {
    return parent_.list(prefix_ + std::string(prefix), after, limit);
  }
  base::Index index() const override { return parent_.index(); }
  base::Result<std::vector<IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                 int64_t limit) const override {
    return parent_.index_scan(table, before, limit);
  }
  base::Status put(std::string_view key, std::string_view value) override {
    return parent_.put(prefix_ + std::string(key), value);
  }
  base::Status remove(std::string_view key) override {
    return parent_.remove(prefix_ + std::string(key));
  }
  void index_put(std::string_view table, std::string_view sort_key, std::string_view key) override {
    parent_.index_put(table, sort_key, key);
  }
  void index_remove(std::string_view table, std::string_view sort_key, std::string_view key) override {
    parent_.index_remove(table, sort_key, key);
  }

 private:
  WriteView& parent_;
  std::string prefix_;
};

// Every leaf key below `prefix`, depth first, folders' leaves before sub-folders in reverse: plain recursion over list;
// for removal and SCAN.
base::Result<std::vector<std::string>> leaves_below(const ReadView& view, std::string_view prefix);
base::Status remove_below(WriteView& view, std::string_view prefix);

}  // namespace bao::storage
