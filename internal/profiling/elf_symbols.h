// Function names of a binary, read from its file. Immutable once read; whatever the file holds, reading stays within it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bao::profiling {

class ElfSymbols {
 public:
  // Of a file that has this build id, else none at all: a newer version may lie there by now. Of one whose symbols were stripped:
  // what is exported.
  static ElfSymbols read(const std::string& path, std::string_view build_id);
  bool empty() const { return symbols_.empty(); }
  struct Found {
    std::string name;  // as in the source
    uint64_t start;
  };
  // At an address as the file counts.
  std::optional<Found> find(uint64_t address) const;

 private:
  struct Symbol {
    uint64_t start, end;
    std::string name;  // mangled
  };
  friend class ElfFile;
  std::vector<Symbol> symbols_;  // by start
};

// The build id in a note segment, as hexadecimal digits; "" when there is none.
std::string build_id_in(std::string_view notes);

}  // namespace bao::profiling
