// One HTTP request as it came over the wire, nothing decoded yet. Owned by one connection's thread and reused from
// request to request; views point into its own text.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/spool_file.h"

namespace bao::http {

struct WireHeader {
  std::string_view name, value;  // as sent, the value without surrounding blanks
};

struct WireRequest {
  std::string_view method, target;
  int version = 11;  // 10 or 11
  std::vector<WireHeader> headers;
  std::string body;
  std::shared_ptr<base::SpoolFile> spooled;  // in place of `body`, where bodies may be too large for memory; else nullptr
  bool keep_alive = true;
  bool expects_continue = false;

  // The first header of that name (ASCII case ignored), or nullptr.
  const WireHeader* find(std::string_view name) const;
  std::string_view header(std::string_view name) const;  // "" when absent
  // Overwrites what may hold secrets; keeps the memory.
  void clear();

  std::string text;  // what the views point into
};

// ASCII case ignored.
bool equal_names(std::string_view a, std::string_view b);

}  // namespace bao::http
