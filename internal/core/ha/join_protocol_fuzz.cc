// Bodies of bootstrap/answer and answers to it: whatever is taken for an applicant is one, and nobody is let in by chance.
#include <cstddef>
#include <cstdint>

#include "internal/base/ensure.h"
#include "internal/core/ha/join_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  static const core::JoinChallenges challenges;
  static const base::SecretBytes secret("secret");
  const auto body = codec::parse_json({reinterpret_cast<const char*>(data), size});
  if (!body.ok()) return 0;
  ENSURE(!core::parse_invitation(*body, secret).ok(), "an invitation without its proof");
  const auto applicant = core::parse_applicant(*body);
  if (!applicant.ok()) return 0;
  const auto again = core::parse_applicant(core::answer_body(*applicant, ""));
  ENSURE(again.ok() && again->record == applicant->record && again->non_voter == applicant->non_voter, "an applicant reads back");
  ENSURE(!challenges.check((*body)["answer"].as_string(), *applicant, base::Time{}).ok(), "an answer to nothing");
  return 0;
}
