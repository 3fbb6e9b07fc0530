// Whatever the bytes are, reading ends; what was read has records that read again. The input is also taken for a bare
// state.bin and for a text of sums, which gzip and the sums would otherwise hide from a fuzzer.
#include "internal/base/ensure.h"
#include "internal/archive/snapshot_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bao;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto ignore = [](std::string_view, std::string_view) { return base::Status(); };
  const auto archive = archive::read_snapshot_archive(bytes, 16u << 20);
  if (archive.ok()) ENSURE(archive::each_record(archive->state, ignore).ok(), "a read archive has whole records");
  (void)archive::each_record(bytes, ignore);
  (void)archive::check_sums({}, bytes);
  return 0;
}
