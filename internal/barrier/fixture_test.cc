// Every value of two snapshots that OpenBao 2.6.2 wrote decrypts with our seal, keyring and barrier to what its own
// tools said it is (testdata/fixtures).
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "internal/barrier/barrier.h"
#include "internal/barrier/seal/seal.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/shamir.h"
#include "internal/storage/inmem/inmem.h"
#include "internal/archive/snapshot_archive.h"

namespace bao::barrier {
namespace {

class Fixture : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    keys = parse("keys.json");
    raw = parse("raw.json");
    auto read = archive::read_snapshot_archive(file("snapshot.snap"), 64u << 20);
    ASSERT_TRUE(read.ok()) << read.error().message();
    archive = std::move(*read);
    storage::Proposal proposal;
    ASSERT_TRUE(archive::each_record(archive.state, [&](std::string_view key, std::string_view value) {
      proposal.operations.push_back({storage::Operation::Kind::put, std::string(key), std::string(value), "", ""});
      return base::Status();
    }).ok());
    ASSERT_TRUE(backend->propose(std::move(proposal)).ok());
  }
  static std::string file(const std::string& name) {
    std::ifstream in(std::string("testdata/fixtures/openbao-2.6.2/") + GetParam() + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static codec::Json parse(const std::string& name) { return *codec::parse_json(file(name)); }

  // What the first `threshold` shares of the list combine to.
  base::SecretBytes key_encryption_key(const codec::Json& shares, int64_t threshold) {
    std::vector<base::SecretBytes> parts;
    for (int64_t i = 0; i < threshold; ++i) {
      parts.push_back(*seal::parse_share(shares.items()[static_cast<size_t>(i)].as_string()));
    }
    return threshold == 1 ? std::move(parts[0]) : *crypto::shamir_combine(parts);
  }
  base::Result<Keyring> unseal(base::SecretBytes kek) {
    const Reader reader(barrier);
    const auto wrapper = seal::shamir_wrapper(std::move(kek));
    ASSIGN_OR_RETURN(const base::SecretBytes stored, wrapper->unwrap(**reader.get_plain("core/hsm/barrier-unseal-keys")));
    ASSIGN_OR_RETURN(const base::SecretBytes root, seal::parse_stored_keys(stored.reveal()));
    return Keyring::unseal_from("core/keyring", **reader.get_plain("core/keyring"), root);
  }
  // The clear value of a key, by what the fixture says opened it.
  std::string value_of(const std::string& key, const std::string& opened_by, const Keyring& keyring, base::SecretBytes kek) {
    const Reader reader(barrier);
    const std::string stored = **reader.get_plain(key);
    if (opened_by == "plain") return stored;
    if (opened_by == "seal") return std::string(seal::shamir_wrapper(std::move(kek))->unwrap(stored)->reveal());
    if (opened_by == "root-key") return *open_envelope(crypto::GcmKey(keyring.root_key().clone()), key, stored);
    EXPECT_EQ(opened_by, "term " + std::to_string(envelope_term(stored)->value)) << key;
    const auto value = reader.get(key);
    EXPECT_TRUE(value.ok()) << key << ": " << value.error().message();
    return value.ok() ? **value : "";
  }

  codec::Json keys, raw;
  archive::SnapshotArchive archive;
  std::unique_ptr<storage::Backend> backend = storage::inmem::open();
  Barrier barrier{*backend};
};

TEST_P(Fixture, EveryEntryDecryptsToWhatTheReferenceSaw) {
  const int64_t threshold = *keys["seal"]["threshold"].as_int();
  const base::SecretBytes kek = key_encryption_key(keys["unseal_keys"], threshold);
  auto keyring = unseal(kek.clone());
  ASSERT_TRUE(keyring.ok()) << keyring.error().message();
  barrier.set_keyring(std::make_shared<const Keyring>(*keyring));
  size_t entries = 0;
  ASSERT_TRUE(backend->snapshot()->each([&](std::string_view key, const storage::Record&) {
    EXPECT_NE(raw.find(key), nullptr) << key;
    ++entries;
    return base::Status();
  }).ok());
  EXPECT_EQ(entries, raw.size());
  for (const auto& [key, expected] : raw.members()) {
    EXPECT_EQ(codec::to_base64(value_of(key, expected["key"].as_string(), *keyring, kek.clone())), expected["value"].as_string()) << key;
  }
}

TEST_P(Fixture, TheSealedSumsOpenWithTheSealAndMatch) {
  const int64_t threshold = *keys["seal"]["threshold"].as_int();
  const auto wrapper = seal::shamir_wrapper(key_encryption_key(keys["unseal_keys"], threshold));
  const auto sums = wrapper->unwrap(archive.sealed_sums);
  ASSERT_TRUE(sums.ok());
  EXPECT_TRUE(archive::check_sums(archive, sums->reveal()).ok());
}

TEST_P(Fixture, RetiredAndOtherSharesOpenNothing) {
  for (const codec::Json& retired : keys["retired_unseal_keys"].items()) {
    EXPECT_FALSE(unseal(key_encryption_key(retired["unseal_keys"], *retired["threshold"].as_int())).ok());
  }
  EXPECT_FALSE(unseal(base::SecretBytes(std::string(32, 'x'))).ok());
}

// OpenBao's own keyring survives a rewrite and takes another term.
TEST_P(Fixture, ARotationGoesOnFromWhereTheReferenceStopped) {
  auto keyring = unseal(key_encryption_key(keys["unseal_keys"], *keys["seal"]["threshold"].as_int()));
  ASSERT_TRUE(keyring.ok());
  barrier.set_keyring(std::make_shared<const Keyring>(*keyring));
  ASSERT_TRUE(barrier.rotate(base::system_clock().now()).ok());
  const auto again = unseal(key_encryption_key(keys["unseal_keys"], *keys["seal"]["threshold"].as_int()));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->active_term().value, keyring->active_term().value + 1);
  EXPECT_TRUE(again->find(base::KeyTerm{1})->value->bytes() == keyring->find(base::KeyTerm{1})->value->bytes());
}

INSTANTIATE_TEST_SUITE_P(OpenBao, Fixture, testing::Values("basics", "rotation"),
                         [](const auto& fixture) { return std::string(fixture.param); });

}  // namespace
}  // namespace bao::barrier
