// A proposal arrives at every node as it was proposed, and what a node doesn't understand stops it.
#include "internal/storage/raft/proposal_payload.h"

#include <gtest/gtest.h>

#include <random>

#include "internal/codec/protobuf.h"

namespace bao::storage::raft {
namespace {

class RandomProposal {
 public:
  explicit RandomProposal(uint64_t seed) : random_(seed) {}
  Proposal next() {
    Proposal proposal;
    for (uint64_t n = below(4); n > 0; --n) proposal.reads.push_back({text(), base::Index{number()}});
    for (uint64_t n = below(3); n > 0; --n) proposal.lists.push_back({text(), text(), static_cast<int64_t>(number()), text()});
    for (uint64_t n = below(5); n > 0; --n) {
      proposal.operations.push_back({static_cast<Operation::Kind>(below(4)), text(), text(), text(), text()});
    }
    proposal.read_at.value = below(2) == 0 ? 0 : number();
    return proposal;
  }
  uint64_t below(uint64_t n) { return random_() % n; }

 private:
  uint64_t number() { return random_() >> below(64); }
  std::string text() {
    std::string out(below(3) == 0 ? 0 : below(200), '\0');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }
  std::mt19937_64 random_;
};

bool same(const Proposal& a, const Proposal& b) {
  const auto reads = [](const ReadCheck& l, const ReadCheck& r) { return l.key == r.key && l.modified == r.modified; };
  const auto lists = [](const ListCheck& l, const ListCheck& r) {
    return l.prefix == r.prefix && l.after == r.after && l.limit == r.limit && l.hash == r.hash;
  };
  const auto operations = [](const Operation& l, const Operation& r) {
    return l.kind == r.kind && l.key == r.key && l.value == r.value && l.table == r.table && l.sort_key == r.sort_key;
  };
  return a.read_at == b.read_at && std::equal(a.reads.begin(), a.reads.end(), b.reads.begin(), b.reads.end(), reads) &&
         std::equal(a.lists.begin(), a.lists.end(), b.lists.begin(), b.lists.end(), lists) &&
         std::equal(a.operations.begin(), a.operations.end(), b.operations.begin(), b.operations.end(), operations);
}

TEST(ProposalPayload, EveryProposalReadsBackAsItWas) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomProposal random(seed);
  for (int i = 0; i < 2000; ++i) {
    const Proposal proposal = random.next();
    const auto read = decode_proposal(encode_proposal(proposal));
    ASSERT_TRUE(read.ok()) << read.error().message();
    ASSERT_TRUE(same(proposal, *read)) << i;
  }
}

TEST(ProposalPayload, CutOrFlippedBytesNeverDoMoreThanFail) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomProposal random(seed);
  for (int i = 0; i < 2000; ++i) {
    std::string payload = encode_proposal(random.next());
    payload[random.below(payload.size())] ^= static_cast<char>(1 << random.below(8));
    (void)decode_proposal(payload).ok();
    (void)decode_proposal(payload.substr(0, random.below(payload.size()))).ok();
  }
}

TEST(ProposalPayload, WhatANewerVersionWroteIsNotGuessedAt) {
  const std::string sound = encode_proposal({{}, {}, {{Operation::Kind::put, "k", "v", "", ""}}});
  std::string field = sound, format, kind, nested;
  codec::put_bytes(field, 9, "new");
  codec::put_uint(format, 1, 2);
  codec::put_uint(kind, 1, 1);
  codec::put_uint(nested, 1, 7);
  codec::put_message(kind, 4, nested);
  for (const std::string& payload : {field, format, kind}) {
    EXPECT_EQ(decode_proposal(payload).error().code(), base::Code::unsupported);
  }
  EXPECT_EQ(decode_proposal("").error().code(), base::Code::corrupt);
  EXPECT_EQ(decode_proposal("not a proposal").ok(), false);
}

}  // namespace
}  // namespace bao::storage::raft
