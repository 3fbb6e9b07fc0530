#include "internal/engines/pki/name_rules.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "internal/codec/encoding.h"

namespace bao::engines::pki {
namespace {

constexpr size_t kLabelBytesMax = 63, kNameBytesMax = 253;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_label(std::string_view label) {
  if (label.empty() || !is_letter_or_digit(label.front()) || !is_letter_or_digit(label.back())) return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    const size_t end = text.find(by, at);
    parts.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

std::u32string code_points(std::string_view utf8) {
  std::u32string points;
  for (size_t at = 0; at < utf8.size();) {
    const size_t length = std::max<size_t>(codec::utf8_length(utf8.substr(at)), 1);
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(utf8[at + i]); };
    char32_t point = length == 1 ? byte(0) : byte(0) & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; ++i) point = (point << 6) | (byte(i) & 0x3fu);
    points += point;
    at += length;
  }
  return points;
}

// RFC 3492 6.1 and 6.3 with the parameters of section 5.
uint32_t adapted_bias(uint32_t delta, uint32_t count, bool first) {
  delta = first ? delta / 700 : delta / 2;
  delta += delta / count;
  uint32_t k = 0;
  for (; delta > 455; k += 36) delta /= 35;
  return k + 36 * delta / (delta + 38);
}

std::string punycode(const std::u32string& points) {
  std::string out;
  for (const char32_t point : points) {
    if (point < 0x80) out += static_cast<char>(point);
  }
  const uint32_t basic = static_cast<uint32_t>(out.size());
  if (basic > 0) out += '-';
  uint32_t next = 0x80, delta = 0, bias = 72, handled = basic;
  const auto digit = [](uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26)); };
  while (handled < points.size()) {
    uint32_t smallest = UINT32_MAX;
    for (const char32_t point : points) {
      if (point >= next && point < smallest) smallest = point;
    }
    delta += (smallest - next) * (handled + 1);
    next = smallest;
    for (const char32_t point : points) {
      if (point < next) ++delta;
      if (point != next) continue;
      uint32_t rest = delta;
      for (uint32_t k = 36;; k += 36) {
        const uint32_t threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
        if (rest < threshold) break;
        out += digit(threshold + (rest - threshold) % (36 - threshold));
        rest = (rest - threshold) / (36 - threshold);
      }
      out += digit(rest);
      bias = adapted_bias(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++next;
  }
  return out;
}

base::Error bad_label(std::string_view label) { return base::invalid("idna: invalid label \"" + std::string(label) + "\""); }

// A wildcard has to be in the first label, once; what lies below it is what counts. Nothing where it stands elsewhere.
std::optional<std::string> below_wildcard(const std::string& name) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos || name.find('*', dot) != std::string::npos) return std::nullopt;
  const std::string label = name.substr(0, dot);
  if (std::count(label.begin(), label.end(), '*') != 1) return std::nullopt;
  std::string letters = label;
  std::erase(letters, '*');
  if (!letters.empty() && !std::all_of(letters.begin(), letters.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; })) {
    return std::nullopt;
  }
  return name.substr(dot + 1);
}

struct Asked {
  std::string name;        // as it was given
  std::string host;        // without mailbox and wildcard
  bool is_email = false, is_wildcard = false;
};

std::optional<Asked> take_apart(const RoleEntry& role, const std::string& name) {
  Asked asked{name, name};
  if (const size_t at = name.find('@'); at != std::string::npos) {
    if (name.find('@', at + 1) != std::string::npos) return std::nullopt;
    asked.host = name.substr(at + 1);
    asked.is_email = true;
  }
  if (asked.host.find('*') != std::string::npos) {
    const auto below = below_wildcard(asked.host);
    if (!below || asked.is_email || !role.allow_wildcard_certificates) return std::nullopt;
    asked.host = *below;
    asked.is_wildcard = true;
  }
  return asked;
}

bool is_local(const RoleEntry& role, const Asked& asked) {
  for (const std::string_view local : {"localhost", "localdomain"}) {
    if (asked.name == local || (asked.is_email && asked.host == local)) return true;
    if (!role.allow_subdomains) continue;
    if (asked.host.ends_with("." + std::string(local)) || (asked.is_wildcard && asked.host == local)) return true;
  }
  return false;
}

bool is_of_domain(const RoleEntry& role, const Asked& asked, const std::string& domain) {
  if (domain.empty()) return false;
  if (role.allow_bare_domains && !asked.is_wildcard &&
      (equal_ignoring_case(asked.name, domain) || (asked.is_email && equal_ignoring_case(asked.host, domain)))) {
    return true;
  }
  if (role.allow_subdomains && (asked.host.ends_with("." + domain) || (asked.is_wildcard && asked.host == domain))) return true;
  return role.allow_glob_domains && domain.find('*') != std::string::npos && glob_matches(domain, asked.name);
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  const std::vector<std::string_view> parts = split(pattern, '*');
  if (parts.size() == 1) return pattern == text;
  if (!text.starts_with(parts.front())) return false;
  text.remove_prefix(parts.front().size());
  for (size_t i = 1; i + 1 < parts.size(); ++i) {
    const size_t at = text.find(parts[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + parts[i].size());
  }
  return text.ends_with(parts.back());
}

bool is_host_name(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), is_label);
}

base::Result<std::string> to_ascii(std::string_view name) {
  if (!codec::is_valid_utf8(name)) return base::invalid("a name is not UTF-8");
  std::string out;
  const auto labels = split(name, '.');
  for (size_t i = 0; i < labels.size(); ++i) {
    const std::string_view label = labels[i];
    if (i > 0) out += '.';
    if (label.empty() && i > 0 && i + 1 == labels.size()) continue;  // the root
    const bool ascii = std::all_of(label.begin(), label.end(), [](unsigned char c) { return c < 0x80; });
    if (label.size() > 4 * kLabelBytesMax) return bad_label(label);
    const std::string written = ascii ? std::string(label) : "xn--" + punycode(code_points(label));
    if (written.empty() || written.size() > kLabelBytesMax) return bad_label(label);
    out += written;
  }
  if (out.size() > kNameBytesMax + 1) return base::invalid("idna: invalid label \"" + out + "\"");
  return out;
}

bool allows_name(const RoleEntry& role, const std::string& name) {
  const auto asked = take_apart(role, name);
  if (!asked) return false;
  if (role.enforce_hostnames) {
    const auto ascii = to_ascii(asked->host);
    if (!ascii.ok() || !is_host_name(*ascii)) return false;
  }
  if (role.allow_any_name) return true;
  if (role.allow_localhost && is_local(role, *asked)) return true;
  return std::any_of(role.allowed_domains.begin(), role.allowed_domains.end(),
                     [&](const std::string& domain) { return is_of_domain(role, *asked, domain); });
}

bool allows_common_name(const RoleEntry& role, const std::string& name) {
  const auto validates = [&](std::string_view what) {
    return std::find(role.cn_validations.begin(), role.cn_validations.end(), what) != role.cn_validations.end();
  };
  if (validates("disabled")) return true;
  return validates(name.find('@') == std::string::npos ? "hostname" : "email") && allows_name(role, name);
}

}  // namespace bao::engines::pki
