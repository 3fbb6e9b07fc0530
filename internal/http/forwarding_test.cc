// A forwarded request is the request that came, and its answer the answer that was given.
#include "internal/http/forwarding.h"

#include <gtest/gtest.h>

#include "internal/base/limits.h"
#include "internal/http/front.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

// the body was consumed before the request was forwarded
TEST(Forwarding, ARequestArrivesWhole) {
  WireRequest wire;
  wire.method = "POST";
  wire.target = "/v1/secret/data/a?x=%2F";
  wire.version = 10;
  wire.headers = {{"X-Vault-Token", "s.token"}, {"Accept", ""}, {"Accept", "b"}};
  wire.body = std::string("{\"a\":\"\0\"}", 9);
  const Peer peer{"10.1.2.3", 4711, {"der one", ""}};
  const auto forwarded = decode_forwarded(encode_forwarded(wire, peer, {{true, true}, {7, 4096}}));
  ASSERT_TRUE(forwarded.ok());
  const WireRequest& got = (*forwarded)->wire;
  EXPECT_EQ(got.method, wire.method);
  EXPECT_EQ(got.target, wire.target);
  EXPECT_EQ(got.version, 10);
  EXPECT_EQ(got.body, wire.body);
  ASSERT_EQ(got.headers.size(), 3u);
  EXPECT_EQ(got.header("x-vault-token"), "s.token");
  EXPECT_EQ(got.headers[1].value, "");
  EXPECT_EQ(got.headers[2].value, "b");
  EXPECT_EQ((*forwarded)->peer.address, "10.1.2.3");
  EXPECT_EQ((*forwarded)->peer.port, 4711);
  EXPECT_EQ((*forwarded)->peer.certificates, peer.certificates);
  const RequestRules& rules = (*forwarded)->rules;
  EXPECT_TRUE(rules.target.unsafe_relative_paths && rules.target.disable_printable_check);
  EXPECT_EQ(rules.body.json_strings_max, 7u);
  EXPECT_EQ(rules.body.json_bytes_max, 4096u);
}

// What the listener lets through that a client asked, whatever listeners the active node has.
TEST(Forwarding, TheRulesOfTheListenerThatTookItHold) {
  testing::TestCore node;
  const Front front(node.core(), nullptr, FrontRules{});
  WireRequest wire;
  wire.method = "GET";
  wire.target = "/v1/cubbyhole/a/%2e%2e/b";
  wire.headers = {{"X-Vault-Token", node.root_token()}};
  const auto status = [&](bool relative_paths) {
    const auto answered = front.answer_forwarded(encode_forwarded(wire, {}, {{relative_paths, false}, {}}));
    return answered ? decode_forwarded_answer(*answered)->answer.status : 0;
  };
  EXPECT_EQ(status(false), 400);
  EXPECT_EQ(status(true), 404) << "nothing is there";
}

TEST(Forwarding, ABodyInPartsIsNamedByTheRequest) {
  const auto part = decode_forwarded(encode_forwarded_part("name", 12, "bytes"));
  ASSERT_TRUE(part.ok());
  EXPECT_TRUE((*part)->is_part());
  EXPECT_EQ((*part)->upload + "/" + std::to_string((*part)->offset) + "/" + (*part)->wire.body, "name/12/bytes");
  WireRequest wire;
  wire.method = "POST";
  wire.target = "/v1/sys/storage/raft/snapshot";
  wire.body = "not sent again";
  const auto request = decode_forwarded(encode_forwarded(wire, {}, {}, "name"));
  ASSERT_TRUE(request.ok());
  EXPECT_FALSE((*request)->is_part());
  EXPECT_EQ((*request)->upload, "name");
  EXPECT_EQ((*request)->wire.body, "");
}

TEST(Forwarding, AnAnswerArrivesWhole) {
  for (const auto& type : {std::optional<std::string>(), std::optional<std::string>(""), std::optional<std::string>("text/plain")}) {
    Answer answer = Answer::json(204, "");
    answer.content_type = type;
    answer.headers = {{"Warning", "a"}, {"Location", "b"}};
    answer.body = "body";
    const auto got = decode_forwarded_answer(encode_forwarded_answer(answer, base::Index{77}));
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->answer.status, 204);
    EXPECT_EQ(got->answer.content_type, type);
    EXPECT_EQ(got->answer.headers, answer.headers);
    EXPECT_EQ(got->answer.body, "body");
    EXPECT_EQ(got->applied, base::Index{77});
  }
}

// A snapshot that was asked of the active node by way of another one. The call would fail, and leave open what was done.
TEST(Forwarding, AnAnswerThatIsTooLargeForACallIsReplacedByOneThatSaysSo) {
  auto file = base::SpoolFile::create();
  ASSERT_TRUE(file.ok() && (*file)->append(std::string(base::kRequestBodyBytesMax + 1, 'x')).ok() && (*file)->finish().ok());
  Answer answer;
  answer.spooled = std::move(*file);
  const auto refused = too_large_to_forward(answer);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 500);
  EXPECT_NE(refused->body.find("ask that node itself"), std::string::npos) << refused->body;
  EXPECT_FALSE(too_large_to_forward(*refused));
}

TEST(Forwarding, WhatIsSpooledIsPassedOn) {
  auto file = base::SpoolFile::create();
  ASSERT_TRUE(file.ok() && (*file)->append("archive").ok() && (*file)->finish().ok());
  Answer answer;
  answer.spooled = std::move(*file);
  const auto got = decode_forwarded_answer(encode_forwarded_answer(answer, base::Index{7}));
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->answer.body, "archive");
}

TEST(Forwarding, WhatIsNoRequestIsRefused) {
  for (const std::string& bytes : {std::string(), std::string("\x0a\xff", 2), std::string("\x22\x02\x0a\x05", 4)}) {
    EXPECT_EQ(decode_forwarded(bytes).error().code(), base::Code::corrupt);
    EXPECT_EQ(decode_forwarded_answer(bytes).error().code(), base::Code::corrupt);
  }
}

}  // namespace
}  // namespace bao::http
