#include "internal/base/words.h"

namespace bao::base {

Words Words::of_node(std::string composed, Place place) {
  Words words(std::move(composed), place);
  words.loggable_bytes_ = words.text_.size();
  return words;
}

// A compiler names files as it was given them: where somebody built them is nobody's business.
std::string Words::place() const {
  std::string_view file = place_.file_name();
  if (const size_t root = file.find("internal/"); root != file.npos) file.remove_prefix(root);
  return std::string(file) + ":" + std::to_string(place_.line());
}

Words Words::within(std::string_view context) const { return between(std::string(context) + ": ", ""); }

Words Words::between(std::string_view before, std::string_view after) const {
  Words words = *this;
  words.text_.insert(0, before).append(after);
  words.loggable_at_ += before.size();
  return words;
}

}  // namespace bao::base
