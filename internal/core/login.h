// A login on its way (README): who logs in is judged on a view of one moment, outside of any transaction, because hashing a
// password takes its time. What the method read is remembered; the transaction that files the token begins by comparing that
// it still reads the same.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "internal/logical/auth_method.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::core {

struct RequestWork;

// Remembers what is read through it.
class RecordingView final : public storage::ReadView {
 public:
  using Seen = std::map<std::string, std::optional<std::string>, std::less<>>;
  explicit RecordingView(const storage::ReadView& parent) : parent_(parent) {}
  base::Result<std::optional<std::string>> get(std::string_view key) const override;
  base::Result<std::vector<std::string>> list(std::string_view prefix, std::string_view after, int64_t limit) const override {
    return parent_.list(prefix, after, limit);
  }
  base::Index index() const override { return parent_.index(); }
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view table, std::string_view before,
                                                          int64_t limit) const override {
    return parent_.index_scan(table, before, limit);
  }
  Seen take() { return std::move(seen_); }

 private:
  const storage::ReadView& parent_;
  mutable Seen seen_;
};
base::Result<bool> reads_the_same(const storage::ReadView& all, const RecordingView::Seen& seen);

struct JudgedLogin {
  logical::Response response;  // with an Auth of which no token was made yet
  RecordingView::Seen seen;
};

// The method, when the request's path logs in at one; else nullptr.
const logical::AuthMethod* login_method(const RequestWork& work);

}  // namespace bao::core
