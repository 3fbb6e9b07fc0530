// Which revocation list is which issuer's, and how they are numbered: `crls/config` (openbao-storage.md 7). A value.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

inline constexpr char kCrlMap[] = "crls/config";

struct CrlMap {
  std::map<std::string, std::string> list_of_issuer;       // issuer id → list id; issuers of one subject and key share one
  std::map<std::string, int64_t> next_number;              // list id → the number that its next list gets
  std::map<std::string, int64_t> last_complete;            // list id → the number of its last complete list
  std::map<std::string, base::Time> expires_at;            // list id
  // Ours, of lists that more than one entry holds: list id → how many do, and the number of the list, which is in their keys.
  std::map<std::string, int64_t> parts, part_numbers, delta_parts, delta_part_numbers;
  int64_t unfinished = 0;  // ours: not 0 while lists wait for long_lists.h; goes up with everything that has to be on them
  base::Time last_modified = base::kZeroTime, delta_last_modified = base::kZeroTime;
  codec::Json unknown = codec::Json::object();             // members of other versions, kept
};

// Absent: empty. Errors: corrupt.
base::Result<CrlMap> read_crl_map(const storage::ReadView& view);
base::Status put_crl_map(storage::WriteView& view, const CrlMap& map);

enum class CrlKind : uint8_t { complete, delta };
// Calls `see` with the list in DER, piece by piece. Nothing when there is none.
base::Status each_crl_piece(const storage::ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind,
                            const std::function<base::Status(std::string_view)>& see);
// The list in DER; "" when there is none.
base::Result<std::string> read_crl(const storage::ReadView& view, const CrlMap& map, const std::string& list_id, CrlKind kind);
// How many entries hold it.
int64_t part_count(const CrlMap& map, const std::string& list_id, CrlKind kind);

// A list with its number, in as many entries as it needs, which the map then tells; what is left of others is removed.
struct NumberedCrl {
  std::string list_id;
  CrlKind kind{};
  int64_t number = 0;
  std::string der{};

  int64_t part_count() const;
  std::string_view part(int64_t index) const;
};
base::Status put_crl(storage::WriteView& view, CrlMap& map, const NumberedCrl& crl);
// The same in two: parts of a list that nobody sees yet, in as many transactions as they need; then it is put in force.
base::Status put_crl_part(storage::WriteView& view, const NumberedCrl& crl, int64_t index);
base::Status adopt_crl(storage::WriteView& view, CrlMap& map, const NumberedCrl& crl);
base::Status remove_crl(storage::WriteView& view, CrlMap& map, const std::string& list_id);

}  // namespace bao::engines::pki
