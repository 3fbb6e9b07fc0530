#include "internal/cli/key_values.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "internal/cli/go_values.h"

namespace bao::cli {
namespace {

using codec::Json;

class Builder {
 public:
  explicit Builder(bool no_stdin) : no_stdin_(no_stdin) {}

  base::Status add(const std::string& argument) {
    if (values_.is_null()) values_ = Json::object();
    if (argument.empty()) return {};
    const size_t equals = argument.find('=');
    if (equals == std::string::npos) return add_document(argument);
    const std::string key = argument.substr(0, equals);
    ASSIGN_OR_RETURN(std::string value, value_of(argument.substr(equals + 1)));
    Json* existing = values_.find(key);
    if (existing == nullptr) {
      values_.set(key, Json(std::move(value)));
      return {};
    }
    if (!existing->is_array()) {
      Json list = Json::array();
      if (!existing->is_null()) list.push_back(*existing);
      *existing = std::move(list);
    }
    existing->push_back(Json(std::move(value)));
    return {};
  }

  Json take() { return std::move(values_); }

 private:
  base::Status add_document(const std::string& argument) {
    std::string text;
    if (argument == "-") {
      ASSIGN_OR_RETURN(text, take_stdin());
    } else if (argument[0] == '@') {
      ASSIGN_OR_RETURN(text, read_file(argument.substr(1)));
    } else {
      return base::invalid("format must be key=value");
    }
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return base::invalid("EOF");
    ASSIGN_OR_RETURN(const Json document, codec::parse_json(text, {}, codec::Trailing::tolerate_json));
    if (document.is_null()) return {};
    if (!document.is_object()) return base::invalid("json: cannot unmarshal a value that is no object into data");
    for (const auto& [key, value] : document.members()) values_.set(key, value);
    return {};
  }

  base::Result<std::string> value_of(const std::string& text) {
    if (text.starts_with('@')) {
      auto content = read_file(text.substr(1));
      if (!content.ok()) return base::invalid("error reading file: " + content.error().message());
      return content;
    }
    if (text.starts_with("\\@")) return text.substr(1);
    if (text == "-") return take_stdin();
    return text;
  }

  base::Result<std::string> take_stdin() {
    if (stdin_taken_) return base::invalid("stdin already consumed");
    stdin_taken_ = true;
    return no_stdin_ ? std::string() : read_stdin();
  }

  bool no_stdin_, stdin_taken_ = false;
  Json values_;
};

std::string as_text(const Json& value) {
  if (value.is_bool()) return value.as_bool() ? "1" : "0";
  return value.is_null() ? "" : go_value(value);
}

}  // namespace

base::Result<std::string> read_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string content, verb = "open";
  if (descriptor >= 0) {
    verb = "read";
    char buffer[65536];
    ssize_t size = 0;
    while ((size = read(descriptor, buffer, sizeof(buffer))) > 0) content.append(buffer, static_cast<size_t>(size));
    const int error = errno;
    close(descriptor);
    if (size == 0) return content;
    errno = error;
  }
  std::string why = std::strerror(errno);
  why[0] = static_cast<char>(why[0] | 0x20);
  return base::invalid(verb + " " + path + ": " + why);
}

std::string read_stdin() {
  std::string content;
  char buffer[65536];
  ssize_t size = 0;
  while ((size = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0) content.append(buffer, static_cast<size_t>(size));
  return content;
}

base::Result<Json> parse_key_values(const std::vector<std::string>& arguments, bool no_stdin) {
  Builder builder(no_stdin);
  for (const std::string& argument : arguments) {
    const auto status = builder.add(argument);
    if (!status.ok()) return base::invalid("invalid key/value pair " + go_quoted(argument) + ": " + status.error().message());
  }
  return builder.take();
}

base::Result<std::vector<std::pair<std::string, std::string>>> parse_query_arguments(const std::vector<std::string>& arguments,
                                                                                      bool no_stdin) {
  ASSIGN_OR_RETURN(const Json values, parse_key_values(arguments, no_stdin));
  std::vector<std::pair<std::string, std::string>> query;
  for (const auto& [key, value] : values.members()) {
    if (!value.is_array()) query.emplace_back(key, as_text(value));
    for (const Json& item : value.items()) query.emplace_back(key, as_text(item));
  }
  return query;
}

base::Result<std::map<std::string, std::string>> parse_text_values(const std::vector<std::string>& arguments, bool no_stdin) {
  ASSIGN_OR_RETURN(const Json values, parse_key_values(arguments, no_stdin));
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : values.members()) {
    if (value.is_array() || value.is_object()) {
      return base::invalid("failed to convert values to strings: '" + key + "' expected type 'string'");
    }
    texts[key] = as_text(value);
  }
  return texts;
}

}  // namespace bao::cli
