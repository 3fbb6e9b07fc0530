// gzip through zlib, the canary byte in front of compressed values, and tar.
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "internal/codec/compression.h"

namespace bao::codec {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr size_t kTarBlock = 512;
constexpr uint64_t kTarEntryMax = uint64_t{1} << 33;    // eleven octal digits
constexpr size_t kInputMax = size_t{1} << 30;           // zlib counts in 32 bits
constexpr size_t kChunkBytes = size_t{64} << 10;

// The octal number of a tar header field; npos when it is none.
size_t octal(std::string_view field) {
  size_t value = 0, digits = 0;
  for (const char c : field) {
    if (c == ' ' || c == '\0') {
      if (digits > 0) break;
      continue;
    }
    if (c < '0' || c > '7' || ++digits > 11) return std::string_view::npos;
    value = value * 8 + static_cast<size_t>(c - '0');
  }
  return digits > 0 ? value : std::string_view::npos;
}

size_t tar_checksum(std::string_view header) {
  size_t sum = 0;
  for (size_t i = 0; i < kTarBlock; ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<uint8_t>(header[i]);
  }
  return sum;
}

std::string octal_field(uint64_t value, size_t digits) {
  std::string out(digits, '0');
  for (size_t i = digits; i-- > 0 && value != 0; value /= 8) out[i] = static_cast<char>('0' + value % 8);
  return out;
}

std::string tar_header(const std::string& name, uint64_t bytes, int64_t mtime) {
  ENSURE(name.size() <= 100, "the name fits its field");
  const bool folder = name.ends_with('/');
  std::string header(kTarBlock, '\0');
  header.replace(0, name.size(), name);
  header.replace(100, 7, octal_field(folder ? 0700 : 0600, 7));
  header.replace(108, 7, octal_field(0, 7));
  header.replace(116, 7, octal_field(0, 7));
  header.replace(124, 11, octal_field(bytes, 11));
  header.replace(136, 11, octal_field(static_cast<uint64_t>(mtime), 11));
  header[156] = folder ? '5' : '0';
  header.replace(257, 8, std::string("ustar\0" "00", 8));
  header.replace(329, 7, octal_field(0, 7));
  header.replace(337, 7, octal_field(0, 7));
  header.replace(148, 8, octal_field(tar_checksum(header), 6) + std::string("\0 ", 2));
  return header;
}

std::string text_of(std::string_view field) { return std::string(field.substr(0, field.find('\0'))); }

}  // namespace

base::Status gunzip_each(std::string_view bytes, size_t bytes_max, const TakePiece& take) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return base::internal("gzip: out of memory");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ending(&stream, inflateEnd);
  size_t total = 0;
  std::string chunk(kChunkBytes, '\0');
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (stream.avail_in == 0) {
      const std::string_view next = bytes.substr(0, kInputMax);
      bytes.remove_prefix(next.size());
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(next.data()));
      stream.avail_in = static_cast<uInt>(next.size());
    }
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) return base::corrupt("gzip: content is cut or damaged");
    const size_t made = chunk.size() - stream.avail_out;
    total += made;
    if (total > bytes_max) return base::Error(base::Code::too_large, "gzip: content is too large");
    TRY(take(std::string_view(chunk).substr(0, made)));
  }
  return {};
}

base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
  std::string out;
  TRY(gunzip_each(bytes, bytes_max, [&](std::string_view piece) {
    out += piece;
    return base::Status();
  }));
  return out;
}

struct GzipWriter::Stream {
  z_stream native{};
  std::string chunk = std::string(kChunkBytes, '\0');
};

GzipWriter::GzipWriter(TakePiece take, Effort effort) : take_(std::move(take)), stream_(std::make_unique<Stream>()) {
  const int level = effort == Effort::store ? Z_NO_COMPRESSION : Z_DEFAULT_COMPRESSION;
  ENSURE(deflateInit2(&stream_->native, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib has memory");
}

GzipWriter::~GzipWriter() { deflateEnd(&stream_->native); }

base::Status GzipWriter::add(std::string_view piece) {
  for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), kInputMax))) TRY(deflate(piece.substr(0, kInputMax), Z_NO_FLUSH));
  return {};
}

base::Status GzipWriter::end() { return deflate("", Z_FINISH); }

base::Status GzipWriter::deflate(std::string_view piece, int flush) {
  z_stream& native = stream_->native;
  std::string& chunk = stream_->chunk;
  native.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  native.avail_in = static_cast<uInt>(piece.size());
  do {
    native.next_out = reinterpret_cast<Bytef*>(chunk.data());
    native.avail_out = static_cast<uInt>(chunk.size());
    ENSURE(::deflate(&native, flush) != Z_STREAM_ERROR, "a stream of zlib");
    const size_t made = chunk.size() - native.avail_out;
    if (made > 0) TRY(take_(std::string_view(chunk).substr(0, made)));
  } while (native.avail_out == 0);  // there may be more
  return {};
}

std::string gzip(std::string_view bytes, Effort effort) {
  std::string out;
  GzipWriter writer([&out](std::string_view piece) {
    out += piece;
    return base::Status();
  }, effort);
  const base::Status whole = writer.add(bytes), ended = writer.end();
  ENSURE(whole.ok() && ended.ok(), "a string takes everything");
  return out;
}

base::Result<std::string> decompress_canary(std::string_view bytes, size_t bytes_max) {
  if (bytes.empty()) return std::string();
  switch (bytes[0]) {
    case 'G': return gunzip(bytes.substr(1), bytes_max);
    case 'S': return unsnappy_framed(bytes.substr(1), bytes_max);
    case '4':
    case 'L': return base::corrupt("compressed with LZ4 or LZW, which are no longer supported");
    default: break;
  }
  if (bytes.size() > bytes_max) return base::Error(base::Code::too_large, "stored value is too large");
  return std::string(bytes);
}

base::Result<std::string> compress_canary_gzip(std::string_view bytes) { return "G" + gzip(bytes); }

base::Status TarWriter::begin(const std::string& name, uint64_t bytes) {
  TRY(fill_up());
  if (bytes >= kTarEntryMax) return base::Error(base::Code::too_large, "tar: " + name + " has 8 GiB or more");
  left_ = bytes;
  padding_ = static_cast<size_t>((kTarBlock - bytes % kTarBlock) % kTarBlock);
  return take_(tar_header(name, bytes, mtime_));
}

base::Status TarWriter::add(std::string_view piece) {
  if (piece.size() > left_) return base::internal("tar: an entry has more bytes than its header says");
  left_ -= piece.size();
  return take_(piece);
}

base::Status TarWriter::fill_up() {
  if (left_ > 0) return base::internal("tar: an entry has fewer bytes than its header says");
  return take_(std::string(std::exchange(padding_, 0), '\0'));
}

base::Status TarWriter::end() {
  TRY(fill_up());
  return take_(std::string(2 * kTarBlock, '\0'));
}

std::string write_tar(const std::vector<TarEntry>& entries, int64_t mtime) {
  std::string out;
  TarWriter writer([&out](std::string_view piece) {
    out += piece;
    return base::Status();
  }, mtime);
  const auto write = [&]() -> base::Status {
    for (const TarEntry& entry : entries) {
      TRY(writer.begin(entry.name, entry.content.size()));
      TRY(writer.add(entry.content));
    }
    return writer.end();
  };
  const base::Status written = write();
  ENSURE(written.ok(), "what is in memory is small enough");
  return out;
}

base::Status TarScanner::read_header() {
  const std::string_view header = header_;
  if (header.find_first_not_of('\0') == std::string_view::npos) {
    ended_ = true;
    return {};
  }
  const size_t size = octal(header.substr(124, 12));
  if (size == std::string_view::npos || octal(header.substr(148, 8)) != tar_checksum(header)) {
    return base::corrupt("tar: a header is damaged");
  }
  if (header[156] != '0' && header[156] != '\0') return base::corrupt("tar: an entry is not a regular file");
  ASSIGN_OR_RETURN(take_, open_(text_of(header.substr(0, 100))));
  content_ = size;
  padding_ = (kTarBlock - size % kTarBlock) % kTarBlock;
  header_.clear();
  return {};
}

base::Status TarScanner::feed(std::string_view piece) {
  while (!piece.empty() && !ended_) {
    if (content_ > 0) {
      const std::string_view part = piece.substr(0, content_);
      TRY(take_(part));
      content_ -= part.size();
      piece.remove_prefix(part.size());
    } else if (padding_ > 0) {
      const size_t part = std::min(padding_, piece.size());
      padding_ -= part;
      piece.remove_prefix(part);
    } else {
      const std::string_view part = piece.substr(0, kTarBlock - header_.size());
      header_ += part;
      piece.remove_prefix(part.size());
      if (header_.size() == kTarBlock) TRY(read_header());
    }
  }
  return {};
}

base::Status TarScanner::end() const { return ended_ ? base::Status() : base::corrupt("tar: the archive is cut"); }

base::Result<std::vector<TarEntry>> read_tar(std::string_view archive) {
  std::vector<TarEntry> entries;
  TarScanner scanner([&](const std::string& name) -> base::Result<TakePiece> {
    entries.push_back({name, ""});
    return TakePiece([&entries](std::string_view piece) {
      entries.back().content += piece;
      return base::Status();
    });
  });
  TRY(scanner.feed(archive));
  TRY(scanner.end());
  return entries;
}

}  // namespace bao::codec
