#include "internal/engines/pki/validation/http_response.h"

#include <gtest/gtest.h>

#include "internal/engines/pki/validation/limits.h"

namespace bao::engines::pki::acme {
namespace {

// Of a whole connection: its body, or what is wrong.
std::string read(const std::string& text) {
  HttpResponse response;
  const auto taken = response.take(text);
  if (!taken.ok()) return taken.error().message();
  if (*taken) return response.body();
  const auto ended = response.end();
  return ended.ok() ? response.body() : ended.error().message();
}

TEST(HttpResponse, IsReadByLengthByChunksAndToTheEnd) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"), "abc");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;a=b\r\nab\r\n01\r\nc\r\n0\r\nT: x\r\n\r\n"), "abc");
  EXPECT_EQ(read("HTTP/1.0 200\r\n\r\nabc\n"), "abc\n");
  EXPECT_EQ(read("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"), "abc");
  EXPECT_EQ(read("HTTP/1.1 103 Early\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"), "a");
}

TEST(HttpResponse, OfAnotherStatusHasNoBodyRead) {
  HttpResponse response;
  const auto taken = response.take("HTTP/1.1 302 Found\r\nLocation:  /x \r\nContent-Length: 99999999\r\n\r\n");
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(*taken);
  EXPECT_EQ(response.location(), "/x");
}

TEST(HttpResponse, ThatIsDoubtfulIsRefused) {
  EXPECT_EQ(read("SSH-2.0-OpenSSH\r\n"), "the answer is not HTTP/1.1");
  EXPECT_EQ(read("HTTP/2 200\r\n\r\n"), "the answer is not HTTP/1.1");
  EXPECT_EQ(read("HTTP/1.1 2000 OK\r\n\r\n"), "the answer is not HTTP/1.1");
  EXPECT_EQ(read("HTTP/1.1 099 OK\r\n\r\n"), "the answer is not HTTP/1.1");
  EXPECT_EQ(read("HTTP/1.1 101 Switching\r\n\r\n"), "the answer changes the protocol");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nno header\r\n\r\n"), "the answer holds a malformed header");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nA: b\r\n folded: c\r\n\r\n"), "the answer holds a malformed header");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na"), "the answer's length is none");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "the answer's length is none");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), "the answer's transfer coding is not chunked");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"), "the answer has a length and chunks");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"), "the size of a chunk of the answer is none");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"), "the size of a chunk of the answer is none");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"), "a chunk of the answer is longer than it says");
}

TEST(HttpResponse, ThatEndsEarlyIsRefused) {
  for (const char* text : {"", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"}) {
    EXPECT_EQ(read(text), "the connection ended before the answer did") << text;
  }
}

TEST(HttpResponse, IsBounded) {
  const std::string most(kResponseBodyBytesMax, 'x'), head = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(read(head + "\r\n" + most), most);
  EXPECT_EQ(read(head + "\r\n" + most + "x"), "the answer's body is larger than 512 bytes");
  EXPECT_EQ(read(head + "Content-Length: 513\r\n\r\n"), "the answer's body is larger than 512 bytes");
  EXPECT_EQ(read(head + "Transfer-Encoding: chunked\r\n\r\n200\r\n" + most + "\r\n1\r\nx\r\n0\r\n\r\n"), "the answer's body is larger than 512 bytes");
  EXPECT_EQ(read(head + "A: " + std::string(kResponseHeadBytesMax, 'a')), "the answer's head is too large");
  std::string many = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (size_t i = 0; i < kResponseHeadBytesMax; ++i) many += "0;\r\nX: y\r\n";
  EXPECT_EQ(read(many), "the answer's head is too large");
  std::string interim;
  for (size_t i = 0; i < kResponseHeadBytesMax; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(read(interim), "the answer's head is too large");
}

}  // namespace
}  // namespace bao::engines::pki::acme
