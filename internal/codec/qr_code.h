// Text as a QR code in a picture, for authenticator apps. The only user of libqrencode and libpng. Any thread.
#pragma once

#include <string>

#include "internal/base/result.h"

namespace bao::codec {

// The most pixels of a side.
constexpr int kQrPixelsMax = 2048;

// A black and white PNG of `pixels` by `pixels`, the code centred in it, error correction M. Errors: invalid (the text is too long for a
// code, or the code doesn't fit into so few pixels; more than kQrPixelsMax).
base::Result<std::string> qr_code_png(const std::string& text, int pixels);

}  // namespace bao::codec
