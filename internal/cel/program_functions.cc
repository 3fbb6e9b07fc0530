// What OpenBao adds to the language for its programs: check_valid_email, encode_json, decode_json. They answer false for what they
// can't do.
#include "internal/cel/function.h"
#include "internal/cel/json.h"
#include "internal/cel/mail_address.h"

namespace bao::cel {
namespace {

Outcome check_valid_email(Budget& budget, const std::string& text) {
  TRY(budget.spend(text.size()));
  return Value(is_mail_address(text));
}

Outcome encode_json(Budget& budget, const Value& value) {
  if (value.as_map() == nullptr) return Value(false);
  const auto json = json_of(budget, value);
  if (json.ok()) return Value(codec::write_json(*json));
  if (!is_absorbed(json.error())) return json.error();
  return Value(false);
}

Outcome decode_json(Budget& budget, const std::string& text) {
  TRY(budget.spend(text.size()));
  const auto json = codec::parse_json(text);
  return json.ok() ? value_of(*json, JsonNumbers::doubles) : Value(false);
}

}  // namespace

std::vector<Overload> program_functions() {
  return {function<check_valid_email>("check_valid_email"), function<encode_json>("encode_json"), function<decode_json>("decode_json")};
}

}  // namespace bao::cel
