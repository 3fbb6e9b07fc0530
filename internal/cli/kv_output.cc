#include "internal/cli/kv_output.h"

#include <algorithm>

#include "internal/cli/output.h"

namespace bao::cli {
namespace {

std::string padded(std::string_view title, size_t width) {
  size_t signs = width > title.size() + 2 ? width - title.size() - 2 : 4;
  signs += signs % 2;
  const std::string side(signs / 2, '=');
  return side + " " + std::string(title) + " " + side;
}

}  // namespace

std::string kv_heading(std::string_view title, const codec::Json& object) {
  size_t widest = 0;
  for (const auto& member : object.members()) widest = std::max(widest, member.first.size());
  constexpr size_t kGapAndValue = 4 + 5;  // four spaces and "Value"
  return padded(title, widest + kGapAndValue);
}

void print_kv_path(Ui& ui, std::string_view title, const std::string& path) {
  ui.output(padded(title, path.size()));
  ui.output(path);
  ui.output("");
}

int print_kv_version(Invocation& run, const std::string& path, const Secret& secret) {
  if (!run.field().empty()) return print_field(run.ui(), secret, run.field());
  if (secret.wrapped() || !run.table()) return print_secret(run.ui(), secret);
  print_kv_path(run.ui(), "Secret Path", path);
  run.ui().output(kv_heading("Metadata", secret.data));
  return print_data(run.ui(), secret.data);
}

}  // namespace bao::cli
