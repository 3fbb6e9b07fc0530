// size, the tests of strings, and conversions between types (the CEL specification, "Standard definitions").
#include <charconv>
#include <cmath>

#include "internal/cel/function.h"
#include "internal/cel/patterns.h"
#include "internal/cel/text.h"
#include "internal/cel/time.h"
#include "internal/cel/unicode.h"
#include "internal/codec/encoding.h"

namespace bao::cel {
namespace {

Outcome size_of_string(Budget& budget, const std::string& text) {
  TRY(budget.spend(text.size()));
  return Value(static_cast<int64_t>(characters(text)));
}
Outcome size_of_bytes(Budget&, const Bytes& bytes) { return Value(static_cast<int64_t>(bytes.bytes.size())); }
Outcome size_of_list(Budget&, const List& list) { return Value(static_cast<int64_t>(list.items.size())); }
Outcome size_of_map(Budget&, const Map& map) { return Value(static_cast<int64_t>(map.entries.size())); }

Outcome starts_with(Budget&, const std::string& text, const std::string& part) { return Value(text.starts_with(part)); }
Outcome ends_with(Budget&, const std::string& text, const std::string& part) { return Value(text.ends_with(part)); }
Outcome contains(Budget& budget, const std::string& text, const std::string& part) {
  TRY(budget.spend(text.size()));
  return Value(text.find(part) != std::string::npos);
}
Outcome matches(Budget& budget, const std::string& text, const std::string& pattern) {
  ASSIGN_OR_RETURN(const codec::Pattern compiled, pattern_of(budget, pattern, text.size()));
  return Value(compiled.found_in(text));
}

Outcome type_of(Budget&, const Value& value) { return Value(Type{value.type_name()}); }
template <typename T>
Outcome same(Budget&, const T& value) {
  return Value(value);
}

Outcome bool_from_string(Budget&, const std::string& text) {
  for (const char* word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return Value(true);
  }
  for (const char* word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return Value(false);
  }
  return base::invalid("type conversion error from 'string' to 'bool'");
}

base::Error conversion_error(const char* from, const char* to) {
  return base::invalid(std::string("type conversion error from '") + from + "' to '" + to + "'");
}

Outcome int_from_uint(Budget&, const uint64_t& number) {
  if (number > INT64_MAX) return base::invalid("integer overflow");
  return Value(static_cast<int64_t>(number));
}
Outcome int_from_double(Budget&, const double& number) {
  if (!(number > -0x1p63 && number < 0x1p63)) return base::invalid("integer overflow");
  return Value(static_cast<int64_t>(number));
}
template <typename T>
Outcome number_from_string(Budget&, const std::string& text) {
  T number{};
  const size_t sign = text.starts_with('+') && text.size() > 1 && text[1] != '-' ? 1 : 0;
  const auto end = std::from_chars(text.data() + sign, text.data() + text.size(), number);
  const char* to = std::is_floating_point_v<T> ? "double" : std::is_signed_v<T> ? "int" : "uint";
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return conversion_error("string", to);
  return Value(number);
}
Outcome int_from_timestamp(Budget&, const Timestamp& time) { return Value(time.seconds); }
Outcome int_from_duration(Budget&, const Duration& duration) { return Value(duration.nanoseconds); }
Outcome uint_from_int(Budget&, const int64_t& number) {
  if (number < 0) return base::invalid("unsigned integer overflow");
  return Value(static_cast<uint64_t>(number));
}
Outcome uint_from_double(Budget&, const double& number) {
  if (!(number >= 0 && number < 0x1p64)) return base::invalid("unsigned integer overflow");
  return Value(static_cast<uint64_t>(number));
}
template <typename T>
Outcome double_from(Budget&, const T& number) {
  return Value(static_cast<double>(number));
}
template <typename T>
Outcome string_from(Budget&, const T& value) {
  return Value(display_text(Value(value)));
}
Outcome string_from_bytes(Budget&, const Bytes& bytes) {
  if (!codec::is_valid_utf8(bytes.bytes)) return base::invalid("invalid UTF-8 in bytes, cannot convert to string");
  return Value(bytes.bytes);
}
Outcome bytes_from_string(Budget&, const std::string& text) { return Value(Bytes{text}); }

}  // namespace

std::vector<Overload> standard_functions() {
  return {function<size_of_string>("size"),      method<size_of_string>("size"),
          function<size_of_bytes>("size"),       method<size_of_bytes>("size"),
          function<size_of_list>("size"),        method<size_of_list>("size"),
          function<size_of_map>("size"),         method<size_of_map>("size"),
          method<starts_with>("startsWith"),     method<ends_with>("endsWith"),
          method<contains>("contains"),          method<matches>("matches"),
          function<matches>("matches"),          function<type_of>("type"),
          function<same<Value>>("dyn"),          function<same<bool>>("bool"),
          function<bool_from_string>("bool"),    function<same<int64_t>>("int"),
          function<int_from_uint>("int"),        function<int_from_double>("int"),
          function<number_from_string<int64_t>>("int"), function<int_from_timestamp>("int"),
          function<int_from_duration>("int"),    function<same<uint64_t>>("uint"),
          function<uint_from_int>("uint"),       function<uint_from_double>("uint"),
          function<number_from_string<uint64_t>>("uint"), function<same<double>>("double"),
          function<double_from<int64_t>>("double"), function<double_from<uint64_t>>("double"),
          function<number_from_string<double>>("double"), function<same<std::string>>("string"),
          function<string_from<bool>>("string"), function<string_from<int64_t>>("string"),
          function<string_from<uint64_t>>("string"), function<string_from<double>>("string"),
          function<string_from<Timestamp>>("string"), function<string_from<Duration>>("string"),
          function<string_from_bytes>("string"), function<same<Bytes>>("bytes"),
          function<bytes_from_string>("bytes")};
}

}  // namespace bao::cel
