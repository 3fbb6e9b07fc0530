// Archives of OpenBao read; whatever is wrong with one is found before it is returned.
#include "internal/archive/snapshot_archive.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "internal/codec/compression.h"
#include "internal/codec/encoding.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/hash.h"

namespace bao::archive {
namespace {

std::string fixture(const std::string& name) {
  std::ifstream in("testdata/fixtures/openbao-2.6.2/" + name + "/snapshot.snap", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string octal(size_t number, int digits) {
  std::string out(static_cast<size_t>(digits), '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, number /= 8) *at = static_cast<char>('0' + number % 8);
  return out;
}

std::string tar_member(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  header.replace(124, 11, octal(content.size(), 11));
  header.replace(148, 8, std::string(8, ' '));
  header[156] = '0';
  size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 7, octal(sum, 6) + std::string(1, '\0'));
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

std::string sum_line(const std::string& name, const std::string& content) {
  return codec::to_hex(crypto::sha256(content)) + "  " + name + "\n";
}

std::string record(const std::string& key, const std::string& value) {
  std::string entry, out;
  codec::put_bytes(entry, 1, key);
  codec::put_bytes(entry, 2, value);
  codec::put_varint(out, entry.size());
  return out + entry;
}

struct Parts {
  std::string state = record("core/lock", "abc") + record("a", "");
  std::string meta = R"({"Version":1,"Index":52,"Term":3,"Size":)" + std::to_string(state.size()) + "}";
  std::string sums = sum_line("meta.json", meta) + sum_line("state.bin", state);
  std::string more;  // further members
  std::string archive() const {
    return codec::gzip(tar_member("SHA256SUMS", sums) + tar_member("state.bin", state) + tar_member("meta.json", meta) + more +
                       std::string(1024, '\0'));
  }
};

std::string refusal(const std::string& archive) {
  const auto read = read_snapshot_archive(archive, 1u << 20);
  return read.ok() ? "(taken)" : read.error().message();
}

TEST(SnapshotArchive, ReadsThoseOfTheReference) {
  for (const char* name : {"basics", "rotation"}) {
    const auto archive = read_snapshot_archive(fixture(name), 64u << 20);
    ASSERT_TRUE(archive.ok()) << archive.error().message();
    EXPECT_GT(archive->index.value, 0u);
    EXPECT_FALSE(archive->sealed_sums.empty());
    std::vector<std::string> keys;
    ASSERT_TRUE(each_record(archive->state, [&](std::string_view key, std::string_view) {
      keys.emplace_back(key);
      return base::Status();
    }).ok());
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_GT(keys.size(), 100u);
  }
}

TEST(SnapshotArchive, MembersMayComeInAnyOrderAndTheSealedSumsMayBeAbsent) {
  const auto archive = read_snapshot_archive(Parts().archive(), 1u << 20);
  ASSERT_TRUE(archive.ok()) << archive.error().message();
  EXPECT_EQ(archive->index.value, 52u);
  EXPECT_EQ(archive->term.value, 3u);
  EXPECT_EQ(archive->sealed_sums, "");
  std::string seen;
  ASSERT_TRUE(each_record(archive->state, [&](std::string_view key, std::string_view value) {
    seen.append(key).append("=").append(value).append(" ");
    return base::Status();
  }).ok());
  EXPECT_EQ(seen, "core/lock=abc a= ");
}

TEST(SnapshotArchive, SumsMayBeWrittenInOtherWays) {
  Parts parts;
  const std::string meta = codec::to_hex(crypto::sha256(parts.meta)), state = codec::to_hex(crypto::sha256(parts.state));
  std::string capitals = meta;
  for (char& c : capitals) c = static_cast<char>(std::toupper(c));
  parts.sums = capitals + " meta.json\r\n" + state + "   state.bin";
  EXPECT_EQ(refusal(parts.archive()), "(taken)");
}

TEST(SnapshotArchive, WrongSumsAreRefusedWithTheReferencesWords) {
  Parts wrong, missing, other, binary;
  wrong.sums = sum_line("meta.json", wrong.meta) + sum_line("state.bin", "else");
  EXPECT_EQ(refusal(wrong.archive()), R"(failed checking integrity of snapshot: hash check failed for "state.bin")");
  missing.sums = sum_line("meta.json", missing.meta);
  EXPECT_EQ(refusal(missing.archive()), R"(failed checking integrity of snapshot: file missing for "state.bin")");
  other.sums += sum_line("other", "");
  EXPECT_EQ(refusal(other.archive()), R"(failed checking integrity of snapshot: list missing hash for "other")");
  binary.sums = sum_line("*meta.json", binary.meta) + sum_line("state.bin", binary.state);
  EXPECT_EQ(refusal(binary.archive()), R"(failed checking integrity of snapshot: list missing hash for "*meta.json")");
  for (const char* text : {"x", "0000  meta.json\n"}) {
    Parts malformed;
    malformed.sums = text;
    EXPECT_NE(refusal(malformed.archive()), "(taken)");
  }
}

TEST(SnapshotArchive, WrongMetadataIsRefused) {
  for (const char* meta : {"", "[]", "{}", R"({"Version":2,"Size":1})", R"({"Version":1,"Size":1})", R"({"Version":1,"Size":-1})",
                           R"({"Version":1})", R"({"Version":"1"})"}) {
    Parts parts;
    parts.meta = meta;
    parts.sums = sum_line("meta.json", parts.meta) + sum_line("state.bin", parts.state);
    EXPECT_NE(refusal(parts.archive()), "(taken)") << meta;
  }
  Parts version;
  version.meta = R"({"Version":2,"Size":1})";
  version.sums = sum_line("meta.json", version.meta) + sum_line("state.bin", version.state);
  EXPECT_EQ(refusal(version.archive()), "unsupported snapshot version 2");
}

TEST(SnapshotArchive, WrongRecordsAreRefused) {
  const std::string good = record("a", "b");
  for (const std::string& state : {std::string(), good + "\1", good + "\x7f", good.substr(0, good.size() - 1), good + std::string(1, '\0'),
                                   record("", "x"), record("\xff", "x"), record(std::string(32769, 'k'), "x")}) {
    Parts parts;
    parts.state = state;
    parts.meta = R"({"Version":1,"Size":)" + std::to_string(state.size()) + "}";
    parts.sums = sum_line("meta.json", parts.meta) + sum_line("state.bin", parts.state);
    EXPECT_NE(refusal(parts.archive()), "(taken)") << codec::to_hex(state.substr(0, 40));
  }
  Parts longest;
  longest.state = record(std::string(32768, 'k'), "x");
  longest.meta = R"({"Version":1,"Size":)" + std::to_string(longest.state.size()) + "}";
  longest.sums = sum_line("meta.json", longest.meta) + sum_line("state.bin", longest.state);
  EXPECT_EQ(refusal(longest.archive()), "(taken)");
}

TEST(SnapshotArchive, OtherMembersAndDoubleOnesAreRefused) {
  Parts other, twice;
  other.more = tar_member("./meta.json", "");
  EXPECT_EQ(refusal(other.archive()), R"(unexpected file "./meta.json" in snapshot)");
  twice.more = tar_member("meta.json", "");
  EXPECT_EQ(refusal(twice.archive()), R"(file "meta.json" comes twice in snapshot)");
}

TEST(SnapshotArchive, CutOrFlippedArchivesAreRefused) {
  const std::string good = fixture("rotation");
  for (size_t size = 0; size < good.size(); size += 997) EXPECT_NE(refusal(good.substr(0, size)), "(taken)") << size;
  for (size_t at = 10; at < good.size(); at += 997) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_NE(refusal(flipped), "(taken)") << at;
  }
  EXPECT_NE(refusal("not gzip").find("failed to decompress snapshot"), std::string::npos);
}

TEST(SnapshotArchive, PiecesHoldWholeRecordsAndNothingOfTheLog) {
  const std::string state = record("a", "1") + record("raftchunking/x", "2") + record("b", std::string(500, 'v')) + record("c", "");
  std::vector<std::string> pieces;
  ASSERT_TRUE(each_piece(state, 100, [&](std::string_view piece) {
    pieces.emplace_back(piece);
    return base::Status();
  }).ok());
  EXPECT_EQ(pieces, (std::vector<std::string>{record("a", "1"), record("b", std::string(500, 'v')), record("c", "")}));
}

TEST(SnapshotArchive, ABombIsStopped) {
  Parts parts;
  parts.state = record("a", std::string(4u << 20, '\0'));
  const auto read = read_snapshot_archive(parts.archive(), 1u << 20);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code(), base::Code::too_large);
}

}  // namespace
}  // namespace bao::archive
