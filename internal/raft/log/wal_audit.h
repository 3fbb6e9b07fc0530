// Tells a WAL that a power loss tore from one that is damaged. SQLite takes the first frame whose checksum does not match for
// the end of the WAL and forgets the rest: right after a power loss, but silent loss of acknowledged batches when that frame
// had been synced and was flipped later. Here each batch is synced before the next one begins, so a batch behind the first
// broken one proves damage (after Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST'18).
// What it cannot tell apart: damage to the newest batch alone, or to the 32 bytes of the WAL's header.
// Format: sqlite.org/walformat.html. Reads the file itself, before SQLite opens it.
#pragma once

#include <istream>
#include <string>

#include "internal/base/result.h"

namespace bao::raft {

// Of the file `wal`; one that is absent or empty is whole. Code::corrupt names the file and the frame.
base::Status audit_wal(const std::string& wal);
// The same for the bytes of a WAL.
base::Status audit_wal(std::istream& bytes);

}  // namespace bao::raft
