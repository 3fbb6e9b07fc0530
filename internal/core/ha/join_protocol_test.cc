#include "internal/core/ha/join_protocol.h"

#include <gtest/gtest.h>

namespace bao::core {
namespace {

using base::SecretBytes;

const base::Time kNow{std::chrono::hours(24 * 365 * 56)};
constexpr char kCertificate[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

Applicant applicant() { return {{17, "node2", "10.0.0.2:8201", "https://10.0.0.2:8200", kCertificate}, false}; }

std::string answer_to(const SecretBytes& challenge, const Applicant& from) {
  const auto opened = OpenedChallenge::parse(challenge.clone());
  EXPECT_TRUE(opened.ok());
  return opened->answer(from);
}

std::string error_of(const codec::Json& body) {
  const auto read = parse_applicant(body);
  return read.ok() ? "none" : read.error().message();
}

codec::Json body_with(const char* member, codec::Json value) {
  codec::Json body = answer_body(applicant(), "x");
  body.set(member, std::move(value));
  return body;
}

TEST(JoinProtocol, WhatANodeSaysOfItselfArrivesAndNeedNotBeSaid) {
  Applicant from = applicant();
  EXPECT_TRUE(parse_applicant(answer_body(from, "x"))->record == from.record) << "an older node says neither";
  from.record.host_name = "rack2-host7";
  from.record.version = "2.6.2";
  EXPECT_TRUE(parse_applicant(answer_body(from, "x"))->record == from.record);
  const JoinChallenges challenges;
  const std::string answer = answer_to(challenges.issue("node2", kNow), from);
  EXPECT_TRUE(challenges.check(answer, from, kNow).ok());
  EXPECT_FALSE(challenges.check(answer, applicant(), kNow).ok()) << "it is part of what is proved";
  EXPECT_EQ(error_of(body_with("host_name", std::string(256, 'a'))), "host_name is no name of a host");
  EXPECT_EQ(error_of(body_with("version", "2\n6")), "version is not a version");
}

TEST(JoinProtocol, WhoOpensTheChallengeIsLetIn) {
  const JoinChallenges challenges;
  const SecretBytes challenge = challenges.issue("node2", kNow);
  EXPECT_TRUE(challenges.check(answer_to(challenge, applicant()), applicant(), kNow + std::chrono::seconds(60)).ok());
}

TEST(JoinProtocol, AnAnswerIsGoodForItsApplicantAloneAndNotForLong) {
  const JoinChallenges challenges;
  const std::string answer = answer_to(challenges.issue("node2", kNow), applicant());
  const auto refused = [&](const Applicant& other, base::Time now) { return !challenges.check(answer, other, now).ok(); };
  Applicant other = applicant();
  other.record.certificate = "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n";
  EXPECT_TRUE(refused(other, kNow));
  other = applicant();
  other.record.cluster_address = "10.6.6.6:8201";
  EXPECT_TRUE(refused(other, kNow));
  other = applicant();
  other.non_voter = true;
  EXPECT_TRUE(refused(other, kNow));
  EXPECT_TRUE(refused(applicant(), kNow + std::chrono::seconds(62)));
  EXPECT_FALSE(refused(applicant(), kNow));
}

TEST(JoinProtocol, WhatAnotherProcessAskedOrNobodyIsNoAnswer) {
  const JoinChallenges challenges, of_the_leader_before;
  EXPECT_FALSE(challenges.check(answer_to(of_the_leader_before.issue("node2", kNow), applicant()), applicant(), kNow).ok());
  EXPECT_FALSE(challenges.check(answer_to(challenges.issue("node3", kNow), applicant()), applicant(), kNow).ok());
  EXPECT_FALSE(challenges.check("", applicant(), kNow).ok());
  std::string longer_life = answer_to(challenges.issue("node2", kNow), applicant());
  longer_life[16 + 7] = static_cast<char>(longer_life[16 + 7] + 1);  // the last byte of its expiry
  EXPECT_FALSE(challenges.check(longer_life, applicant(), kNow).ok());
}

TEST(JoinProtocol, TheBodySaysWhoTheApplicantIs) {
  const auto read = parse_applicant(answer_body(applicant(), "x"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->record, applicant().record);
}

TEST(JoinProtocol, EveryMemberOfABodyIsBoundedAndChecked) {
  EXPECT_EQ(error_of(body_with("server_id", "")), "no server_id provided");
  EXPECT_EQ(error_of(body_with("server_id", std::string(16385, 'x'))), "server id exceeds max length");
  EXPECT_EQ(error_of(body_with("server_id", "a\nb")), "server_id holds control characters");
  EXPECT_EQ(error_of(body_with("cluster_addr", "")), "no cluster_addr provided");
  for (const char* address : {"10.0.0.2", ":8201", "10.0.0.2:0", "10.0.0.2:x", "https://10.0.0.2:8201", "a:8201\r\n"}) {
    EXPECT_EQ(error_of(body_with("cluster_addr", address)), "cluster_addr is not host:port") << address;
  }
  EXPECT_EQ(error_of(body_with("cluster_addr", "[::1]:8201")), "none");
  EXPECT_EQ(error_of(body_with("api_addr", "file:///etc/passwd")), "api_addr is not a URL");
  EXPECT_EQ(error_of(body_with("certificate", "x")), "certificate is not a certificate in PEM");
  EXPECT_EQ(error_of(body_with("certificate", kCertificate + std::string(16384, 'x'))), "certificate is not a certificate in PEM");
  for (const char* id : {"", "0", "-1", "1x", "18446744073709551616"}) {
    EXPECT_EQ(error_of(body_with("member", id)), "not the id of a member") << id;
  }
}

TEST(JoinProtocol, AnInvitationIsTakenFromWhoAskedAlone) {
  const Invitation invitation{"3f0c", {applicant().record, {18, "node1", "10.0.0.1:8201", "", kCertificate}}};
  const SecretBytes secret("s");
  const codec::Json data = invitation_data(invitation, secret);
  const auto read = parse_invitation(data, secret);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->cluster_id, "3f0c");
  EXPECT_EQ(read->members, invitation.members);
  EXPECT_FALSE(parse_invitation(data, SecretBytes("t")).ok());
  codec::Json forged = data;
  forged.set("cluster_id", "666");
  EXPECT_FALSE(parse_invitation(forged, secret).ok());
}

TEST(JoinProtocol, AChallengeOfAnotherServerIsNotTaken) {
  EXPECT_FALSE(OpenedChallenge::parse(SecretBytes(std::string(24, 'x'))).ok());  // OpenBao's
}

}  // namespace
}  // namespace bao::core
