// Where values come from: one table of sources by name. Pure but for what the host's functions do.
#pragma once

#include <span>
#include <string_view>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/request_profile/history.h"
#include "internal/request_profile/profile.h"

namespace bao::request_profile {

// A member of the object that stands for a value. `{kind}_name` is written with the profile's kind: initialize_name.
struct SourceMember {
  std::string_view name;
  bool required = true;
};

// Where a source is asked.
struct Scope {
  const Profile& profile;
  const Host& host;
  const History& history;
};

struct Source {
  std::string_view name;
  std::span<const SourceMember> members;
  // `object` holds what is required, and everything in it is evaluated. Errors: invalid.
  base::Result<codec::Json> (*evaluate)(const codec::Json& object, const Scope& scope);
  // What can be said before a run, of members that are written down. Errors: invalid.
  base::Status (*check)(const codec::Json& object);
};

// nullptr: there is none of that name.
const Source* find_source(std::string_view name);
// The member as it is written where the profile is of that kind.
std::string member_name(const SourceMember& member, const Profile& profile);

// Whether an object stands for what a source gives. Errors: invalid, when only one of eval_source and eval_type is there.
base::Result<bool> is_evaluated(const codec::Json& value);

}  // namespace bao::request_profile
