// Fills a Json from nlohmann's SAX parser: numbers keep their text, depth, size and strings are bounded, and the
// parser's own exceptions and messages stay in this file, the only one that sees nlohmann/json.
#include <nlohmann/json.hpp>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"

namespace bao::codec {
namespace {

// nlohmann hands integers over as numbers, and only what does not fit 64 bits as text. An integer that fits prints as
// it was written, but for "-0", which the input iterator below tells apart.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override {
    return add(value == 0 ? Json::number("-0") : Json(static_cast<int64_t>(value)));
  }
  bool number_unsigned(number_unsigned_t value) override { return add(Json(static_cast<uint64_t>(value))); }
  bool number_float(number_float_t, const string_t& text) override { return add(Json::number(text)); }
  bool string(string_t& value) override { return count_string(value) && add(Json(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!count_string(name)) return false;
    keys_.back() = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception&) override {
    position_ = position;
    token_ = token;
    return false;
  }

  Json take() { return std::move(root_); }
  bool refused() const { return refused_; }
  size_t position() const { return position_; }
  const std::string& token() const { return token_; }

 private:
  bool count_string(const std::string& text) {
    bytes_ += text.size();
    return ++strings_ <= limits_.strings_max || refuse();
  }
  bool refuse() {
    refused_ = true;
    return false;
  }
  bool add(Json value) {
    bytes_ += sizeof(Json);
    if (bytes_ > limits_.bytes_max) return refuse();
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().push_back(std::move(value));
    } else {
      open_.back().members().emplace_back(std::move(keys_.back()), std::move(value));
    }
    return true;
  }
  bool open(Json empty) {
    if (open_.size() >= limits_.depth_max) return refuse();
    open_.push_back(std::move(empty));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Json done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;  // of each open object: the key whose value comes next
  size_t bytes_ = 0, strings_ = 0, position_ = 0;
  bool refused_ = false;
  std::string token_;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

base::Error go_error(std::string_view text, const Builder& builder) {
  if (builder.refused()) return base::invalid("refused JSON input due to high complexity");
  if (trimmed(text).empty()) return base::invalid("EOF");
  const size_t at = builder.position();
  if (at == 0 || at > text.size()) return base::invalid("unexpected EOF");
  const char c = text[at - 1];
  const std::string shown = static_cast<unsigned char>(c) < 0x20 ? "control character" : std::string("'") + c + "'";
  return base::invalid("invalid character " + shown + " at position " + std::to_string(at) + " of the JSON value");
}

}  // namespace

base::Result<Json> parse_json(std::string_view text, const JsonLimits& limits, Trailing trailing) {
  std::string repaired;
  if (!is_valid_utf8(text)) {
    repaired = valid_utf8(text);
    text = repaired;
  }
  Builder builder(limits);
  const bool strict = trailing == Trailing::refuse;
  bool parsed = false;
  try {
    parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder, nlohmann::json::input_format_t::json, strict);
  } catch (const std::exception&) {
    parsed = false;  // e.g. a number out of range for a double: nlohmann throws, Go refuses as well
  }
  if (!parsed) return go_error(text, builder);
  return builder.take();
}

}  // namespace bao::codec
