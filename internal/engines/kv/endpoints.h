// The operations of KV v2, one function each. Pure but for the view.
#pragma once

#include <string>

#include "internal/engines/kv/mount_store.h"
#include "internal/logical/path.h"

namespace bao::engines::kv {

using logical::Call;
using logical::Reply;
using storage::ReadView;
using storage::WriteView;

Reply read_config(const MountStore& store, const Call& call, const ReadView& view);
Reply write_config(const MountStore& store, const Call& call, WriteView& view);

Reply read_data(const MountStore& store, const Call& call, const ReadView& view);
Reply read_subkeys(const MountStore& store, const Call& call, const ReadView& view);
Reply write_data(const MountStore& store, const Call& call, WriteView& view);
Reply patch_data(const MountStore& store, const Call& call, WriteView& view);
Reply delete_data(const MountStore& store, const Call& call, WriteView& view);

Reply delete_versions(const MountStore& store, const Call& call, WriteView& view);
Reply undelete_versions(const MountStore& store, const Call& call, WriteView& view);
Reply destroy_versions(const MountStore& store, const Call& call, WriteView& view);

Reply read_metadata(const MountStore& store, const Call& call, const ReadView& view);
Reply write_metadata(const MountStore& store, const Call& call, WriteView& view);
Reply patch_metadata(const MountStore& store, const Call& call, WriteView& view);
Reply delete_metadata(const MountStore& store, const Call& call, WriteView& view);
Reply list_metadata(const MountStore& store, const Call& call, const ReadView& view);
Reply scan_metadata(const MountStore& store, const Call& call, const ReadView& view);
Reply list_detailed_metadata(const MountStore& store, const Call& call, const ReadView& view);
Reply scan_detailed_metadata(const MountStore& store, const Call& call, const ReadView& view);

// The field "path" of a request.
const std::string& path_of(const Call& call);
// Error (invalid): no key can have that path.
base::Status check_key(std::string_view key);
// 404 with no body at all.
logical::Response bare_not_found();
// A number of versions as a field gives it. Error: invalid, not in 0 to 2^32 - 1.
base::Result<uint32_t> max_versions_of(const Call& call);

}  // namespace bao::engines::kv
