// A member as a process of its own: told on its standard input what to do, one line each, answered on standard output.
//
//   peer ID ADDRESS INCARNATION FOLDER    somebody to know at the next `introduce`
//   introduce | lead                      lead: campaigns, and waits until it does
//   load PROPOSERS PER_SECOND | end       end: what came of it (load.h)
//   fill MEGABYTES | add ID | promote ID  answered when it is applied here
//   last | start | wait INDEX             of the log: its end, its start; until that index is applied here
//   cpu | memory                          seconds; KiB resident and the most since it was asked last
//   counter NAME
//
// First it says at which address and with which disk; its certificate lies in its folder.
#pragma once

#include <string>

namespace bao::raft_bench {

inline constexpr char kCertificateFile[] = "/certificate.pem";

// `voters`: of the group that it founds with members 1 to that number; 0: it joins one.
void run_member(const std::string& folder, uint64_t id, uint64_t voters);

}  // namespace bao::raft_bench
