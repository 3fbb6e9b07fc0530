// One revoked certificate at rest, `revoked/<serial>` (openbao-storage.md 7). A value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

struct RevokedEntry {
  std::string certificate;  // DER
  base::Time revoked_at{};
  std::string issuer_id;    // "" when nobody of the mount issued it
};

// "aa-bb-…", as keys of storage name a serial number; "" for text that is none.
std::string serial_key(std::string_view serial_text);
// "aa:bb:…" of such a key.
std::string shown_serial(std::string_view serial_key);

// Errors: corrupt.
base::Result<RevokedEntry> parse_revoked(std::string_view bytes);
std::string write_revoked(const RevokedEntry& entry);

// By the storage form of the serial number.
base::Result<std::optional<RevokedEntry>> read_revoked(const storage::ReadView& view, std::string_view serial_key);
base::Status put_revoked(storage::WriteView& view, std::string_view serial_key, const RevokedEntry& entry);

}  // namespace bao::engines::pki
