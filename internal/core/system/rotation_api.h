// What differs between the two APIs by which operators change the key behind their shares: sys/rotate/*, and the older sys/rekey*
// that takes shares without a token. Texts as the reference words them. Constants.
#pragma once

#include <string>

#include "internal/core/system/new_keys.h"

namespace bao::core::sys {

enum class Target : uint8_t { root, recovery };

struct RotationApi {
  Target target;
  std::string name;               // "rotation", "rekey": what is in progress
  std::string nothing_in_progress;
  std::string unsupported, nothing_to_show;  // of a recovery key, where there is none
  std::string finished;           // "rotation already finished", before verification
  std::string nonce_of;           // "rotation", "this rekey operation"
  std::string repeated_during;    // "this rotation"
  std::string invalid_shape;      // what comes before the reason
  std::string shape_reason_begin, shape_reason_end;  // and around it
  std::string with_stored_keys;   // "when using stored keys": why an auto seal's root key has neither holders nor backups
  std::string key_missing, nonce_missing;  // the latter "": a nonce that isn't there is a wrong one
  std::string backup_without_holders, wrong_number_of_holders;  // refusals before the shape is looked at; "": none
  BackupForm backup_form;
  bool gives_first_shares;        // of a recovery key that has none yet: only to whom a token allows it
  int64_t stored_shares;          // that an auto seal's root key is said to have
};

RotationApi rotate_api(Target target);
RotationApi rekey_api(Target target);

}  // namespace bao::core::sys
