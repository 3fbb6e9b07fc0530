#include "internal/profiling/binaries.h"

#include <link.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace bao::profiling {
namespace {

constexpr char kSelf[] = "/proc/self/exe";

std::string own_path() {
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink(kSelf, path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<size_t>(size)) : kSelf;
}

std::string file_of(const dl_phdr_info& loaded) {
  const std::string_view name = loaded.dlpi_name;
  if (name.empty()) return own_path();
  return name.find('/') == name.npos ? "[vdso]" : std::string(name);
}

std::string build_id_of(const dl_phdr_info& loaded) {
  for (size_t i = 0; i < loaded.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = loaded.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const std::string id = build_id_in({reinterpret_cast<const char*>(loaded.dlpi_addr + segment.p_vaddr), segment.p_memsz});
    if (!id.empty()) return id;
  }
  return "";
}

int add_binary(dl_phdr_info* loaded, size_t, void* into) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::string file = file_of(*loaded), build_id = build_id_of(*loaded);
  for (size_t i = 0; i < loaded->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = loaded->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const uintptr_t start = loaded->dlpi_addr + segment.p_vaddr, ahead = start % page;
    static_cast<std::vector<CodeMapping>*>(into)->push_back({.start = start - ahead,
                                                             .limit = (start + segment.p_memsz + page - 1) / page * page,
                                                             .file_offset = segment.p_offset - ahead,
                                                             .bias = loaded->dlpi_addr,
                                                             .file = file,
                                                             .build_id = build_id});
  }
  return 0;
}

}  // namespace

Binaries::Binaries() { ::dl_iterate_phdr(add_binary, &mappings_); }

const CodeMapping* Binaries::mapping_of(uintptr_t address) const {
  for (const CodeMapping& mapping : mappings_) {
    if (address >= mapping.start && address < mapping.limit) return &mapping;
  }
  return nullptr;
}

const ElfSymbols& Binaries::symbols_of(const CodeMapping& mapping) const {
  const auto known = symbols_.find(mapping.file);
  if (known != symbols_.end()) return known->second;
  // The program's own file by the process: another one may have its name by now.
  const bool own = mapping.file == mappings_.front().file;
  return symbols_.emplace(mapping.file, ElfSymbols::read(own ? kSelf : mapping.file, mapping.build_id)).first->second;
}

std::optional<Binaries::Function> Binaries::function_at(uintptr_t address) const {
  const CodeMapping* mapping = mapping_of(address);
  if (mapping == nullptr) return std::nullopt;
  auto found = symbols_of(*mapping).find(address - mapping->bias);
  if (!found) return std::nullopt;
  return Function{std::move(found->name), found->start + mapping->bias};
}

std::string Binaries::name_of(uintptr_t address) const {
  if (const auto function = function_at(address)) return function->name;
  const CodeMapping* mapping = mapping_of(address);
  return mapping == nullptr ? hex_address(address) : mapping->file + "+" + hex_address(address - mapping->bias);
}

std::string hex_address(uintptr_t address) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), address, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

}  // namespace bao::profiling
