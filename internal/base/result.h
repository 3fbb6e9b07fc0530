// Errors as values: Result<T> carries a T or an Error. Immutable and thread-compatible.
//
// The codes are a small closed set (ARCHITECTURE D20). Only http/ turns a code into a status:
//   invalid 400, denied 403, absent 404, unsupported 405, too_large 413, media_type 415,
//   exhausted 429, sealed, unavailable and audit_unavailable 503, internal/corrupt/uncertain 500.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "internal/base/ensure.h"
#include "internal/base/words.h"

namespace bao::base {

enum class Code {
  invalid,       // the caller's input is wrong; the message says how
  denied,        // no token, a bad one, or not allowed
  absent,        // nothing there
  unsupported,   // the path exists, the operation on it does not
  too_large,     // over a named limit
  media_type,    // wrong Content-Type
  exhausted,     // a quota or bounded queue is full
  conflict,      // a transaction read what another one changed: run it again
  needs_active,  // a read met a write (ARCHITECTURE D7); only the request handler may swallow it
  uncertain,     // the write may or may not have happened; never retried silently
  sealed,        // the barrier is sealed
  unavailable,   // not now: shutting down, disk full, not initialised
  corrupt,       // stored bytes fail their check
  audit_unavailable,  // no audit device takes the record of the request
  internal,      // everything else that is not the caller's fault
};

std::string_view code_name(Code code);

// Whether it is the node's fault, or its state's, and not the caller's: what http answers with a 5xx.
bool is_fault(Code code);

class [[nodiscard]] Error {
 public:
  Error(Code code, Words words) : code_(code), words_(std::move(words)) {}
  Code code() const { return code_; }
  // For the client; never holds a secret.
  const std::string& message() const { return words_.text(); }
  // What the log may tell of it.
  const Words& words() const { return words_; }
  // The same error with "<context>: " before its message.
  Error within(std::string_view context) const { return {code_, words_.within(context)}; }

 private:
  Code code_;
  Words words_;
};

inline Error invalid(Words words) { return {Code::invalid, std::move(words)}; }
inline Error denied(Words words = "permission denied") { return {Code::denied, std::move(words)}; }
inline Error internal(Words words) { return {Code::internal, std::move(words)}; }
inline Error corrupt(Words words) { return {Code::corrupt, std::move(words)}; }

template <typename T = void>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { ENSURE(ok(), "value of an error"); return std::get<0>(state_); }
  const T& value() const& { ENSURE(ok(), "value of an error"); return std::get<0>(state_); }
  T&& value() && { ENSURE(ok(), "value of an error"); return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { ENSURE(!ok(), "error of a value"); return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { ENSURE(!ok(), "error of a value"); return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace bao::base

// Returns the error of an expression that is a Result, otherwise goes on.
#define TRY(expression)                                        \
  do {                                                         \
    if (auto try_result_ = (expression); !try_result_.ok())    \
      return try_result_.error();                              \
  } while (false)

#define BAO_CONCAT_(a, b) a##b
#define BAO_CONCAT(a, b) BAO_CONCAT_(a, b)
#define ASSIGN_OR_RETURN_(tmp, target, expression) \
  auto tmp = (expression);                         \
  if (!tmp.ok()) return tmp.error();               \
  target = std::move(tmp).value()
// ASSIGN_OR_RETURN(auto x, f()): x is the value of f(), or its error is returned.
#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_(BAO_CONCAT(result_, __LINE__), target, expression)
