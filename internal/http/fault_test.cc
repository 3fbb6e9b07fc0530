// A 5xx says who, what and what to do; everything else goes out as the reference's.
#include "internal/http/fault.h"

#include <gtest/gtest.h>

#include <map>

#include "internal/http/forwarding.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

std::map<std::string, std::string> headers_of(const Answer& answer) { return {answer.headers.begin(), answer.headers.end()}; }

TEST(Fault, SaysWhoAndWhatToDo) {
  Answer answer = answer_of(base::Error(base::Code::uncertain, "the leader is gone"));
  const std::string body = answer.body;
  explain_fault(answer, "n2", "standby", "update");
  auto headers = headers_of(answer);
  EXPECT_EQ(headers["X-Bao-Node"], "n2");
  EXPECT_EQ(headers["X-Bao-Role"], "standby");
  EXPECT_EQ(headers["X-Bao-Code"], "uncertain");
  EXPECT_NE(headers["X-Bao-Advice"].find("may have been made"), std::string::npos);
  EXPECT_EQ(answer.body, body);
  EXPECT_EQ(headers["X-Bao-Request-Id"].size(), 36u);
}

TEST(Fault, ASealedNodeIsToBeUnsealed) {
  Answer answer = answer_of(base::Error(base::Code::sealed, "barrier is sealed"));
  explain_fault(answer, "n1", "sealed", "read");
  EXPECT_EQ(headers_of(answer)["X-Bao-Code"], "sealed");
}

TEST(Fault, WhatIsNoFaultOfTheNodeIsLeftAlone) {
  for (const auto code : {base::Code::invalid, base::Code::denied, base::Code::absent, base::Code::exhausted}) {
    Answer answer = answer_of(base::Error(code, "no"));
    explain_fault(answer, "n1", "active", "read");
    EXPECT_TRUE(answer.headers.empty());
  }
  Answer health = Answer::json(503, R"({"initialized":true,"sealed":true})");
  explain_fault(health, "n1", "sealed", "read");
  EXPECT_TRUE(health.headers.empty());
}

TEST(Fault, AnAuditThatTakesNothingHasACodeOfItsOwn) {
  Answer answer = answer_of(base::Error(base::Code::audit_unavailable, "nobody takes the record"));
  EXPECT_EQ(answer.status, 503);
  explain_fault(answer, "n1", "active", "read");
  auto headers = headers_of(answer);
  EXPECT_EQ(headers["X-Bao-Code"], "audit_unavailable");
  EXPECT_NE(headers["X-Bao-Advice"].find("audit devices"), std::string::npos);
  EXPECT_EQ(headers["X-Bao-Node"], "n1");
  EXPECT_EQ(headers["X-Bao-Role"], "active");
}

// What the active node said about itself reaches the client of a standby.
TEST(Fault, AnotherNodesAnswerKeepsItsName) {
  Answer answer = answer_of(base::Error(base::Code::corrupt, "an entry cannot be read"));
  explain_fault(answer, "n1", "active", "read");
  auto arrived = decode_forwarded_answer(encode_forwarded_answer(answer, base::Index{5}));
  ASSERT_TRUE(arrived.ok());
  explain_fault(arrived->answer, "n2", "standby", "update");
  EXPECT_EQ(headers_of(arrived->answer)["X-Bao-Node"], "n1");
  EXPECT_EQ(headers_of(arrived->answer)["X-Bao-Code"], "corrupt");
}

}  // namespace
}  // namespace bao::http
