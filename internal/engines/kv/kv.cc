#include "internal/engines/kv/kv.h"

#include "internal/engines/kv/v1.h"
#include "internal/engines/kv/v2.h"

namespace bao::engines {

logical::BackendFactory kv_backend() {
  return [](const logical::BackendConfig& config) -> base::Result<std::unique_ptr<logical::Backend>> {
    const auto option = config.options.find("version");
    const std::string version = option == config.options.end() ? "" : option->second;
    if (version == "2") return std::unique_ptr<logical::Backend>(std::make_unique<kv::VersionedBackend>(config));
    if (version.empty() || version == "1") {
      return std::unique_ptr<logical::Backend>(std::make_unique<kv::PlainBackend>(config));
    }
    return base::invalid("nil backend of type \"" + config.type + "\" returned from factory");
  };
}

}  // namespace bao::engines
