#include "internal/text_template/functions.h"

#include <algorithm>
#include <cstdint>

#include "internal/base/letters.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/text_template/limits.h"
#include "internal/text_template/value.h"

namespace bao::text_template {
namespace {

using codec::Json;
using Arguments = std::span<const Json>;
using Outcome = base::Result<Json>;

constexpr size_t kAny = SIZE_MAX;

base::Result<std::string> text_of(const Json& value) {
  if (!value.is_string()) return base::invalid("expected string; found " + display(value));
  return value.as_string();
}

base::Result<size_t> length_of(const Json& value, int64_t more_than) {
  ASSIGN_OR_RETURN(const int64_t length, value.as_int());
  if (length <= more_than) return base::invalid("max length must be > " + std::to_string(more_than) + " but was " + std::to_string(length));
  if (length > static_cast<int64_t>(kOutputBytesMax)) return base::invalid("a length of " + std::to_string(length) + " is too much");
  return static_cast<size_t>(length);
}

// ---- of the language

Outcome nothing_of_its_own(Arguments, base::Time) { return Json(); }
Outcome negation(Arguments a, base::Time) { return Json(!is_true(a[0])); }

Outcome equal(Arguments a, base::Time) {
  return Json(std::any_of(a.begin() + 1, a.end(), [&](const Json& other) { return is_equal(a[0], other); }));
}
Outcome unequal(Arguments a, base::Time) { return Json(!is_equal(a[0], a[1])); }

template <bool swapped, bool negated>
Outcome ordered(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const bool less, is_less(a[swapped ? 1 : 0], a[swapped ? 0 : 1]));
  return Json(less != negated);
}

Outcome length(Arguments a, base::Time) {
  if (a[0].is_string()) return Json(static_cast<int64_t>(a[0].as_string().size()));
  if (!a[0].is_array() && !a[0].is_object()) return base::invalid("len of type " + std::string(type_name(a[0])));
  return Json(static_cast<int64_t>(a[0].size()));
}

Outcome index(Arguments a, base::Time) {
  const Json* at = &a[0];
  for (const Json& key : a.subspan(1)) {
    if (at->is_object()) {
      ASSIGN_OR_RETURN(const std::string name, text_of(key));
      at = &(*at)[name];
      continue;
    }
    if (!at->is_array()) return base::invalid("can't index item of type " + std::string(type_name(*at)));
    ASSIGN_OR_RETURN(const int64_t number, key.as_int());
    if (number < 0 || static_cast<size_t>(number) >= at->size()) return base::invalid("index out of range: " + std::to_string(number));
    at = &at->items()[static_cast<size_t>(number)];
  }
  return *at;
}

// Go's Sprint puts a space between two operands neither of which is a string, Sprintln between all.
Outcome print(Arguments a, base::Time) {
  std::string out;
  for (size_t i = 0; i < a.size(); ++i) out += (i > 0 && !a[i].is_string() && !a[i - 1].is_string() ? " " : "") + display(a[i]);
  return Json(std::move(out));
}
Outcome print_line(Arguments a, base::Time) {
  std::string out;
  for (const Json& value : a) out += (out.empty() ? "" : " ") + display(value);
  return Json(out + "\n");
}

Outcome print_formatted(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const std::string format, text_of(a[0]));
  std::string out;
  size_t next = 1;
  for (size_t i = 0; i < format.size(); ++i) {
    const char verb = format[i] == '%' && i + 1 < format.size() ? format[++i] : '\0';
    if (verb == '\0' || verb == '%') {
      out += format[i];
      continue;
    }
    if (next == a.size()) return base::invalid("printf has no argument for %" + std::string(1, verb));
    const Json& value = a[next++];
    if (verb == 'q' && value.is_string()) codec::write_json_string_to(out, value.as_string());
    else if (verb == 'v' || (verb == 's' && value.is_string()) || (verb == 'd' && value.is_number()) || (verb == 't' && value.is_bool())) out += display(value);
    else return base::invalid("printf: %" + std::string(1, verb) + " is not there for " + std::string(type_name(value)));
  }
  if (next != a.size()) return base::invalid("printf has arguments that its format does not name");
  return Json(std::move(out));
}

// ---- of OpenBao's: the text comes last, so that it may be piped in

template <std::string (*change)(std::string_view)>
Outcome changed(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const std::string text, text_of(a[0]));
  return Json(change(text));
}
template <base::Result<std::string> (*decode)(std::string_view)>
Outcome decoded(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const std::string text, text_of(a[0]));
  ASSIGN_OR_RETURN(std::string bytes, decode(text));
  if (!codec::is_valid_utf8(bytes)) return base::invalid("what was decoded is not UTF-8");
  return Json(std::move(bytes));
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}
std::string lower_case(std::string_view text) { return base::lower_case(text); }
std::string sha256_hex(std::string_view text) { return codec::to_hex(crypto::sha256(text)); }

Outcome truncate(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const size_t at_most, length_of(a[0], 0));
  ASSIGN_OR_RETURN(const std::string text, text_of(a[1]));
  return Json(text.substr(0, at_most));
}

Outcome truncate_sha256(Arguments a, base::Time) {
  constexpr size_t kHashLength = 8;
  ASSIGN_OR_RETURN(const size_t at_most, length_of(a[0], kHashLength));
  ASSIGN_OR_RETURN(const std::string text, text_of(a[1]));
  if (text.size() <= at_most) return Json(text);
  const size_t kept = at_most - kHashLength;
  return Json(text.substr(0, kept) + sha256_hex(std::string_view(text).substr(kept)).substr(0, kHashLength));
}

Outcome replace(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const std::string find, text_of(a[0]));
  ASSIGN_OR_RETURN(const std::string by, text_of(a[1]));
  ASSIGN_OR_RETURN(const std::string text, text_of(a[2]));
  if (find.empty()) return base::invalid("replace of an empty text");
  std::string out;
  for (size_t at = 0;;) {
    const size_t found = text.find(find, at);
    out += text.substr(at, found - at);
    if (found == std::string::npos) return Json(std::move(out));
    out += by;
    if (out.size() > kOutputBytesMax) return base::Error(base::Code::exhausted, "the text is too long");
    at = found + find.size();
  }
}

// '*' stands for any text.
Outcome glob(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const std::string pattern, text_of(a[0]));
  ASSIGN_OR_RETURN(const std::string text, text_of(a[1]));
  size_t p = 0, t = 0, star = std::string::npos, after_star = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++after_star;
    } else {
      return Json(false);
    }
  }
  return Json(pattern.find_first_not_of('*', p) == std::string::npos);
}

Outcome random(Arguments a, base::Time) {
  ASSIGN_OR_RETURN(const size_t count, length_of(a[0], 0));
  return Json(crypto::random_base62(count));
}
Outcome uuid(Arguments, base::Time) { return Json(crypto::random_uuid()); }

template <typename Unit>
Outcome unix_time(Arguments, base::Time now) {
  return Json(std::to_string(std::chrono::duration_cast<Unit>(now.time_since_epoch()).count()));
}

constexpr Function kFunctions[] = {
    {"and", 1, kAny, nothing_of_its_own, Function::Ends::with_false},
    {"or", 1, kAny, nothing_of_its_own, Function::Ends::with_true},
    {"not", 1, 1, negation},
    {"eq", 2, kAny, equal},
    {"ne", 2, 2, unequal},
    {"lt", 2, 2, ordered<false, false>},
    {"ge", 2, 2, ordered<false, true>},
    {"gt", 2, 2, ordered<true, false>},
    {"le", 2, 2, ordered<true, true>},
    {"len", 1, 1, length},
    {"index", 1, kAny, index},
    {"print", 0, kAny, print},
    {"println", 0, kAny, print_line},
    {"printf", 1, kAny, print_formatted},
    {"uppercase", 1, 1, changed<upper_case>},
    {"lowercase", 1, 1, changed<lower_case>},
    {"sha256", 1, 1, changed<sha256_hex>},
    {"base64", 1, 1, changed<codec::to_base64>},
    {"decode_base64", 1, 1, decoded<codec::from_base64>},
    {"hex", 1, 1, changed<codec::to_hex>},
    {"decode_hex", 1, 1, decoded<codec::from_hex>},
    {"truncate", 2, 2, truncate},
    {"truncate_sha256", 2, 2, truncate_sha256},
    {"replace", 3, 3, replace},
    {"glob", 2, 2, glob},
    {"random", 1, 1, random},
    {"uuid", 0, 0, uuid},
    {"unix_time", 0, 0, unix_time<std::chrono::seconds>},
    {"unix_time_millis", 0, 0, unix_time<std::chrono::milliseconds>},
};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const Function& function) { return function.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace bao::text_template
