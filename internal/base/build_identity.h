// Which build this is: the version of OpenBao whose API and data it agrees with, and the commit it was built from.
// Constant, thread-safe.
#pragma once

namespace bao::base {

inline constexpr char kVersion[] = "2.6.2";
// The commit's hash ("" outside a git checkout) and its time in RFC 3339; outside a checkout the time of configuring.
const char* build_revision();
const char* build_commit_date();

}  // namespace bao::base
