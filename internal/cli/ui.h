// What a command prints: results on stdout, warnings and errors on stderr, colours only on a terminal (openbao-cli.md 1.5).
// Owned by the main thread.
#pragma once

#include <string>
#include <string_view>

namespace bao::cli {

enum class Format { table, json, yaml, pretty, raw };

class Ui {
 public:
  // `format_name` as given; known() says whether there is such a format.
  Ui(std::string_view format_name, bool detailed);
  bool known() const { return known_; }
  Format format() const { return format_; }
  bool detailed() const { return detailed_; }

  // Holds everything meant for stderr back; take_held() hands it over (for -output-curl-string and -output-policy).
  void hold_errors() { holding_ = true; }
  std::string take_held();

  void output(std::string_view text);  // with a newline
  // For values that other programs read: no newline unless colours are on.
  void value(std::string_view text);
  void warn(std::string_view text);
  void error(std::string_view text);
  // Past hold_errors().
  void error_now(std::string_view text);

 private:
  void to_stderr(std::string_view text, std::string_view colour);

  Format format_ = Format::table;
  bool known_ = true, detailed_ = false, holding_ = false;
  bool plain_ = true;    // no terminal, NO_COLOR or TERM=dumb: values end without a newline
  bool coloured_ = false;
  std::string held_;
};

}  // namespace bao::cli
