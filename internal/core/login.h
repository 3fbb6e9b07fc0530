// A login's steps on a request's way (README): who logs in is judged on a view of one moment, outside of any transaction, because
// hashing a password takes its time. What the method read is remembered; the transaction that files the token begins by comparing
// that it still reads the same. Thread-safe.
#pragma once

#include "internal/core/lockout.h"
#include "internal/core/parts.h"
#include "internal/core/recording_view.h"
#include "internal/logical/auth_method.h"
#include "internal/logical/response.h"

namespace bao::core {

struct RequestWork;

struct JudgedLogin {
  logical::Response response;  // with an Auth of which no token was made yet
  RecordingView::Seen seen;
};

// The method, when the request's path logs in at one; else nullptr.
const logical::AuthMethod* login_method(const RequestWork& work);

class Logins {
 public:
  explicit Logins(Core::Parts& parts) : parts_(parts) {}

  // Who is locked out is refused before anything is judged.
  base::Status check_lockout(RequestWork& work, const storage::ReadView& all) const;
  // Judges; and where nothing has to be written, on whichever node, makes the token. Else `needs_transaction`: the active node
  // goes on with grant(). What fails on a standby is for the active node to say: it counts, and knows of credentials that are newer.
  // There is no plan before it, which would look at the credentials, too: judging itself says when it is for the active node.
  logical::Reply judge(RequestWork& work, const storage::ReadView& all, bool& needs_transaction) const;
  // In the transaction: the answer to a login that was judged before it. Error: conflict, and work.login_is_stale.
  logical::Reply grant(RequestWork& work, storage::WriteView& all) const;
  // Once it is answered, on the active node: who fails too often is locked out.
  void count(const RequestWork& work, const logical::Reply& reply);

  FailedLogins& failed() { return failed_; }

 private:
  Core::Parts& parts_;
  FailedLogins failed_;
};

}  // namespace bao::core
