#include "internal/engines/pki/validation/url.h"

#include <gtest/gtest.h>

#include "internal/engines/pki/validation/limits.h"

namespace bao::engines::pki::acme {
namespace {

std::string led_to(const std::string& location) {
  const auto url = redirected(Url{false, "a.test", "/dir/file?q"}, location);
  return url.ok() ? url->text() : url.error().message();
}

TEST(Redirect, LeadsWhereItsLocationSays) {
  EXPECT_EQ(led_to("http://b.test/x?y=z#fragment"), "http://b.test/x?y=z");
  EXPECT_EQ(led_to("HTTPS://b.test"), "https://b.test/");
  EXPECT_EQ(led_to("https://b.test:443?q"), "https://b.test/?q");
  EXPECT_EQ(led_to("http://b.test:80/"), "http://b.test/");
  EXPECT_EQ(led_to("http://[2001:db8::1]:80/x"), "http://[2001:db8::1]/x");
  EXPECT_EQ(led_to("http://192.0.2.1/x"), "http://192.0.2.1/x");
  EXPECT_EQ(led_to("//b.test/x"), "http://b.test/x");
  EXPECT_EQ(led_to("/x/y"), "http://a.test/x/y");
  EXPECT_EQ(led_to("other"), "http://a.test/dir/other");
  EXPECT_EQ(led_to("?p"), "http://a.test/dir/file?p");
  EXPECT_EQ(led_to("/x:y"), "http://a.test/x:y");
}

TEST(Redirect, LeadsNowhereElse) {
  const std::string port = "the redirect leads to another port than 80 of http or 443 of https", host = "the redirect names no host";
  for (const char* text : {"http://b.test:8080/", "http://b.test:443/", "https://b.test:80/", "http://b.test:080/", "http://[::1]:22/", "http://b.test:80:80/", "http://[::1/"})
    EXPECT_EQ(led_to(text), port) << text;
  for (const char* text : {"http://", "http:///x", "http://[a.test]/", "http://b%2etest/", "http://a_b!/", "http://.test/", "http://[]/"})
    EXPECT_EQ(led_to(text), host) << text;
  EXPECT_EQ(led_to("http://::1/"), port);
  EXPECT_EQ(led_to("http://user@b.test/"), "the redirect names a user");
  for (const char* text : {"ftp://b.test/", "file:///etc/passwd", "gopher:x", "javascript:0", "http:x"})
    EXPECT_EQ(led_to(text), "the redirect leads to another scheme than http and https") << text;
  for (const char* text : {"/a b", "/a\r\nX: y", "/\x7f", "/\xc3\xa9"})
    EXPECT_EQ(led_to(text), "the redirect's URL holds characters that have no place there");
  EXPECT_EQ(led_to("/" + std::string(kUrlBytesMax, 'x')), "the redirect's URL is too long");
}

}  // namespace
}  // namespace bao::engines::pki::acme
