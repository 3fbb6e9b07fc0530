// Which revocation list is which issuer's, and how they are numbered: `crls/config` (openbao-storage.md 7). A value.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

struct CrlMap {
  std::map<std::string, std::string> list_of_issuer;       // issuer id → list id; issuers of one subject and key share one
  std::map<std::string, int64_t> next_number;              // list id → the number that its next list gets
  std::map<std::string, int64_t> last_complete;            // list id → the number of its last complete list
  std::map<std::string, base::Time> expires_at;            // list id
  std::map<std::string, int64_t> parts, delta_parts;       // list id → how many entries hold it; ours, absent: one
  bool unfinished = false;                                 // ours: more was revoked than one rebuild could read; the next goes on
  base::Time last_modified = base::kZeroTime, delta_last_modified = base::kZeroTime;
  codec::Json unknown = codec::Json::object();             // members of other versions, kept
};

// Absent: empty. Errors: corrupt.
base::Result<CrlMap> read_crl_map(const storage::ReadView& view);
base::Status put_crl_map(storage::WriteView& view, const CrlMap& map);

enum class CrlKind : uint8_t { complete, delta };
// The list in DER; "" when there is none.
base::Result<std::string> read_crl(const storage::ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind);
// In as many entries as it needs, which the map then tells; what an older, longer one left is removed.
base::Status put_crl(storage::WriteView& view, CrlMap& map, const std::string& list_id, CrlKind kind, std::string_view der);
base::Status remove_crl(storage::WriteView& view, CrlMap& map, const std::string& list_id);

}  // namespace bao::engines::pki
