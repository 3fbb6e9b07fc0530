// Requests and answers as text, run against one engine over a barrier in memory: the engines' behaviour, readable.
// For tests only.
//
//   # a remark
//   POST data/a b <- {"data":{"x":1}}     a request: method, path below the mount (decoded), body
//   GET data/a b?version=1                query parameters where there is no body
//   200 {"data":…}                        its answer: status, then data or the error document
//     warnings ["…"]                      where there are any
//     lease 60                            seconds, where not 0
//   AS other                              the requests that follow come from another cubbyhole
//   ADVANCE 90s                           moves the clock
//   MOUNT version=2                       makes the engine anew over the same data
//   UPGRADE                               runs its upgrade to the end
//
// The answers are compared as text; REWRITE=1 in the environment writes what was answered into the file instead.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/barrier/barrier.h"
#include "internal/logical/backend.h"

namespace bao::logical::scenario {

class Runner {
 public:
  explicit Runner(logical::BackendFactory factory);
  ~Runner();
  // A new engine with these options over the data there is; `inner_uuid` is its backend_aware_uuid ("": one of our own).
  base::Status mount(std::map<std::string, std::string> options, std::string inner_uuid = "");
  // Puts an entry below the mount, as something else stored it.
  base::Status put(const std::string& key, std::string_view value);
  base::Result<std::optional<std::string>> get(const std::string& key);
  // Answer of one request line, as the file would show it.
  std::string request(std::string_view line);
  // The text with every answer replaced by what was answered.
  std::string run(std::string_view text);
  barrier::Barrier& barrier();
  logical::Backend& backend();
  const std::string& view_prefix() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "" when the file's answers are right, else the first difference.
std::string check_file(logical::BackendFactory factory, const std::string& path);

}  // namespace bao::logical::scenario
