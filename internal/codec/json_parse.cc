// Fills a Json from text, in one pass and without recursion: numbers keep their text, strings become UTF-8 as Go makes
// them, limits are counted as the reference counts them, and errors use its words.
//
// Not written on a JSON package: the ones at hand refuse numbers beyond a double and lone surrogates, which Go takes,
// and none says what Go says about broken text, which clients see in answers.
#include <array>
#include <cstring>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/codec/json_lexer.h"

namespace bao::codec {
namespace {

// What a value costs: the reference's estimate of its memory (http/json.go there).
constexpr size_t kCostBase = 16, kCostConstant = 1, kCostNumber = 8, kCostString = 16, kCostArray = 24, kCostObject = 72;

class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits, Trailing trailing)
      : lexer_(text), limits_(limits), trailing_(trailing) {}

  base::Result<Json> run() {
    if (!lexer_.skip_spaces()) return base::invalid("EOF");
    if (!parse_value() || !parse_rest()) return base::invalid(error_.empty() ? lexer_.error() : error_);
    return std::move(root_);
  }

 private:
  bool fail(std::string_view context) {
    error_ = lexer_.at_end() ? std::string("unexpected EOF") : invalid_character(lexer_.peek(), context);
    return false;
  }

  bool charge(size_t cost) {
    bytes_ += kCostBase + cost;
    if (bytes_ <= limits_.bytes_max) return true;
    error_ = "refused JSON input due to high complexity: exceeded maximum estimated memory limits";
    return false;
  }

  bool charge_string(size_t length) {
    if (!charge(kCostString + length)) return false;
    if (++strings_ <= limits_.strings_max) return true;
    error_ = "refused JSON input due to high complexity: exceeded maximum number of strings";
    return false;
  }

  // The whole first value: open containers wait in open_ while `slot` is filled. A container grows only while nothing
  // inside it is open, so the pointers hold.
  bool parse_value() {
    for (Json* slot = &root_; slot != nullptr;) {
      if (!lexer_.skip_spaces()) return fail("");
      const char c = lexer_.peek();
      if (c == '{' || c == '[') {
        if (!begin(*slot, c)) return false;
        if (Json* inner = first_slot(c); inner != nullptr) {
          slot = inner;
          continue;
        }
        if (failed_) return false;
      } else if (!scalar(*slot)) {
        return false;
      }
      slot = next_slot();
      if (failed_) return false;
    }
    return true;
  }

  bool begin(Json& slot, char c) {
    if (open_.size() >= limits_.depth_max) return fail("exceeded max depth");
    if (!charge(c == '{' ? kCostObject : kCostArray)) return false;
    slot = c == '{' ? Json::object() : Json::array();
    open_.push_back(&slot);
    lexer_.advance();
    return true;
  }

  // Where the first value of the container just opened goes; nullptr when it is empty (and closed) or broken.
  Json* first_slot(char opener) {
    if (!lexer_.skip_spaces()) return stop(fail(""));
    if (lexer_.peek() == (opener == '{' ? '}' : ']')) {
      lexer_.advance();
      open_.pop_back();
      return nullptr;
    }
    if (opener == '[') return item_slot();
    // Reading token by token, the reference has no words for this place.
    return member_slot(trailing_ == Trailing::tolerate_json ? "" : "looking for beginning of object key string");
  }

  Json* item_slot() { return &open_.back()->items().emplace_back(); }

  Json* member_slot(std::string_view context) {
    if (!lexer_.skip_spaces() || lexer_.peek() != '"') return stop(fail(context));
    std::string key;
    if (!lexer_.string(key) || !charge_string(key.size())) return stop(false);
    if (!lexer_.skip_spaces() || lexer_.peek() != ':') return stop(fail("after object key"));
    lexer_.advance();
    auto& members = open_.back()->members();
    if (members.empty()) members.reserve(4);
    return &members.emplace_back(std::move(key), Json()).second;
  }

  // Behind a value: closes what ends here; where the next value goes, or nullptr at the end of the whole.
  Json* next_slot() {
    while (!open_.empty()) {
      const bool array = open_.back()->is_array();
      const std::string_view context = array ? "after array element" : "after object key:value pair";
      if (!lexer_.skip_spaces()) return stop(fail(context));
      const char c = lexer_.peek();
      if (c != ',' && c != (array ? ']' : '}')) return stop(fail(context));
      lexer_.advance();
      if (c == ',') return array ? item_slot() : member_slot("looking for beginning of object key string");
      open_.pop_back();
    }
    return nullptr;
  }

  // For `return stop(fail(…))`.
  Json* stop(bool) {
    failed_ = true;
    return nullptr;
  }

  bool scalar(Json& slot) {
    switch (lexer_.peek()) {
      case '"': {
        std::string text;
        if (!lexer_.string(text) || !charge_string(text.size())) return false;
        slot = Json(std::move(text));
        return true;
      }
      case 't':
        slot = Json(true);
        return lexer_.literal("true") && charge(kCostConstant);
      case 'f':
        slot = Json(false);
        return lexer_.literal("false") && charge(kCostConstant);
      case 'n':
        return lexer_.literal("null") && charge(kCostConstant);
      default: break;
    }
    if (!JsonLexer::starts_number(lexer_.peek())) return fail("looking for beginning of value");
    std::string_view text;
    if (!lexer_.number(text) || !charge(kCostNumber)) return false;
    slot = Json::number(std::string(text));
    return true;
  }

  bool parse_rest() {
    if (trailing_ == Trailing::refuse) return !lexer_.skip_spaces() || fail("after top-level value");
    return TrailingTokens(*this).run();
  }

  // What follows the first value: tokens in a possible order, which may break off between two of them.
  class TrailingTokens {
   public:
    explicit TrailingTokens(Parser& parser) : parser_(parser) {}

    bool run() {
      while (parser_.lexer_.skip_spaces()) {
        if (!token(parser_.lexer_.peek())) return false;
      }
      return true;
    }

   private:
    enum class State { top, array_start, array_value, array_comma, object_start, object_key, object_colon, object_value, object_comma };

    bool refuse() {
      switch (state_) {
        case State::top: case State::array_start: case State::array_value: case State::object_value:
          return parser_.fail("looking for beginning of value");
        case State::array_comma: return parser_.fail("after array element");
        case State::object_start: return parser_.fail("");
        case State::object_key: return parser_.fail("looking for beginning of object key string");
        case State::object_colon: return parser_.fail("after object key");
        case State::object_comma: return parser_.fail("after object key:value pair");
      }
      return false;
    }

    bool value_may_start() const {
      return state_ == State::top || state_ == State::array_start || state_ == State::array_value ||
             state_ == State::object_value;
    }

    void value_ended() {
      if (state_ == State::array_start || state_ == State::array_value) state_ = State::array_comma;
      if (state_ == State::object_value) state_ = State::object_comma;
    }

    bool token(char c) {
      switch (c) {
        case '[': return open(State::array_start, kCostArray);
        case '{': return open(State::object_start, kCostObject);
        case ']': return close(State::array_start, State::array_comma);
        case '}': return close(State::object_start, State::object_comma);
        case ':': return separator(State::object_colon, State::object_value);
        case ',':
          return state_ == State::array_comma ? separator(State::array_comma, State::array_value)
                                              : separator(State::object_comma, State::object_key);
        default: break;
      }
      const bool key = c == '"' && (state_ == State::object_start || state_ == State::object_key);
      if (!key && !value_may_start()) return refuse();
      Json scratch;
      if (!parser_.scalar(scratch)) return false;
      if (key) state_ = State::object_colon;
      else value_ended();
      return true;
    }

    bool open(State inside, size_t cost) {
      if (!value_may_start()) return refuse();
      if (!parser_.charge(cost)) return false;
      parser_.lexer_.advance();
      outer_.push_back(state_);
      state_ = inside;
      return true;
    }

    bool close(State empty, State filled) {
      if (state_ != empty && state_ != filled) return refuse();
      parser_.lexer_.advance();
      state_ = outer_.back();
      outer_.pop_back();
      value_ended();
      return true;
    }

    bool separator(State here, State next) {
      if (state_ != here) return refuse();
      parser_.lexer_.advance();
      state_ = next;
      return true;
    }

    Parser& parser_;
    State state_ = State::top;
    std::vector<State> outer_;
  };

  JsonLexer lexer_;
  const JsonLimits& limits_;
  const Trailing trailing_;
  Json root_;
  std::vector<Json*> open_;
  size_t bytes_ = 0, strings_ = 0;
  bool failed_ = false;
  std::string error_;
};

}  // namespace

base::Result<Json> parse_json(std::string_view text, const JsonLimits& limits, Trailing trailing) {
  return Parser(text, limits, trailing).run();
}

}  // namespace bao::codec
