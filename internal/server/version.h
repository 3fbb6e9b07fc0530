// What the server calls itself in answers: the version of OpenBao whose API and data it agrees with.
#pragma once

namespace bao::server {

#ifndef BAO_REVISION
#define BAO_REVISION ""
#endif
#ifndef BAO_COMMIT_DATE
#define BAO_COMMIT_DATE ""
#endif
inline constexpr char kVersion[] = "2.6.2";
inline constexpr char kRevision[] = BAO_REVISION;
inline constexpr char kCommitDate[] = BAO_COMMIT_DATE;  // RFC 3339

}  // namespace bao::server
