#include "internal/profiling/elf_symbols.h"

#include <cxxabi.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "internal/codec/encoding.h"

namespace bao::profiling {
namespace {

// A file in memory while it lives; empty when it cannot be read.
class Mapped {
 public:
  explicit Mapped(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (file >= 0 && ::fstat(file, &about) == 0 && about.st_size > 0) {
      size_ = static_cast<size_t>(about.st_size);
      bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    }
    if (file >= 0) ::close(file);
  }
  ~Mapped() { if (bytes_ != MAP_FAILED) ::munmap(bytes_, size_); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::string_view view() const { return bytes_ == MAP_FAILED ? std::string_view() : std::string_view(static_cast<const char*>(bytes_), size_); }

 private:
  void* bytes_ = MAP_FAILED;
  size_t size_ = 0;
};

// Nothing where they aren't all there.
std::string_view part(std::string_view file, uint64_t offset, uint64_t size) {
  return offset <= file.size() && size <= file.size() - offset ? file.substr(offset, size) : std::string_view();
}

template <typename Record>
std::vector<Record> records(std::string_view bytes) {
  std::vector<Record> out(bytes.size() / sizeof(Record));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size() * sizeof(Record));
  return out;
}

std::string_view text_at(std::string_view names, size_t at) {
  if (at >= names.size()) return {};
  return names.substr(at, names.find('\0', at) - at);
}

std::string demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? plain.get() : name;
}

}  // namespace

std::string build_id_in(std::string_view notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes.data(), sizeof header);
    const auto padded = [](uint64_t size) { return (size + 3) / 4 * 4; };
    const std::string_view name = part(notes, sizeof header, header.n_namesz);
    const std::string_view value = part(notes, sizeof header + padded(header.n_namesz), header.n_descsz);
    if (header.n_type == NT_GNU_BUILD_ID && name == std::string_view("GNU\0", 4)) return codec::to_hex(value);
    notes.remove_prefix(std::min<uint64_t>(notes.size(), sizeof header + padded(header.n_namesz) + padded(header.n_descsz)));
  }
  return "";
}

class ElfFile {
 public:
  explicit ElfFile(std::string_view file) : file_(file) {
    const std::string_view head = part(file, 0, sizeof header_);
    if (head.empty() || std::memcmp(head.data(), ELFMAG, SELFMAG) != 0) return;
    std::memcpy(&header_, head.data(), sizeof header_);
  }
  std::string build_id() const {
    for (const auto& segment : records<ElfW(Phdr)>(part(file_, header_.e_phoff, uint64_t{header_.e_phnum} * sizeof(ElfW(Phdr))))) {
      const std::string id = segment.p_type == PT_NOTE ? build_id_in(part(file_, segment.p_offset, segment.p_filesz)) : "";
      if (!id.empty()) return id;
    }
    return "";
  }
  // Of the tables of that kind.
  void add_functions(uint32_t kind, std::vector<ElfSymbols::Symbol>& out) const {
    const auto sections = records<ElfW(Shdr)>(part(file_, header_.e_shoff, uint64_t{header_.e_shnum} * sizeof(ElfW(Shdr))));
    for (const auto& section : sections) {
      if (section.sh_type != kind || section.sh_link >= sections.size()) continue;
      const auto& named = sections[section.sh_link];
      const std::string_view names = part(file_, named.sh_offset, named.sh_size);
      for (const auto& symbol : records<ElfW(Sym)>(part(file_, section.sh_offset, section.sh_size))) {
        const std::string_view name = text_at(names, symbol.st_name);
        if ((symbol.st_info & 0xf) != STT_FUNC || symbol.st_value == 0 || name.empty()) continue;
        out.push_back({symbol.st_value, symbol.st_value + symbol.st_size, std::string(name)});
      }
    }
  }

 private:
  std::string_view file_;
  ElfW(Ehdr) header_{};
};

ElfSymbols ElfSymbols::read(const std::string& path, std::string_view build_id) {
  const Mapped mapped(path);
  const ElfFile file(mapped.view());
  ElfSymbols out;
  if (file.build_id() != build_id) return out;
  file.add_functions(SHT_SYMTAB, out.symbols_);
  if (out.symbols_.empty()) file.add_functions(SHT_DYNSYM, out.symbols_);
  std::sort(out.symbols_.begin(), out.symbols_.end(), [](const Symbol& a, const Symbol& b) { return a.start < b.start; });
  return out;
}

std::optional<ElfSymbols::Found> ElfSymbols::find(uint64_t address) const {
  auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address, [](uint64_t at, const Symbol& symbol) { return at < symbol.start; });
  if (after == symbols_.begin()) return std::nullopt;
  const Symbol& symbol = *--after;
  if (address >= symbol.end && symbol.start != symbol.end) return std::nullopt;  // functions in assembler may not say where they end
  return Found{demangled(symbol.name), symbol.start};
}

}  // namespace bao::profiling
