// Writes man pages and shell completions below the folder named: for developers, by `make docs`.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "internal/cli/documents.h"

namespace {

bool write_all(const std::filesystem::path& root, const bao::cli::Documents& documents) {
  for (const auto& [name, content] : documents) {
    std::filesystem::create_directories((root / name).parent_path());
    std::ofstream file(root / name, std::ios::binary | std::ios::trunc);
    file << content;
    if (!file.flush()) {
      std::fprintf(stderr, "bao_docs: cannot write %s\n", (root / name).c_str());
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bao_docs SOURCE_FOLDER\n", stderr);
    return 1;
  }
  return write_all(argv[1], bao::cli::man_pages()) && write_all(argv[1], bao::cli::completions()) ? 0 : 2;
}
