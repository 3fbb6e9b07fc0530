// A storage::Snapshot on a lent read connection, given back when it ends.
#pragma once

#include <memory>

#include "internal/storage/backend.h"
#include "internal/storage/listing_cache.h"
#include "internal/storage/raft/read_pool.h"
#include "internal/storage/raft/record_cache.h"

namespace bao::storage::raft {

// Every read of a snapshot whose connection could not be had is that error.
std::unique_ptr<Snapshot> open_snapshot(ReadPool& pool, RecordCache& records, ListingCache& listings,
                                        base::Index applied);

}  // namespace bao::storage::raft
