// sys/rekey and rekey-recovery-key: new shares by the consent of those who hold the present ones, without a token. Answers are bare JSON.
#include <gtest/gtest.h>

#include "internal/barrier/seal/seal.h"
#include "internal/codec/encoding.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;
using logical::Reply;

constexpr std::string_view kTwoShares = R"({"secret_shares":2,"secret_threshold":2})";
constexpr std::string_view kVerified = R"({"secret_shares":2,"secret_threshold":2,"require_verification":true})";

class Rekey : public ::testing::Test {
 protected:
  Reply write(const std::string& path, std::string_view body = "{}") { return node.write("sys/" + path, body, TestCore::kNoToken); }
  Reply read(const std::string& path) { return node.read("sys/" + path, TestCore::kNoToken); }
  Reply remove(const std::string& path) { return node.remove("sys/" + path, TestCore::kNoToken); }
  static std::string text(const Reply& reply) {
    return reply.ok() && reply->raw ? reply->raw->body.substr(0, reply->raw->body.size() - 1) : TestCore::text_of(reply);
  }
  static Json json(const Reply& reply) { return codec::parse_json(text(reply)).value(); }
  static std::string given(const std::string& share, const std::string& nonce) {
    return "{\"key\":\"" + share + "\",\"nonce\":\"" + nonce + "\"}";
  }
  std::string nonce() { return json(read("rekey/init"))["nonce"].as_string(); }
  // The new shares; the nonce of their verification stands beside them.
  Json rekeyed(std::string_view shape) {
    EXPECT_TRUE(write("rekey/init", shape).ok());
    return json(write("rekey/update", given(node.share(), nonce())));
  }
  static std::string share(const Json& made, size_t at) { return made["keys"].items().at(at).as_string(); }

  TestCore node;
};

TEST_F(Rekey, NewSharesTakeTheOldOnesPlace) {
  EXPECT_EQ(text(read("rekey/init")),
            R"({"nonce":"","started":false,"t":0,"n":0,"progress":0,"required":1,"pgp_fingerprints":null,"backup":false,"verification_required":false})");
  const Json made = rekeyed(kTwoShares);
  EXPECT_TRUE(made["complete"].as_bool());
  EXPECT_EQ(text(write("rekey/update", given(node.share(), "n"))), "invalid: no barrier rekey in progress");
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_FALSE(node.core().unseal(node.share()).ok() && !node.core().seal_status()->sealed) << "the old one opens nothing";
  ASSERT_TRUE(node.core().reset_unseal().ok());
  ASSERT_TRUE(node.core().unseal(share(made, 0)).ok());
  EXPECT_FALSE(node.core().unseal(share(made, 1))->sealed);
}

TEST_F(Rekey, WrongNoncesAndRepeatedSharesAreRefused) {
  const Json made = rekeyed(kTwoShares);
  ASSERT_TRUE(write("rekey/init", R"({"secret_shares":1,"secret_threshold":1})").ok());
  const std::string nonce_now = nonce();
  EXPECT_EQ(text(write("rekey/init", kTwoShares)), "invalid: rekey already in progress");
  EXPECT_EQ(text(write("rekey/update", given(share(made, 0), "other"))),
            "invalid: incorrect nonce supplied; nonce for this rekey operation is \"" + nonce_now + "\"");
  EXPECT_EQ(text(write("rekey/update", "{\"nonce\":\"" + nonce_now + "\"}")), "invalid: 'key' must be specified in request body as JSON");
  EXPECT_EQ(json(write("rekey/update", given(share(made, 0), nonce_now)))["progress"].text(), "1");
  EXPECT_EQ(text(write("rekey/update", given(share(made, 0), nonce_now))),
            "invalid: given key has already been provided during this generation operation");
  EXPECT_FALSE(write("rekey/update", given(std::string(66, '1'), nonce_now)).ok()) << "not a share of this key";
  EXPECT_EQ(json(read("rekey/init"))["progress"].text(), "0") << "shares are collected anew";
  ASSERT_TRUE(remove("rekey/init").ok());
  EXPECT_FALSE(json(read("rekey/init"))["started"].as_bool());
}

TEST_F(Rekey, TheOldSharesCountUntilTheNewOnesAreGivenBack) {
  EXPECT_EQ(text(read("rekey/verify")), "invalid: no rekey configuration found");
  const Json made = rekeyed(kVerified);
  const std::string first = made["verification_nonce"].as_string();
  EXPECT_EQ(text(write("rekey/update", given(node.share(), made["nonce"].as_string()))),
            "invalid: rekey operation already finished; verification must be performed; nonce for the verification operation is \"" + first + "\"");
  EXPECT_EQ(json(write("rekey/verify", given(share(made, 0), first)))["progress"].text(), "1");
  const Json restarted = json(remove("rekey/verify"));
  EXPECT_EQ(restarted["progress"].text(), "0");
  const std::string second = restarted["nonce"].as_string();
  EXPECT_NE(second, first);
  EXPECT_FALSE(write("rekey/verify", given(share(made, 0), first)).ok());
  EXPECT_TRUE(write("rekey/verify", given(share(made, 0), second)).ok());
  EXPECT_EQ(text(write("rekey/verify", given(share(made, 1), second))), "{\"nonce\":\"" + second + "\",\"complete\":true}");
  ASSERT_TRUE(node.core().seal().ok());
  ASSERT_TRUE(node.core().unseal(share(made, 0)).ok());
  EXPECT_FALSE(node.core().unseal(share(made, 1))->sealed);
}

TEST_F(Rekey, WrongNewSharesVerifyNothing) {
  const Json made = rekeyed(kVerified);
  const std::string nonce = made["verification_nonce"].as_string();
  EXPECT_TRUE(write("rekey/verify", given(share(made, 0), nonce)).ok());
  EXPECT_EQ(text(write("rekey/verify", given(std::string(64, '1') + "07", nonce))), "invalid: rekey verification failed; incorrect key shares supplied");
  EXPECT_NE(json(read("rekey/verify"))["nonce"].as_string(), nonce);
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_FALSE(node.core().unseal(node.share())->sealed) << "the old share";
}

TEST_F(Rekey, SealingEndsIt) {
  ASSERT_TRUE(write("rekey/init", kTwoShares).ok());
  ASSERT_TRUE(node.core().seal().ok());
  EXPECT_EQ(read("rekey/init").error().code(), base::Code::sealed);
  EXPECT_EQ(write("rekey/update", given(node.share(), "n")).error().code(), base::Code::sealed);
  node.unseal();
  EXPECT_FALSE(json(read("rekey/init"))["started"].as_bool());
}

TEST_F(Rekey, ARotationAndARekeyAreDifferentThings) {
  ASSERT_TRUE(write("rekey/init", kTwoShares).ok());
  ASSERT_TRUE(node.write("sys/rotate/root/init", kTwoShares).ok());
  EXPECT_NE((*node.read("sys/rotate/root/init")->data)["nonce"].as_string(), nonce());
}

TEST_F(Rekey, TheShapeIsJudgedFirst) {
  EXPECT_EQ(text(write("rekey/init", R"({"secret_shares":2,"secret_threshold":3})")),
            "invalid: invalid rekey seal configuration: threshold cannot be larger than shares");
  EXPECT_EQ(text(write("rekey/init", R"({"secret_shares":1,"secret_threshold":1,"backup":true})")),
            "invalid: cannot request a backup of the new keys without providing PGP keys for encryption");
  EXPECT_EQ(text(write("rekey/init", R"({"secret_shares":2,"secret_threshold":2,"pgp_keys":["eA=="]})")),
            "invalid: incorrect number of PGP keys for rekey");
  EXPECT_EQ(text(write("rekey/init", R"({"secret_shares":1,"secret_threshold":1,"pgp_keys":["eA=="]})")),
            "invalid: invalid rekey seal configuration: error parsing given PGP key: openpgp: invalid data: tag byte does not have MSB set");
  EXPECT_EQ(text(write("rekey-recovery-key/init", kTwoShares)), "invalid: recovery rekeying not supported");
}

core::CoreOptions static_seal() {
  core::CoreOptions options;
  options.auto_seal = seal::static_wrapper({"key-1", base::SecretBytes(std::string(32, 'k'))}, {});
  return options;
}

class RecoveryRekey : public Rekey {
 protected:
  RecoveryRekey() = default;
  static std::string initialize(TestCore& sealed_by_key, int64_t shares) {
    core::InitRequest request;
    request.recovery_shares = request.recovery_threshold = shares;
    const auto made = sealed_by_key.core().initialize(request);
    return made.ok() && shares > 0 ? codec::to_hex(made->recovery_shares.front().reveal()) : "";
  }
  TestCore behind{TestCore::State::empty, static_seal()};
};

TEST_F(RecoveryRekey, TheRecoveryKeyChangesByItsShares) {
  const std::string old_share = initialize(behind, 1);
  ASSERT_TRUE(behind.write("sys/rekey-recovery-key/init", R"({"secret_shares":1,"secret_threshold":1})", TestCore::kNoToken).ok());
  const std::string nonce = json(behind.read("sys/rekey-recovery-key/init", TestCore::kNoToken))["nonce"].as_string();
  const Json made = json(behind.write("sys/rekey-recovery-key/update", given(old_share, nonce), TestCore::kNoToken));
  EXPECT_TRUE(made["complete"].as_bool());
  ASSERT_TRUE(behind.core().seal().ok());
  EXPECT_FALSE(behind.core().unseal(old_share).ok());
  EXPECT_FALSE(behind.core().unseal(share(made, 0))->sealed);
}

// Who has no token and no share gets none: by a token, the first ones of such a node come at once.
TEST_F(RecoveryRekey, FirstSharesAreNotForWhoHasNoToken) {
  initialize(behind, 0);
  const Reply begun = behind.write("sys/rekey-recovery-key/init", R"({"secret_shares":1,"secret_threshold":1})", TestCore::kNoToken);
  EXPECT_EQ(text(begun).find("keys_base64"), std::string::npos);
  const std::string nonce = json(behind.read("sys/rekey-recovery-key/init", TestCore::kNoToken))["nonce"].as_string();
  EXPECT_FALSE(behind.write("sys/rekey-recovery-key/update", given(std::string(64, '1'), nonce), TestCore::kNoToken).ok());
}

}  // namespace
}  // namespace bao::testing
