#include "internal/core/system/rotation_api.h"

namespace bao::core::sys {

RotationApi rotate_api(Target target) {
  return {.target = target,
          .name = "rotation",
          .nothing_in_progress = "no rotation in progress",
          .unsupported = "recovery keys not supported",
          .nothing_to_show = "unable to look up config: %!w(*errors.errorString=&{recovery not supported})",
          .finished = "rotation already finished",
          .nonce_of = "rotation",
          .repeated_during = "this rotation",
          .invalid_shape = target == Target::root ? "invalid rotate seal configuration: " : "invalid recovery configuration: ",
          // The reference prints its error value like this; clients compare the text.
          .shape_reason_begin = "%!w(*errors.errorString=&{",
          .shape_reason_end = "})",
          .with_stored_keys = "when using stored keys",
          .key_missing = "missing required field 'key'",
          .nonce_missing = "missing required field 'nonce'",
          .backup_without_holders = "",
          .wrong_number_of_holders = "",
          .backup_form = BackupForm::encrypted,
          .gives_first_shares = true,
          .stored_shares = 1};
}

RotationApi rekey_api(Target target) {
  const bool root = target == Target::root;
  return {.target = target,
          .name = "rekey",
          .nothing_in_progress = root ? "no barrier rekey in progress" : "no recovery rekey in progress",
          .unsupported = "recovery rekeying not supported",
          .nothing_to_show = "recovery rekeying not supported",
          .finished = "rekey operation already finished",
          .nonce_of = "this rekey operation",
          .repeated_during = root ? "this generation operation" : "this rekey operation",
          .invalid_shape = root ? "invalid rekey seal configuration: " : "invalid recovery configuration: ",
          .shape_reason_begin = "",
          .shape_reason_end = "",
          .with_stored_keys = "when rekeying the barrier key with recovery keys",
          .key_missing = "'key' must be specified in request body as JSON",
          .nonce_missing = "",
          .backup_without_holders = "cannot request a backup of the new keys without providing PGP keys for encryption",
          .wrong_number_of_holders = "incorrect number of PGP keys for rekey",
          .backup_form = BackupForm::plain,
          .gives_first_shares = false,
          .stored_shares = 0};
}

}  // namespace bao::core::sys
