#include "internal/core/login.h"

#include <algorithm>

#include "internal/core/request_work.h"

namespace bao::core {

base::Result<std::optional<std::string>> RecordingView::get(std::string_view key) const {
  ASSIGN_OR_RETURN(auto value, parent_.get(key));
  seen_.insert_or_assign(std::string(key), value);
  return value;
}

base::Result<bool> reads_the_same(const storage::ReadView& all, const RecordingView::Seen& seen) {
  for (const auto& [key, value] : seen) {
    ASSIGN_OR_RETURN(const auto now, all.get(key));
    if (now != value) return false;
  }
  return true;
}

const logical::AuthMethod* login_method(const RequestWork& work) {
  if (work.mount == nullptr || !work.match) return nullptr;
  const auto& handlers = work.match->path->handlers;
  const bool logs_in = std::any_of(handlers.begin(), handlers.end(), [](const logical::Handler& h) { return h.is_login; });
  return logs_in ? dynamic_cast<const logical::AuthMethod*>(work.mount->backend.get()) : nullptr;
}

}  // namespace bao::core
