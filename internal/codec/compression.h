// gzip and framed snappy as OpenBao stores them, with a canary byte in front (openbao-storage.md 2.2, 5).
// Pure functions. Errors: Code::corrupt for bad input, Code::too_large past `bytes_max`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::codec {

base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max);
std::string gzip(std::string_view bytes);
base::Result<std::string> unsnappy_framed(std::string_view bytes, size_t bytes_max);
// Strips a canary: 'G' gzip, 'S' framed snappy, none: the bytes as they are. '4' and 'L' are refused.
base::Result<std::string> decompress_canary(std::string_view bytes, size_t bytes_max);
base::Result<std::string> compress_canary_gzip(std::string_view bytes);
// Snappy framing with stored (uncompressed) chunks behind canary 'S'.
std::string snappy_framed_stored(std::string_view bytes);

struct TarEntry { std::string name; std::string content; };
// ustar, each file of mode 0600 and `mtime` (Unix seconds); names of at most 100 bytes.
std::string write_tar(const std::vector<TarEntry>& entries, int64_t mtime);
// Regular files of a tar archive, in order; other entry kinds and cut archives are Code::corrupt.
base::Result<std::vector<TarEntry>> read_tar(std::string_view archive);

}  // namespace bao::codec
