// Making a database so that an empty or half-made file of its name is always damage. Stateless.
#pragma once

#include <functional>
#include <string>

#include "internal/base/result.h"
#include "internal/sqlite/db.h"

namespace bao::sqlite {

// Makes `file`, which is absent: whole, durable and readable by the owner only before it gets its name; the name itself is
// durable when the caller has synced the folder. What an earlier attempt left is removed. `doing` is for error texts
// ("making the log"). Errors: unavailable, and those of `make_schema`.
base::Status make_database(const std::string& file, const OpenOptions& options, const std::string& doing,
                           const std::function<base::Status(Db& db)>& make_schema);

}  // namespace bao::sqlite
