// What errors and requests call blocks and steps, as the reference does.
#pragma once

#include <string>

#include "internal/request_profile/profile.h"

namespace bao::request_profile {

// "initialize.[identity (0)]".
inline std::string name_of(const Profile& profile, size_t block) {
  return profile.kind + ".[" + profile.blocks[block].name + " (" + std::to_string(block) + ")]";
}
// "request.[add-admin (1)]".
inline std::string name_of(const Block& block, size_t step) {
  return "request.[" + block.steps[step].name + " (" + std::to_string(step) + ")]";
}

}  // namespace bao::request_profile
