// What a node that joins and the leader say to each other over the API (openbao-ha.md 5.6): whoever can open what the
// cluster's seal closed belongs to it. Values and pure functions; used by core/system on the leader, by internal/cluster on
// the node that joins.
//
//   joiner   bootstrap/challenge {server_id}
//   leader   {challenge: seal(ticket ‖ secret), seal_config}     ticket = nonce ‖ expiry, secret = HMAC(key, ticket ‖ server_id)
//   joiner   bootstrap/answer {server_id, answer: ticket ‖ HMAC(secret, itself), …}
//   leader   {cluster_id, peers, proof: HMAC(secret, the invitation)}
//
// The leader remembers nothing between the two: no caller can make it keep anything (CVE-2024-8185). Beyond the reference
// the secret itself never travels: an answer that somebody overheard adds the node that gave it and no other, and only
// for as long as the ticket lives, and the proof shows that the invitation comes from who asked.
#pragma once

#include <string>
#include <string_view>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/codec/json.h"
#include "internal/core/ha/cluster.h"

namespace bao::core {

inline constexpr base::Duration kChallengeLife = std::chrono::minutes(1);

// A node that wants in, as `answer` carries it.
struct Applicant {
  MemberRecord record;
  bool non_voter = false;
};

// The leader's side: one key, of this process, and nothing else. Immutable, thread-safe.
class JoinChallenges {
 public:
  JoinChallenges();
  // ticket ‖ secret, to be closed by the seal.
  base::SecretBytes issue(std::string_view server_id, base::Time now) const;
  // The secret behind an answer of that applicant. Errors: invalid (wrong, of another process, too late).
  base::Result<base::SecretBytes> check(std::string_view answer, const Applicant& applicant, base::Time now) const;

 private:
  base::SecretBytes secret_of(std::string_view ticket, std::string_view server_id) const;
  const base::SecretBytes key_;
};

// The joiner's side, with an opened challenge.
class OpenedChallenge {
 public:
  // Errors: invalid (no challenge of this protocol).
  static base::Result<OpenedChallenge> parse(base::SecretBytes opened);
  std::string answer(const Applicant& applicant) const;
  const base::SecretBytes& secret() const { return secret_; }

 private:
  std::string ticket_;
  base::SecretBytes secret_;
};

// The body of bootstrap/answer, and what it says. Bounds and shapes are checked. Errors: invalid, in the reference's words
// where it has any.
codec::Json answer_body(const Applicant& applicant, const std::string& answer);
base::Result<Applicant> parse_applicant(const codec::Json& body);

// The data of the answer to that. Errors of reading: invalid (shape, a proof that isn't one).
codec::Json invitation_data(const Invitation& invitation, const base::SecretBytes& secret);
base::Result<Invitation> parse_invitation(const codec::Json& data, const base::SecretBytes& secret);

// Where a node that is a member has its cluster port, as it says to anybody who asks: enough to try that address, where it has to
// prove who it is. Errors of reading: invalid.
struct MemberAddress {
  uint64_t member = 0;
  std::string cluster_address;
};
codec::Json member_address_data(const MemberRecord& record);
base::Result<MemberAddress> parse_member_address(const codec::Json& data);

// Bounds and shapes of what somebody says of itself. Errors: invalid.
base::Status check_member(const MemberRecord& record);

}  // namespace bao::core
