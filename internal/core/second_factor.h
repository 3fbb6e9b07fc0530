// The second step of a login, where an enforcement asks for one (core/mfa): proved at once by X-Vault-MFA, or later by
// sys/mfa/validate. Thread-safe. Only the active node judges and keeps logins that wait.
#pragma once

#include <memory>

#include "internal/core/request_work.h"

namespace bao::core {

class SecondFactor {
 public:
  virtual ~SecondFactor() = default;
  // Whether this login needs one, as far as this node knows. Its entity is known (identify_login).
  virtual base::Result<bool> is_asked(const RequestWork& work, const logical::Auth& auth) const = 0;
  // In the transaction of the login: nothing where none is asked for, or a right one came along. Else the login waits, and the answer
  // says for what (Auth::mfa_requirement). Errors: denied; invalid, for a header that says nothing.
  virtual base::Status check(const RequestWork& work, storage::WriteView& all, logical::Response& response) = 0;
  // Goes on with a login that waits. Errors: denied, invalid.
  virtual logical::Reply validate(const logical::Call& call, storage::WriteView& all) = 0;

  // From the applier: enforcements or methods changed; all data was replaced. Quick, without I/O.
  virtual void rules_changed() = 0;
  virtual void data_replaced() = 0;
};
std::unique_ptr<SecondFactor> make_second_factor(const Core::Parts& parts);

}  // namespace bao::core
