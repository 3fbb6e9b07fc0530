// Answers of a server: whatever it sends is read or refused, and what was read can be shown in every format.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "internal/cli/go_values.h"
#include "internal/cli/secret.h"
#include "internal/cli/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto secret = bao::cli::parse_secret(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!secret.ok() || !*secret) return 0;
  const bao::codec::Json json = (*secret)->to_json();
  (void)bao::cli::write_yaml(json);
  (void)bao::cli::go_value(json);
  (void)bao::codec::write_json_indented(json);
  for (const char* name : {"token", "data", "wrapping_token", "keys", "policies"}) (void)(*secret)->field(name);
  return 0;
}
