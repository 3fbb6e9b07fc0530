// Listing with seeks: names below a prefix from a cursor over ordered keys, stepping over leaves and jumping past
// folders, so that a folder of a million keys costs one seek. Pure; the cursor does the I/O.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/deadline.h"
#include "internal/base/result.h"

namespace bao::storage {

// The smallest string greater than every string that starts with `folder` (which ends in '/').
inline std::string past_folder(std::string_view folder) {
  std::string past(folder);
  past.back() = '/' + 1;
  return past;
}

// After how many steps the request's deadline is looked at again.
inline constexpr size_t kStepsPerDeadlineCheck = 256;

// Snapshot::list over a Cursor with
//   base::Status seek(std::string_view from)   to the first key >= from
//   base::Status next()                        to the following key
//   bool valid() const, std::string_view key() const
template <typename Cursor>
base::Result<std::vector<std::string>> names_below(Cursor& cursor, std::string_view prefix, std::string_view after,
                                                   int64_t limit) {
  std::vector<std::string> names;
  TRY(cursor.seek(std::string(prefix).append(after)));
  for (size_t step = 0; cursor.valid() && cursor.key().starts_with(prefix); ++step) {
    if (step % kStepsPerDeadlineCheck == 0) TRY(base::check_request_deadline());
    const std::string_view rest = cursor.key().substr(prefix.size());
    const size_t slash = rest.find('/');
    const bool is_folder = slash != std::string_view::npos;
    const std::string_view name = is_folder ? rest.substr(0, slash + 1) : rest;
    if (after.empty() || name > after) {
      names.emplace_back(name);
      if (limit > 0 && names.size() >= static_cast<size_t>(limit)) break;
    }
    if (is_folder) {
      TRY(cursor.seek(past_folder(std::string(prefix).append(name))));
    } else {
      TRY(cursor.next());
    }
  }
  return names;
}

}  // namespace bao::storage
