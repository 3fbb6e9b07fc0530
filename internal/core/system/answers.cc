// The shapes of answers that the groups of paths share.
#include "internal/core/system/answers.h"

#include <utility>

namespace bao::core::sys {

logical::Reply spread(codec::Json data) {
  logical::Response response = logical::Response::of(std::move(data));
  response.spread_data = true;
  return response;
}

base::Error core_error(base::Code code, const base::Words& words) { return {code, logical::multierror(words)}; }

std::string mount_path_of(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  std::string out(path);
  if (out.empty() || out.back() != '/') out += '/';
  return out;
}

}  // namespace bao::core::sys
