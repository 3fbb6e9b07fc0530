// Which web pages' scripts may send requests (CORS): at rest under sys/config/cors, as the reference keeps it, and in memory of
// every node. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/core/settings/kept_setting.h"
#include "internal/storage/view.h"

namespace bao::core {

struct CrossOriginRules {
  bool enabled = false;
  std::vector<std::string> allowed_origins, allowed_headers;
  bool allow_credentials = false;
  bool allows(std::string_view origin) const;
};

// Off where nothing is stored.
base::Result<CrossOriginRules> read_cross_origin(const storage::ReadView& all);
base::Status store_cross_origin(storage::WriteView& all, const CrossOriginRules& rules);
// Those that clients of the API send; every rule allows them.
const std::vector<std::string>& usual_headers();

class CrossOrigin {
 public:
  static constexpr std::string_view kStorageKey = "sys/config/cors";
  explicit CrossOrigin(barrier::Barrier& barrier);
  // nullptr: off.
  std::shared_ptr<const CrossOriginRules> rules() const { return kept_.get(); }
  void mark_stale() { kept_.mark_stale(); }

 private:
  KeptSetting<CrossOriginRules> kept_;
};

}  // namespace bao::core
