#include "internal/raft/transport/wire.h"

#include <gtest/gtest.h>

#include "internal/codec/protobuf.h"

namespace bao::raft {
namespace {

Configuration three_voters() {
  return *first_configuration({{NodeId{1}, "a"}, {NodeId{2}, "b"}, {NodeId{3}, "c"}});
}

EntryPtr entry(uint64_t index, uint64_t term, std::string payload) {
  Chain chain{};
  chain[0] = static_cast<uint8_t>(index);
  return std::make_shared<Entry>(Entry{Index{index}, Term{term}, EntryKind::data, std::move(payload), chain});
}

Envelope around(Message message) {
  return {GroupId{7}, NodeId{1}, NodeId{uint64_t{1} << 63}, Term{12}, std::move(message)};
}

// One of every kind, with numbers that need all their bytes.
std::vector<Envelope> one_of_each() {
  const Position position{Index{~uint64_t{0} - 5}, Term{300}};
  Append append{Session{4}, {Index{9}, Term{2}}, {}, {entry(10, 2, "x"), entry(11, 3, std::string(3000, '\0'))}, Index{8}};
  append.previous_chain.fill(0xfe);
  SnapshotMeta meta{position, {}, three_voters(), Index{5}};
  return {around(PreVote{position}),
          around(PreVoteReply{true}),
          around(Vote{position, true}),
          around(VoteReply{false}),
          around(append),
          around(AppendReply{Session{4}, true, Index{11}, Index{0}, {}, Index{20}}),
          around(Heartbeat{Session{4}, Index{8}, 77}),
          around(Heartbeat{Session{4}, Index{8}, 77, true}),
          around(HeartbeatReply{Session{4}, 77, Index{6}}),
          around(TimeoutNow{}),
          around(ReadRequest{5}),
          around(ReadReply{5, true, Index{11}}),
          around(SnapshotOffer{Session{4}, meta})};
}

TEST(Wire, EveryMessageComesBackAsItWas) {
  for (const Envelope& sent : one_of_each()) {
    const std::string bytes = encode(sent);
    auto frame = decode_frame(bytes);
    ASSERT_TRUE(frame.ok()) << frame.error().message();
    ASSERT_EQ(frame->envelopes.size(), 1u);
    const Envelope& got = frame->envelopes[0];
    EXPECT_EQ(got.message.index(), sent.message.index());
    EXPECT_EQ(got.to, sent.to);
    EXPECT_EQ(got.term, sent.term);
    EXPECT_EQ(encode(got), bytes);
  }
}

TEST(Wire, EntriesKeepPayloadAndChain) {
  auto frame = decode_frame(encode(one_of_each()[4]));
  ASSERT_TRUE(frame.ok());
  const auto& append = std::get<Append>(frame->envelopes[0].message);
  ASSERT_EQ(append.entries.size(), 2u);
  EXPECT_EQ(append.entries[1]->payload, std::string(3000, '\0'));
  EXPECT_EQ(append.entries[1]->chain[0], 11);
  EXPECT_EQ(append.previous_chain[15], 0xfe);
}

TEST(Wire, ACutFrameIsNeverTakenForALongerOne) {
  for (const Envelope& sent : one_of_each()) {
    const std::string bytes = encode(sent);
    for (size_t size = 1; size < bytes.size(); ++size) {
      const auto frame = decode_frame(std::string_view(bytes).substr(0, size));
      EXPECT_FALSE(frame.ok()) << "kind " << sent.message.index() << " cut at " << size;
    }
  }
}

TEST(Wire, AnUnknownKindIsCountedAndLeftOut) {
  std::string body, bytes;
  codec::put_uint(body, 2, 1);
  codec::put_uint(body, 3, 2);
  codec::put_message(body, 99, "something newer");
  codec::put_message(bytes, 2, body);
  auto frame = decode_frame(bytes);
  ASSERT_TRUE(frame.ok());
  EXPECT_TRUE(frame->envelopes.empty());
  EXPECT_EQ(frame->unknown, 1u);
}

TEST(Wire, EntriesThatAreNotContiguousAreRefused) {
  Append append{Session{4}, {Index{9}, Term{2}}, {}, {entry(10, 2, "x"), entry(12, 2, "y")}, Index{8}};
  EXPECT_EQ(decode_frame(encode(around(append))).error().code(), base::Code::corrupt);
}

TEST(Wire, AnEnvelopeWithoutSenderIsRefused) {
  Envelope nobody = around(TimeoutNow{});
  nobody.from = kNobody;
  EXPECT_FALSE(decode_frame(encode(nobody)).ok());
}

TEST(Wire, PiecesOfSnapshotsComeBackAndDamageIsSeen) {
  const SnapshotRequest request{GroupId{1}, {Index{9}, Term{2}}, "core/keyring"};
  EXPECT_EQ(decode_frame(encode(request))->request, request);
  std::string bytes = encode(SnapshotPiece{"records", "core/mounts", true});
  const auto frame = decode_frame(bytes);
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->piece->records, "records");
  EXPECT_EQ(frame->piece->last_key, "core/mounts");
  EXPECT_TRUE(frame->piece->last);
  bytes[bytes.find("records")] ^= 1;
  EXPECT_FALSE(decode_frame(bytes).ok());
}

TEST(Wire, CallsComeBackAndCutOnesAreRefused) {
  const std::vector<Call> sent = {{1, "a request"}, {~uint64_t{0}, std::string(3000, '\0')}, {7, "", true}, {8, ""}};
  const std::string bytes = encode(sent);
  const auto frame = decode_frame(bytes);
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->calls, sent);
  EXPECT_LE(bytes.size(), 3009 + 4 * kCallHeadBytesMax);
  EXPECT_EQ(decode_frame(encode({sent[0]}) + encode({sent[1], sent[2], sent[3]}))->calls, sent) << "frames merge";
  for (const size_t size : {size_t{1}, bytes.size() / 2, bytes.size() - 1})
    EXPECT_FALSE(decode_frame(std::string_view(bytes).substr(0, size)).ok()) << size;
  EXPECT_FALSE(decode_frame(encode({{0, "nobody could answer it"}})).ok());
}

TEST(Wire, HelloComesBack) {
  const Hello hello{"c1", NodeId{3}, "disk-1", 1, 4};
  auto frame = decode_frame(encode(hello));
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->hello, hello);
  EXPECT_FALSE(decode_frame(encode(Hello{"c1", NodeId{3}, "disk-1", 3, 2})).ok()) << "an empty range of versions";
}

}  // namespace
}  // namespace bao::raft
