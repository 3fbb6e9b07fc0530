#include "internal/core/system/password_policy.h"

#include <algorithm>
#include <utility>

#include "internal/codec/encoding.h"
#include "internal/codec/hcl.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {
namespace {

constexpr size_t kCharactersMax = 256;
constexpr int kTriesMax = 20'000;

// The code points of valid UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    auto point = static_cast<char32_t>(length == 1 ? lead : lead & (0xff >> (length + 1)));
    for (size_t k = 1; k < length && i + k < text.size(); ++k) {
      point = static_cast<char32_t>((point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3f));
    }
    out += point;
    i += length;
  }
  return out;
}

base::Result<int64_t> whole_number(const codec::HclItem& item) {
  auto number = item.value.scalar.as_int();
  if (item.value.kind == codec::HclValue::Kind::scalar && item.value.scalar.is_number() && number.ok()) return number;
  return base::invalid("failed to decode configuration: '" + item.key + "' expected a whole number");
}

base::Result<CharsetRule> parse_charset(const std::vector<codec::HclItem>& body) {
  CharsetRule rule;
  for (const codec::HclItem& item : body) {
    if (item.key == "min-chars") {
      ASSIGN_OR_RETURN(rule.characters_min, whole_number(item));
    } else if (item.key == "charset") {
      if (!item.value.scalar.is_string() || !codec::is_valid_utf8(item.value.scalar.as_string())) {
        return base::invalid("failed to parse charset restriction: 'charset' expected UTF-8 text");
      }
      rule.charset = code_points(item.value.scalar.as_string());
    }
  }
  return rule;
}

// `rule "charset" { … }`, and as JSON {"rule": {"charset": {…}}}.
base::Result<CharsetRule> parse_rule(const codec::HclItem& item) {
  const bool labelled = !item.labels.empty();
  if (!labelled && item.value.object.empty()) return base::invalid("unable to get rule info: rule is empty");
  const std::string& type = labelled ? item.labels.front() : item.value.object.front().key;
  if (type != "charset") return base::invalid("unable to parse rule " + type + ": unrecognized rule type " + type);
  auto rule = parse_charset(labelled ? item.value.object : item.value.object.front().value.object);
  if (!rule.ok()) return base::invalid("unable to parse rule " + type + ": " + rule.error().message());
  return rule;
}

base::Result<std::vector<CharsetRule>> parse_rules(const std::vector<codec::HclItem>& items) {
  std::vector<CharsetRule> rules;
  for (const codec::HclItem& item : items) {
    if (item.key != "rule") continue;
    auto rule = parse_rule(item);
    if (!rule.ok()) return base::invalid("unable to parse rules: " + rule.error().message());
    rules.push_back(std::move(rule).value());
  }
  return rules;
}

std::u32string characters_of(const std::vector<CharsetRule>& rules) {
  std::u32string all;
  for (const CharsetRule& rule : rules) all += rule.charset;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

// Problems as the reference counts them up.
std::string counted(const std::vector<std::string>& problems) {
  std::string out = std::to_string(problems.size()) + (problems.size() == 1 ? " error" : " errors") + " occurred:\n";
  for (const std::string& problem : problems) out += "\t* " + problem + "\n";
  return out + "\n";
}

}  // namespace

base::Result<PasswordPolicy> PasswordPolicy::parse(std::string_view text) {
  auto items = codec::parse_hcl(text);
  if (!items.ok()) return base::invalid("unable to decode: " + items.error().message());
  PasswordPolicy policy;
  for (const codec::HclItem& item : *items) {
    if (item.key != "length") continue;
    ASSIGN_OR_RETURN(policy.length_, whole_number(item));
  }
  ASSIGN_OR_RETURN(policy.rules_, parse_rules(*items));
  policy.characters_ = characters_of(policy.rules_);
  TRY(policy.check());
  return policy;
}

base::Status PasswordPolicy::check() const {
  std::vector<std::string> problems;
  int64_t demanded = 0;
  for (const CharsetRule& rule : rules_) demanded += std::clamp<int64_t>(rule.characters_min, 0, 1'000'000);
  if (length_ <= 0) {
    problems.emplace_back("length must be > 0");
  } else if (length_ < demanded) {
    problems.push_back("specified rules require at least " + std::to_string(demanded) + " characters but " +
                       std::to_string(length_) + " is specified");
  }
  if (characters_.empty()) problems.emplace_back("no charset specified");
  if (characters_.size() > kCharactersMax) {
    problems.emplace_back("charset is too long: limited to " + std::to_string(kCharactersMax) + " characters");
  }
  if (std::any_of(characters_.begin(), characters_.end(), is_control)) {
    problems.emplace_back("non-printable character in charset");
  }
  if (problems.empty()) return {};
  return base::invalid(counted(problems));
}

bool PasswordPolicy::fits(std::u32string_view candidate) const {
  return std::all_of(rules_.begin(), rules_.end(), [&](const CharsetRule& rule) {
    const auto count = std::count_if(candidate.begin(), candidate.end(),
                                     [&](char32_t c) { return rule.charset.find(c) != std::u32string::npos; });
    return count >= rule.characters_min;
  });
}

bool PasswordPolicy::is_possible() const {
  return std::all_of(rules_.begin(), rules_.end(),
                     [](const CharsetRule& rule) { return rule.characters_min <= 0 || !rule.charset.empty(); });
}

base::Result<std::string> PasswordPolicy::generate() const {
  // Bytes past the last whole multiple are thrown away, so that no character is likelier than another.
  const size_t usable = 256 / characters_.size() * characters_.size();
  for (int tries = 0; tries < kTriesMax; ++tries) {
    std::u32string candidate;
    while (std::cmp_less(candidate.size(), length_)) {
      std::string bytes = crypto::random_bytes(static_cast<size_t>(length_));
      for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < usable && std::cmp_less(candidate.size(), length_)) candidate += characters_[byte % characters_.size()];
      }
    }
    if (!fits(candidate)) continue;
    std::string out;
    for (const char32_t point : candidate) codec::append_utf8(out, point);
    return out;
  }
  return base::internal("timed out generating string");
}

}  // namespace bao::core::sys
