// How many certificates a mount holds, stored and revoked: counted by listing, a page at a turn, and anew when some came or went. So it
// is right in the end whatever happened, also after a takeover, and costs nothing where nobody asked for it
// (`maintain_stored_certificate_counts`). Thread-safe: the applier says what changed, handlers look; one thread works.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "internal/codec/json.h"
#include "internal/engines/pki/tidy_config.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki {

class StoredCounts {
 public:
  // `uuid` names the mount in metrics.
  explicit StoredCounts(std::string uuid) : uuid_(std::move(uuid)) {}

  void invalidate(std::string_view key);
  // The next page, where something changed.
  base::Status work(const logical::Backend::Transact& transact);
  // Into tidy-status.
  void show(const TidyConfig& config, codec::Json& status, std::vector<std::string>& warnings) const;

 private:
  struct Folder {
    const char *path, *shown_as, *metric;
    std::atomic<bool> changed{true};
    std::atomic<int64_t> total{-1};  // of the last pass that got through; -1: none did
    std::string after{};             // of the pass that is under way, and what it counted: the working thread's
    int64_t counted = 0;
  };

  base::Status next_page(Folder& folder, const logical::Backend::Transact& transact);

  const std::string uuid_;
  std::atomic<bool> wanted_{true};  // false: the configuration was looked at, and wants none
  std::array<Folder, 2> folders_{Folder{"certs/", "current_cert_store_count", "total_certificates_stored"},
                                 Folder{"revoked/", "current_revoked_cert_count", "total_revoked_certificates_stored"}};
};

}  // namespace bao::engines::pki
