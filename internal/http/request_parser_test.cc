#include "internal/http/request_parser.h"

#include <gtest/gtest.h>

namespace bao::http {
namespace {

using State = RequestParser::State;

// Feeds `text` in pieces of `piece` bytes, as a socket would bring them. The bytes taken.
size_t feed_in_pieces(RequestParser& parser, std::string_view text, size_t piece) {
  size_t taken = 0, arrived = 0;
  while (arrived < text.size() && parser.state() != State::complete && parser.state() != State::refused) {
    arrived = std::min(text.size(), arrived + piece);
    taken += parser.feed(text.substr(taken, arrived - taken));
  }
  return taken;
}

ParseRefusal refusal_of(std::string_view text, ParserLimits limits = {}) {
  RequestParser parser(limits);
  feed_in_pieces(parser, text, text.size());
  EXPECT_EQ(parser.state(), State::refused) << text.substr(0, 100);
  return parser.refusal();
}

TEST(RequestParser, TakesARequestInPiecesOfAnySize) {
  const std::string_view text = "POST /v1/secret/a?x=1 HTTP/1.1\r\nHost: here\r\nX-Vault-Token:  s.x \r\nContent-Length: 7\r\n\r\n{\"a\":1}";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    RequestParser parser({});
    EXPECT_EQ(feed_in_pieces(parser, text, piece), text.size());
    ASSERT_EQ(parser.state(), State::complete) << piece;
    const WireRequest& request = parser.request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/v1/secret/a?x=1");
    EXPECT_EQ(request.header("x-vault-token"), "s.x");
    EXPECT_EQ(request.body, "{\"a\":1}");
    EXPECT_TRUE(request.keep_alive);
  }
}

TEST(RequestParser, ChunkedBodiesInPiecesOfAnySize) {
  const std::string head = "PUT /v1/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body : {"0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "1;x=y\r\na\r\n2\r\nbc\r\n0\r\nX-Trailer: t\r\n\r\n"}) {
    for (size_t piece = 1; piece <= head.size() + body.size(); ++piece) {
      RequestParser parser({});
      EXPECT_EQ(feed_in_pieces(parser, head + body, piece), head.size() + body.size());
      ASSERT_EQ(parser.state(), State::complete) << body << piece;
      EXPECT_EQ(parser.request().body, body[0] == '0' ? "" : "abc");
      EXPECT_EQ(parser.request().find("X-Trailer"), nullptr) << "trailers are no headers";
    }
  }
}

TEST(RequestParser, AnyMethodMayHaveABodyAndNoneNeedsALength) {
  for (const std::string method : {"GET", "DELETE", "LIST", "SCAN", "PATCH", "POST", "HELP"}) {
    RequestParser with({}), without({});
    with.feed(method + " /v1/a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(with.state(), State::complete);
    EXPECT_EQ(with.request().body, "hi");
    without.feed(method + " /v1/a HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(without.state(), State::complete);
    EXPECT_EQ(without.request().method, method);
  }
}

TEST(RequestParser, PipelinedRequestsStayApart) {
  const std::string_view text = "GET /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\nHost: h\r\n\r\n";
  RequestParser parser({});
  const size_t first = parser.feed(text);
  ASSERT_EQ(parser.state(), State::complete);
  EXPECT_EQ(parser.request().target, "/1");
  parser.reset();
  EXPECT_EQ(parser.feed(text.substr(first)), text.size() - first);
  EXPECT_EQ(parser.request().target, "/2");
  EXPECT_EQ(parser.request().body, "");
}

TEST(RequestParser, RefusesWhatTwoReadersWouldReadDifferently) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(refusal_of(start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n").status, 400);
  EXPECT_EQ(refusal_of(start + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n").status, 400);
  EXPECT_EQ(refusal_of(start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx").status, 400);
  EXPECT_EQ(refusal_of(start + "Content-Length: 1, 1\r\n\r\nx").status, 400);
  EXPECT_EQ(refusal_of(start + "Content-Length: +1\r\n\r\nx").status, 400);
  EXPECT_EQ(refusal_of(start + "Content-Length: 99999999999999999999\r\n\r\n").status, 400);
  EXPECT_EQ(refusal_of(start + "Transfer-Encoding: gzip, chunked\r\n\r\n").status, 501);
  EXPECT_EQ(refusal_of(start + "Transfer-Encoding: identity\r\n\r\n").status, 501);
  EXPECT_EQ(refusal_of(start + "Host: other\r\n\r\n").status, 400);
  EXPECT_EQ(refusal_of(start + "Content-Length : 1\r\n\r\nx").status, 400);
  EXPECT_EQ(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").status, 400);
}

TEST(RequestParser, RefusesWhatIsNoRequest) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n").status, 400) << "no Host";
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n").status, 505);
  EXPECT_EQ(refusal_of("hello\r\n\r\n").status, 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: h\r\nA: x\001y\r\n\r\n").status, 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n").status, 417);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n").status, 400);
}

TEST(RequestParser, LimitsHold) {
  std::string lines = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 10'000; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(refusal_of(lines + "\r\n").status, 431);
  ParserLimits small;
  small.header_bytes_max = 1024;
  small.body_bytes_max = 10;
  small.target_bytes_max = 100;
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(2000, 'a'), small).status, 431) << "without an end too";
  EXPECT_EQ(refusal_of("GET /" + std::string(200, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", small).status, 414);
  EXPECT_EQ(refusal_of("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", small).status, 413) << "before the body came";
  const ParseRefusal chunked = refusal_of("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n", small);
  EXPECT_EQ(chunked.status, 413);
  EXPECT_EQ(chunked.words.text(), "http: request body too large");
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(refusal_of(head + "1;" + std::string(3000, 'x'), small).status, 431) << "a chunk's head without an end";
  EXPECT_EQ(refusal_of(head + "0\r\n" + std::string(3000, 'x'), small).status, 431) << "trailers without an end";
}

TEST(RequestParser, SnapshotsGoIntoAFileWhateverTheirSize) {
  ParserLimits small;
  small.body_bytes_max = 10;
  small.spooled_bytes_max = 1000;
  const std::string body(500, 's'), token = "\r\nHost: h\r\nX-Vault-Token: s.x\r\n";
  const std::string line = "POST /v1/sys/storage/raft/snapshot-force HTTP/1.1";
  const std::string chunks = "Transfer-Encoding: chunked\r\n\r\n1f4\r\n" + body + "\r\n0\r\n\r\n", whole = "Content-Length: 500\r\n\r\n" + body;
  for (const std::string& text : {line + token + whole, line + token + chunks}) {
    RequestParser parser(small);
    EXPECT_EQ(feed_in_pieces(parser, text, 64), text.size());
    ASSERT_EQ(parser.state(), State::complete) << parser.refusal().words.text();
    ASSERT_NE(parser.request().spooled, nullptr);
    EXPECT_EQ(parser.request().spooled->view(), body);
    EXPECT_EQ(parser.request().body, "");
    parser.reset();
    EXPECT_EQ(parser.request().spooled, nullptr);
  }
  EXPECT_EQ(refusal_of(line + token + "Content-Length: 1001\r\n\r\n", small).status, 413);
  EXPECT_EQ(refusal_of(line + "\r\nHost: h\r\n" + whole, small).status, 413) << "not for somebody without a token";
  EXPECT_EQ(refusal_of("POST /v1/sys/storage/raft/snapshots HTTP/1.1" + token + whole, small).status, 413);
}

TEST(RequestParser, KeepsTheConnectionAsAsked) {
  const auto keeps = [](std::string text) {
    RequestParser parser({});
    parser.feed(text);
    EXPECT_EQ(parser.state(), State::complete);
    return parser.request().keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestParser, ContinueIsAskedForOnlyByTheNewerProtocol) {
  RequestParser parser({});
  parser.feed("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(parser.state(), State::body);
  EXPECT_TRUE(parser.request().expects_continue);
}

}  // namespace
}  // namespace bao::http
