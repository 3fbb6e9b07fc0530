#include "internal/codec/qr_code.h"

#include <gtest/gtest.h>

#include "internal/codec/base32.h"

namespace bao::codec {
namespace {

// RFC 4648, section 10.
TEST(Base32, IsThatOfTheStandard) {
  const std::pair<const char*, const char*> cases[] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"},
                                                       {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(to_base32(bytes), text);
    EXPECT_EQ(from_base32(text).value(), bytes);
  }
  EXPECT_EQ(from_base32("mzxw6===").value(), "foo");
  for (const char* wrong : {"M", "MZ1", "MZXW6Y", "MZ XQ", "MZ"}) EXPECT_FALSE(from_base32(wrong).ok()) << wrong;
}

TEST(QrCode, IsAPictureOfTheSizeAskedFor) {
  const auto png = qr_code_png("otpauth://totp/Shop:someone?secret=MZXW6YTBOI", 200);
  ASSERT_TRUE(png.ok()) << png.error().message();
  EXPECT_EQ(png->substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png->substr(16, 8), std::string("\0\0\0\xc8\0\0\0\xc8", 8));
}

TEST(QrCode, WhatFitsNowhereIsRefused) {
  EXPECT_FALSE(qr_code_png("otpauth://totp/Shop:someone?secret=MZXW6YTBOI", 10).ok());
  EXPECT_FALSE(qr_code_png("otpauth://", -1).ok());
  EXPECT_FALSE(qr_code_png("otpauth://", kQrPixelsMax + 1).ok());
  EXPECT_FALSE(qr_code_png(std::string(5000, 'a'), 1000).ok());
}

}  // namespace
}  // namespace bao::codec
