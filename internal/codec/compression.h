// gzip and framed snappy as OpenBao stores them, with a canary byte in front (openbao-storage.md 2.2, 5).
// Pure functions. Errors: Code::corrupt for bad input, Code::too_large past `bytes_max`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::codec {

base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max);
// The same piece by piece, for what is too large for memory; stops at the first error of `take`.
using TakePiece = std::function<base::Status(std::string_view piece)>;
base::Status gunzip_each(std::string_view bytes, size_t bytes_max, const TakePiece& take);
// `store`: for what is encrypted, and does not get smaller by any effort.
enum class Effort : uint8_t { compress, store };
std::string gzip(std::string_view bytes, Effort effort = Effort::compress);
// The same of pieces that come one after the other, for what is too large for memory. Owned by one thread. Errors: those of `take`.
class GzipWriter {
 public:
  GzipWriter(TakePiece take, Effort effort);
  ~GzipWriter();
  base::Status add(std::string_view piece);
  base::Status end();  // after the last piece

 private:
  struct Stream;
  base::Status deflate(std::string_view piece, int flush);
  const TakePiece take_;
  const std::unique_ptr<Stream> stream_;
};
base::Result<std::string> unsnappy_framed(std::string_view bytes, size_t bytes_max);
// Strips a canary: 'G' gzip, 'S' framed snappy, none: the bytes as they are. '4' and 'L' are refused.
base::Result<std::string> decompress_canary(std::string_view bytes, size_t bytes_max);
base::Result<std::string> compress_canary_gzip(std::string_view bytes);
// Snappy framing with stored (uncompressed) chunks behind canary 'S'.
std::string snappy_framed_stored(std::string_view bytes);

struct TarEntry { std::string name; std::string content; };
// ustar, each file of mode 0600 and `mtime` (Unix seconds); names of at most 100 bytes. One that ends in a slash is a folder (0700).
std::string write_tar(const std::vector<TarEntry>& entries, int64_t mtime);
// The same piece by piece. Owned by one thread. Errors: those of `take`; too_large (an entry of 8 GiB, which its header cannot
// say); internal (an entry has more or fewer bytes than was said).
class TarWriter {
 public:
  TarWriter(TakePiece take, int64_t mtime) : take_(std::move(take)), mtime_(mtime) {}
  // An entry of `bytes`, which are added next.
  base::Status begin(const std::string& name, uint64_t bytes);
  base::Status add(std::string_view piece);
  base::Status end();  // after the last entry

 private:
  base::Status fill_up();

  const TakePiece take_;
  const int64_t mtime_;
  uint64_t left_ = 0;     // of the entry under way
  size_t padding_ = 0;    // behind it
};
// Regular files of a tar archive, in order; other entry kinds and cut archives are Code::corrupt.
base::Result<std::vector<TarEntry>> read_tar(std::string_view archive);

// The same archive, of which pieces of any size come one after the other. Owned by one thread.
class TarScanner {
 public:
  // What the next entry's content is given to.
  using Open = std::function<base::Result<TakePiece>(const std::string& name)>;
  explicit TarScanner(Open open) : open_(std::move(open)) {}
  // Errors: corrupt, and those of `open` and of what it gave.
  base::Status feed(std::string_view piece);
  // After the last piece. Errors: corrupt (the archive is cut).
  base::Status end() const;

 private:
  base::Status read_header();

  const Open open_;
  std::string header_;    // as much of it as there is
  size_t content_ = 0;    // that is still to come
  size_t padding_ = 0;
  bool ended_ = false;    // by a block of zeros
  TakePiece take_;
};

}  // namespace bao::codec
