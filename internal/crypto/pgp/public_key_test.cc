#include "internal/base/letters.h"
#include "internal/crypto/pgp/public_key.h"

#include <gtest/gtest.h>


#include "internal/crypto/pgp/recipient.h"

namespace bao::crypto::pgp {
namespace {

TEST(PgpPublicKey, OnlyTheHolderReadsWhatIsEncrypted) {
  const Recipient holder, other;
  const auto key = PublicKey::parse(holder.public_key());
  ASSERT_TRUE(key.ok()) << key.error().message();
  EXPECT_EQ(key->fingerprint(), base::lower_case(holder.fingerprint()));
  const std::string message = key->encrypt("one share").value();
  EXPECT_EQ(message.find("one share"), std::string::npos);
  EXPECT_EQ(holder.read(message), "one share");
  EXPECT_EQ(other.read(message), "");
  EXPECT_NE(key->encrypt("one share").value(), message) << "each has a session key of its own";
}

TEST(PgpPublicKey, TheFirstKeyCounts) {
  const Recipient first, second;
  const auto key = PublicKey::parse(first.public_key() + second.public_key());
  ASSERT_TRUE(key.ok()) << key.error().message();
  EXPECT_EQ(first.read(key->encrypt("a").value()), "a");
}

TEST(PgpPublicKey, OfAPrivateKeyItIsThePublicHalf) {
  const Recipient holder;
  const auto key = PublicKey::parse(holder.private_key());
  ASSERT_TRUE(key.ok()) << key.error().message();
  EXPECT_EQ(key->fingerprint(), base::lower_case(holder.fingerprint()));
  EXPECT_EQ(holder.read(key->encrypt("a").value()), "a");
}

TEST(PgpPublicKey, WhatIsNoKeyIsRefused) {
  const Recipient holder;
  const std::string whole = holder.public_key();
  const std::string message = PublicKey::parse(whole)->encrypt("a").value();
  const std::string armoured = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n";
  for (const std::string& bad : {std::string(), std::string("x"), std::string("\x99", 1), std::string(100, '\xff'), whole.substr(1), whole.substr(0, 20),
                                 message, armoured, std::string(kKeyBytesMax + 1, '\x99')}) {
    const auto key = PublicKey::parse(bad);
    ASSERT_FALSE(key.ok()) << bad.size();
    EXPECT_EQ(key.error().code(), base::Code::invalid) << key.error().message();
  }
}

// Cut anywhere, a key is refused or still one that encrypts: never a key that fails at the last share.
TEST(PgpPublicKey, ACutKeyIsRefusedOrStillEncrypts) {
  const Recipient holder;
  const std::string whole = holder.public_key();
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto key = PublicKey::parse(whole.substr(0, size));
    if (!key.ok()) continue;
    EXPECT_EQ(holder.read(key->encrypt("a").value()), "a") << size;
  }
}

TEST(PgpPublicKey, AKeyForSignaturesOnlyIsRefused) {
  const Recipient holder(Recipient::For::signatures);
  const auto key = PublicKey::parse(holder.public_key());
  ASSERT_FALSE(key.ok());
  EXPECT_NE(key.error().message().find("has no valid encryption keys"), std::string::npos) << key.error().message();
}

TEST(PgpPublicKey, ARevokedKeyIsRefused) {
  const Recipient holder;
  holder.revoke();
  EXPECT_FALSE(PublicKey::parse(holder.public_key()).ok());
}

TEST(PgpPublicKey, OnlyAShareOrATokenIsEncrypted) {
  const Recipient holder;
  EXPECT_FALSE(PublicKey::parse(holder.public_key())->encrypt(std::string(kClearBytesMax + 1, 'a')).ok());
}

}  // namespace
}  // namespace bao::crypto::pgp
