#include "internal/http/uploads.h"

#include <utility>

namespace bao::http {
namespace {

base::Error broken_off() { return {base::Code::conflict, "the active node has not got the beginning of this body"}; }

}  // namespace

base::Status Uploads::add(const std::string& id, uint64_t offset, std::string_view bytes, Time now) {
  const base::MutexLock lock(mutex_);
  std::erase_if(uploads_, [&](const auto& upload) { return now - upload.second.touched > kForgottenAfter; });
  auto found = uploads_.find(id);
  if (found == uploads_.end()) {
    if (offset != 0) return broken_off();
    if (uploads_.size() >= kUploadsMax) return base::Error(base::Code::exhausted, "the active node takes no more large bodies now");
    ASSIGN_OR_RETURN(auto file, base::SpoolFile::create());
    found = uploads_.emplace(id, Upload{std::move(file), now}).first;
  }
  if (found->second.file->size() != offset) return broken_off();
  found->second.touched = now;
  return found->second.file->append(bytes);
}

base::Result<std::shared_ptr<base::SpoolFile>> Uploads::take(const std::string& id) {
  std::shared_ptr<base::SpoolFile> file;
  {
    const base::MutexLock lock(mutex_);
    const auto found = uploads_.find(id);
    if (found == uploads_.end()) return broken_off();
    file = std::move(found->second.file);
    uploads_.erase(found);
  }
  TRY(file->finish());
  return file;
}

}  // namespace bao::http
