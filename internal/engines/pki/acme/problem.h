// What ACME answers instead of errors: problem documents (RFC 8555 6.7), and results that may be one. Values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::engines::pki::acme {

enum class ProblemType : uint8_t {
  account_does_not_exist, already_revoked, bad_csr, bad_nonce, bad_public_key, bad_revocation_reason, bad_signature_algorithm, connection, dns,
  external_account_required, incorrect_response, malformed, order_not_ready, rejected_identifier, server_internal, tls, unauthorized,
  unsupported_identifier,
  disabled,  // no document: 404 without a body
};

// Why a request is refused: a problem that the client is told of, or an error that ends the request as any other does (a conflict,
// storage).
class Failure {
 public:
  // "detail: what the type means", as the reference words most of them.
  static Failure because(ProblemType type, const std::string& detail);
  // The other way round: "what the type means: detail".
  static Failure namely(ProblemType type, const std::string& detail);
  static Failure of(ProblemType type);
  Failure(base::Error error) : state_(std::move(error)) {}

  const base::Error* error() const { return std::get_if<base::Error>(&state_); }
  // Of a problem.
  ProblemType type() const;
  const std::string& detail() const;
  // With "context: " before its detail.
  Failure within(const std::string& context) const;

 private:
  struct Problem {
    ProblemType type;
    std::string detail;
  };
  explicit Failure(Problem problem) : state_(std::move(problem)) {}
  std::variant<Problem, base::Error> state_;
};

Failure malformed(const std::string& detail);

std::string problem_urn(ProblemType type);  // "urn:ietf:params:acme:error:malformed"
int problem_status(ProblemType type);
std::string_view problem_meaning(ProblemType type);

// A Result whose error is a Failure; TRY and ASSIGN_OR_RETURN work with it.
template <typename T = std::monostate>
class [[nodiscard]] Outcome {
 public:
  Outcome() requires std::is_same_v<T, std::monostate> : state_(std::in_place_index<0>) {}
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}
  Outcome(base::Error error) : state_(std::in_place_index<1>, Failure(std::move(error))) {}

  bool ok() const { return state_.index() == 0; }
  T& value() & { ENSURE(ok(), "value of a failure"); return std::get<0>(state_); }
  T&& value() && { ENSURE(ok(), "value of a failure"); return std::get<0>(std::move(state_)); }
  const T& operator*() const { ENSURE(ok(), "value of a failure"); return std::get<0>(state_); }
  const T* operator->() const { return &**this; }
  const Failure& error() const { ENSURE(!ok(), "failure of a value"); return std::get<1>(state_); }

 private:
  std::variant<T, Failure> state_;
};

}  // namespace bao::engines::pki::acme
