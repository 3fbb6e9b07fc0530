#include "internal/codec/json_replace.h"

#include <algorithm>

#include "internal/codec/json_lexer.h"

namespace bao::codec {
namespace {

// Brackets, numbers, literals and spaces: whatever else stands outside of strings is no JSON, and might be a secret.
bool is_structure(std::string_view text) { return text.find_first_not_of("{}[]:,0123456789+-.eEtrufalsn \t\r\n") == std::string_view::npos; }

}  // namespace

// What is followed by a colon is a key. Nothing else has to be understood.
bool replace_json_strings(std::string& out, std::string_view text, const StringReplacement& replacement) {
  const size_t begin = out.size();
  std::string decoded;
  while (true) {
    const size_t quote = std::min(text.find('"'), text.size());
    const bool structure = is_structure(text.substr(0, quote));
    out.append(text.substr(0, quote));
    text.remove_prefix(quote);
    if (structure && text.empty()) return true;
    JsonLexer lexer(text);
    decoded.clear();
    if (!structure || !lexer.string(decoded)) {
      out.resize(begin);
      return false;
    }
    const std::string_view written = text.substr(0, static_cast<size_t>(lexer.position() - text.data()));
    text.remove_prefix(written.size());
    if (lexer.skip_spaces() && lexer.peek() == ':') out.append(written);
    else replacement.append(out, decoded);
  }
}

}  // namespace bao::codec
