// gzip through zlib, the canary byte in front of compressed values, and tar.
#include <zlib.h>

#include "internal/codec/compression.h"

namespace bao::codec {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr size_t kTarBlock = 512;

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

std::string tar_header(const TarEntry& entry, int64_t mtime) {
  ENSURE(entry.name.size() <= 100, "the name fits its field");
  std::string header(kTarBlock, '\0');
  header.replace(0, entry.name.size(), entry.name);
  header.replace(100, 7, octal_field(0600, 7));
  header.replace(108, 7, octal_field(0, 7));
  header.replace(116, 7, octal_field(0, 7));
  header.replace(124, 11, octal_field(entry.content.size(), 11));
  header.replace(136, 11, octal_field(static_cast<uint64_t>(mtime), 11));
  header[156] = '0';
  header.replace(257, 8, std::string("ustar\0" "00", 8));
  header.replace(329, 7, octal_field(0, 7));
  header.replace(337, 7, octal_field(0, 7));
  header.replace(148, 8, octal_field(tar_checksum(header), 6) + std::string("\0 ", 2));
  return header;
}

std::string text_of(std::string_view field) { return std::string(field.substr(0, field.find('\0'))); }

}  // namespace

base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return base::internal("gzip: out of memory");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK) {
    char chunk[16384];
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof chunk;
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(chunk, sizeof chunk - stream.avail_out);
    if (out.size() > bytes_max) break;
  }
  inflateEnd(&stream);
  if (out.size() > bytes_max) return base::Error(base::Code::too_large, "gzip: content is too large");
  if (state != Z_STREAM_END) return base::corrupt("gzip: content is cut or damaged");
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  ENSURE(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK,
         "zlib has memory");
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ENSURE(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflateBound bounds");
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
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

std::string write_tar(const std::vector<TarEntry>& entries, int64_t mtime) {
  std::string out;
  for (const TarEntry& entry : entries) {
    out += tar_header(entry, mtime);
    out += entry.content;
    out.append((kTarBlock - entry.content.size() % kTarBlock) % kTarBlock, '\0');
  }
  return out.append(2 * kTarBlock, '\0');
}

base::Result<std::vector<TarEntry>> read_tar(std::string_view archive) {
  std::vector<TarEntry> entries;
  for (size_t at = 0;;) {
    if (archive.size() - at < kTarBlock) return base::corrupt("tar: the archive is cut");
    const std::string_view header = archive.substr(at, kTarBlock);
    if (header.find_first_not_of('\0') == std::string_view::npos) return entries;
    const size_t size = octal(header.substr(124, 12));
    if (octal(header.substr(148, 8)) != tar_checksum(header)) return base::corrupt("tar: a header is damaged");
    if (header[156] != '0' && header[156] != '\0') return base::corrupt("tar: an entry is not a regular file");
    at += kTarBlock;
    if (size > archive.size() - at) return base::corrupt("tar: the archive is cut");
    entries.push_back({text_of(header.substr(0, 100)), std::string(archive.substr(at, size))});
    at += std::min((size + kTarBlock - 1) / kTarBlock * kTarBlock, archive.size() - at);
  }
}

}  // namespace bao::codec
