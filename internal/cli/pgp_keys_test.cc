// PGP keys on a command line: whatever form a file has, the server gets base64 of the binary one.
#include "internal/cli/pgp_keys.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace bao::cli {
namespace {

constexpr Flag kKeys{.name = "pgp-keys", .kind = FlagKind::keys, .text = ""};
constexpr Flag kKey{.name = "pgp-key", .text = ""};

class PgpKeys : public ::testing::Test {
 protected:
  PgpKeys() { std::filesystem::create_directory(folder_); }
  ~PgpKeys() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ + name, std::ios::binary) << content;
    return folder_ + name;
  }
  static FlagValues given(const std::string& argument) {
    FlagValues flags({&kKeys, &kKey});
    EXPECT_TRUE(flags.parse({argument}).ok());
    return flags;
  }

 private:
  const std::string folder_ = ::testing::TempDir() + "pgp_keys_test." + std::to_string(getpid()) + "/";
};

TEST_F(PgpKeys, OfEveryFormOfFileTheServerGetsTheSame) {
  const std::string armoured = "some words\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: x\n\nmQEN\nAQID\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";
  const std::string list = file("armoured", armoured) + "," + file("base64", "mQEN\nAQID\n") + ", @" + file("binary", "\x99\x01\x0d\x01\x02\x03");
  const auto keys = pgp_keys_of(given("-pgp-keys=" + list), "pgp-keys");
  ASSERT_TRUE(keys.ok()) << keys.error().message();
  EXPECT_EQ(*keys, std::vector<std::string>(3, "mQENAQID"));
  EXPECT_EQ(*pgp_key_of(given("-pgp-key=" + file("one", "mQENAQID")), "pgp-key"), "mQENAQID");
}

TEST_F(PgpKeys, NoneIsNone) {
  EXPECT_TRUE(pgp_keys_of(FlagValues({&kKeys, &kKey}), "pgp-keys")->empty());
  EXPECT_EQ(*pgp_key_of(FlagValues({&kKeys, &kKey}), "pgp-key"), "");
}

TEST_F(PgpKeys, WhatCannotBeReadIsAWrongValueOfTheFlag) {
  EXPECT_EQ(pgp_keys_of(given("-pgp-keys=absent.asc"), "pgp-keys").error().message(),
            "invalid value \"absent.asc\" for flag -pgp-keys: open absent.asc: no such file or directory");
  EXPECT_EQ(pgp_key_of(given("-pgp-key=keybase:me"), "pgp-key").error().message(),
            "invalid value \"keybase:me\" for flag -pgp-key: keys of keybase users are not fetched; save \"me\"'s public key and name the file");
  EXPECT_FALSE(pgp_key_of(given("-pgp-key=" + file("broken", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!\n")), "pgp-key").ok());
}

}  // namespace
}  // namespace bao::cli
