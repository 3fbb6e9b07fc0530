#include "internal/config/files.h"

#include <cerrno>
#include <fstream>
#include <sstream>

namespace bao::config {

Format format_of(const std::filesystem::path& path) {
  if (path.extension() == ".toml") return Format::toml;
  return path.extension() == ".json" ? Format::json : Format::hcl;
}

base::Error file_error(std::string_view call, const std::filesystem::path& path, const std::error_code& code) {
  std::string message = code.message();
  if (!message.empty()) message[0] = static_cast<char>(message[0] | 0x20);
  return base::invalid(std::string(call) + " " + path.string() + ": " + message);
}

base::Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return file_error("open", path, std::error_code(errno, std::generic_category()));
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return file_error("read", path, std::error_code(EIO, std::generic_category()));
  return text.str();
}

}  // namespace bao::config
