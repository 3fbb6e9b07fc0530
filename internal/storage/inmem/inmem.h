// A backend in memory: development mode and tests. Keeps nothing after it ends, unless a caller persists what is applied:
// storage/file holds its data this way.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/storage/backend.h"

namespace bao::storage::inmem {

std::unique_ptr<Backend> open();

struct Options {
  std::string type = "inmem";
  std::vector<std::pair<std::string, std::string>> records;  // what is there from the start: key, value
  // Called with the operations of a batch whose checks passed, in order, before anyone sees them; by one thread at a
  // time. An error refuses the batch: it becomes the answer to each of its proposals, and nothing changes in memory.
  std::function<base::Status(const std::vector<Operation>&)> persist;
};
std::unique_ptr<Backend> open(Options options);

}  // namespace bao::storage::inmem
