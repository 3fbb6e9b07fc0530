// What this process runs: the program and its libraries as they lie in memory, and which function an address belongs to. As of when
// it was made. Thread-compatible; symbols are read at their first use and forgotten with it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "internal/profiling/elf_symbols.h"

namespace bao::profiling {

// A part of a binary that holds code.
struct CodeMapping {
  uintptr_t start, limit;
  uint64_t file_offset;
  uintptr_t bias;  // an address in memory less the file's own
  std::string file, build_id;
};

class Binaries {
 public:
  Binaries();
  const std::vector<CodeMapping>& mappings() const { return mappings_; }
  // Of an address; nullptr when no binary is there.
  const CodeMapping* mapping_of(uintptr_t address) const;
  struct Function {
    std::string name;
    uintptr_t start;  // in memory
  };
  bool has_symbols(const CodeMapping& mapping) const { return !symbols_of(mapping).empty(); }
  std::optional<Function> function_at(uintptr_t address) const;
  // The function, else the binary and where in it, else the address.
  std::string name_of(uintptr_t address) const;

 private:
  const ElfSymbols& symbols_of(const CodeMapping& mapping) const;
  std::vector<CodeMapping> mappings_;
  mutable std::map<std::string, ElfSymbols> symbols_;  // by file
};

// "0x55d0c2a01234"
std::string hex_address(uintptr_t address);

}  // namespace bao::profiling
