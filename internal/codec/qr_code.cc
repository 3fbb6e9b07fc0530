#include "internal/codec/qr_code.h"

#include <png.h>
#include <qrencode.h>

#include <memory>
#include <vector>

namespace bao::codec {
namespace {

struct CodeEnd {
  void operator()(QRcode* code) const { ::QRcode_free(code); }
};
using Code = std::unique_ptr<QRcode, CodeEnd>;

// Whether the pixel is dark: modules are squares of `scale` pixels, what is left over is margin.
std::vector<png_byte> pixels_of(const QRcode& code, int pixels) {
  const int scale = pixels / code.width, margin = (pixels - scale * code.width) / 2;
  std::vector<png_byte> out(static_cast<size_t>(pixels) * static_cast<size_t>(pixels), 255);
  for (int y = 0; y < scale * code.width; ++y) {
    for (int x = 0; x < scale * code.width; ++x) {
      const bool dark = (code.data[y / scale * code.width + x / scale] & 1) != 0;
      if (dark) out[static_cast<size_t>(y + margin) * static_cast<size_t>(pixels) + static_cast<size_t>(x + margin)] = 0;
    }
  }
  return out;
}

}  // namespace

base::Result<std::string> qr_code_png(const std::string& text, int pixels) {
  if (pixels > kQrPixelsMax) return base::invalid("a picture of the QR code has at most " + std::to_string(kQrPixelsMax) + " pixels a side");
  const Code code(::QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
  if (code == nullptr) return base::invalid("this is too long for a QR code");
  if (pixels < code->width) {
    const std::string side = std::to_string(code->width);
    return base::invalid("can not scale barcode to an image smaller than " + side + "x" + side);
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(pixels);
  image.format = PNG_FORMAT_GRAY;
  const auto gray = pixels_of(*code, pixels);
  std::string out(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = out.size();
  if (png_image_write_to_memory(&image, out.data(), &size, 0, gray.data(), 0, nullptr) == 0) {
    return base::Error(base::Code::internal, std::string("the picture of the QR code cannot be made: ") + image.message);
  }
  out.resize(size);
  return out;
}

}  // namespace bao::codec
