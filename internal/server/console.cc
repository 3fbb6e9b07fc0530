#include "internal/server/console.h"

#include <algorithm>
#include <cstdio>

namespace bao::server {
namespace {

constexpr size_t kWrapColumns = 78;

std::string title_case(std::string_view name) {
  std::string title(name);
  bool first = true;
  for (char& c : title) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 0x20);
    first = c == ' ';
  }
  return title;
}

}  // namespace

void say(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

std::string wrapped(std::string_view text) {
  std::string out;
  size_t column = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column > 0) {
      const bool fits = column + 1 + word.size() <= kWrapColumns;
      out += fits ? ' ' : '\n';
      column = fits ? column + 1 : 0;
    }
    out += word;
    column += word.size();
  }
  return out;
}

void print_banner(const Facts& facts) {
  say("\n==> OpenBao server configuration:\n");
  for (const auto& [name, value] : facts) {
    const std::string title = title_case(name);
    say(std::string(title.size() < 24 ? 24 - title.size() : 0, ' ') + title + ": " + value);
  }
  say("");
}

void print_development_block(const DevelopmentBlock& block) {
  say("");
  say(wrapped("WARNING! dev mode is enabled! In this mode, OpenBao runs entirely in-memory and starts unsealed with a single "
              "unseal key. The root token is already authenticated to the CLI, so you can immediately begin using OpenBao."));
  say("");
  say("You may need to set the following environment variables:");
  say("");
  say("    $ export BAO_ADDR='" + block.address + "'");
  if (!block.ca_file.empty()) {
    say("    $ export BAO_CACERT='" + block.ca_file + "'");
    say("");
  }
  say("");
  if (!block.unseal_key.empty()) {
    say(wrapped("The unseal key and root token are displayed below in case you want to seal/unseal the Vault or re-authenticate."));
    say("");
    say("Unseal Key: " + block.unseal_key);
  }
  say("Root Token: " + block.root_token);
  say("");
  say("Development mode should NOT be used in production installations!");
  say("");
}

}  // namespace bao::server
