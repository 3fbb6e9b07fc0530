// bao operator raft …: peers, autopilot, snapshots (openbao-cli.md 4).
#pragma once

namespace bao::cli {

class Invocation;
int raft_list_peers(Invocation& run);
int raft_join(Invocation& run);
int raft_remove_peer(Invocation& run);
int raft_promote(Invocation& run);
int raft_demote(Invocation& run);
int autopilot_state(Invocation& run);
int autopilot_get_config(Invocation& run);
int autopilot_set_config(Invocation& run);
int snapshot_save(Invocation& run);
int snapshot_restore(Invocation& run);
int snapshot_verify(Invocation& run);

}  // namespace bao::cli
