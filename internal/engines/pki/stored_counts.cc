#include "internal/engines/pki/stored_counts.h"

#include <algorithm>

#include "internal/base/metrics.h"

namespace bao::engines::pki {
namespace {

constexpr int64_t kPage = 1000;

}  // namespace

void StoredCounts::invalidate(std::string_view key) {
  const bool is_config = key.empty() || key == kAutoTidy;
  if (is_config) wanted_ = true;
  for (Folder& folder : folders_) {
    if (is_config || key.starts_with(folder.path)) folder.changed = true;
  }
}

base::Status StoredCounts::work(const logical::Backend::Transact& transact) {
  if (!wanted_) return {};
  for (Folder& folder : folders_) {
    const bool is_under_way = !folder.after.empty();
    if (!is_under_way && !folder.changed.exchange(false)) continue;
    const base::Status done = next_page(folder, transact);
    if (done.ok()) continue;
    folder.changed = true;
    return done;
  }
  return {};
}

base::Status StoredCounts::next_page(Folder& folder, const logical::Backend::Transact& transact) {
  TidyConfig config;
  std::vector<std::string> names;
  TRY(transact([&](storage::WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(config, read_auto_tidy(view));
    if (!config.maintain_counts) return {};
    ASSIGN_OR_RETURN(names, view.list(folder.path, folder.after, kPage));
    return {};
  }));
  if (!config.maintain_counts) {
    wanted_ = false;
    folder.total = -1;
  }
  folder.counted += static_cast<int64_t>(names.size());
  if (static_cast<int64_t>(names.size()) == kPage) {
    folder.after = names.back();
    return {};
  }
  if (config.maintain_counts) folder.total = folder.counted;
  if (config.publish_counts) base::counter("secrets.pki." + uuid_ + "." + folder.metric).set(folder.counted);
  folder.counted = 0;
  folder.after.clear();
  return {};
}

void StoredCounts::show(const TidyConfig& config, codec::Json& status, std::vector<std::string>& warnings) const {
  bool all_counted = true;
  for (const Folder& folder : folders_) {
    const int64_t total = folder.total;
    status.set(folder.shown_as, config.maintain_counts ? codec::Json(std::max<int64_t>(total, 0)) : codec::Json());
    all_counted = all_counted && total >= 0;
  }
  if (config.maintain_counts && !all_counted) {
    warnings.emplace_back("Certificates in storage are still being counted, current counts provided may be inaccurate");
  }
}

}  // namespace bao::engines::pki
