#include "internal/storage/view.h"

namespace bao::storage {

base::Result<std::vector<std::string>> leaves_below(const ReadView& view, std::string_view prefix) {
  std::vector<std::string> leaves, folders{std::string(prefix)};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    ASSIGN_OR_RETURN(const std::vector<std::string> names, view.list(folder));
    for (const std::string& name : names) (name.ends_with('/') ? folders : leaves).push_back(folder + name);
  }
  return leaves;
}

base::Status remove_below(WriteView& view, std::string_view prefix) {
  ASSIGN_OR_RETURN(const std::vector<std::string> leaves, leaves_below(view, prefix));
  for (const std::string& leaf : leaves) TRY(view.remove(leaf));
  return {};
}

}  // namespace bao::storage
