// Storage in a folder with one file per key, laid out as OpenBao's file storage (sdk/physical/file): for one small node.
// The content is held in memory; index tables are not kept over a restart.
#pragma once

#include <memory>
#include <string>

#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage::file {

// Makes the folder when it is absent, finishes an interrupted transaction, and loads everything.
// Errors: unavailable (locked by another process, not accessible), corrupt (a file that is none of ours).
base::Result<std::unique_ptr<Backend>> open(const std::string& path);

}  // namespace bao::storage::file
