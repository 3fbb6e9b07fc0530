// Shares and root tokens that are encrypted for PGP keys: only their holders read them, by whichever API they were made.
#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/crypto/pgp/recipient.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;
using crypto::pgp::Recipient;
using logical::Reply;

class PgpShares : public ::testing::Test {
 protected:
  static std::string key_of(const Recipient& holder) { return codec::to_base64(holder.public_key()); }
  // {"secret_shares":2,"secret_threshold":2,"pgp_keys":[ours, theirs], …}
  std::string shape(const char* more = "") const {
    return R"({"secret_shares":2,"secret_threshold":2,"pgp_keys":[")" + key_of(first) + "\",\"" + key_of(second) + "\"]" + more + "}";
  }
  std::string first_share(const Json& made) const { return first.read(codec::from_base64(made["keys_base64"].items().at(0).as_string()).value()); }
  std::string second_share(const Json& made) const { return second.read(codec::from_hex(made["keys"].items().at(1).as_string()).value()); }
  static Json data(const Reply& reply) {
    EXPECT_TRUE(reply.ok()) << TestCore::text_of(reply);
    return reply.ok() && reply->data ? *reply->data : Json();
  }
  static Json bare(const Reply& reply) {
    EXPECT_TRUE(reply.ok() && reply->raw) << TestCore::text_of(reply);
    return reply.ok() && reply->raw ? codec::parse_json(reply->raw->body).value() : Json();
  }
  static std::string given(const std::string& share, const Json& begun) {
    return "{\"key\":\"" + share + "\",\"nonce\":\"" + begun["nonce"].as_string() + "\"}";
  }
  void expect_unsealed_by(TestCore& node, const Json& made) const {
    ASSERT_TRUE(node.core().seal().ok());
    ASSERT_TRUE(node.core().unseal(first_share(made)).ok());
    EXPECT_FALSE(node.core().unseal(second_share(made))->sealed);
  }

  Recipient first, second;
};

TEST_F(PgpShares, AreWhatInitHandsOut) {
  TestCore node(TestCore::State::empty);
  core::InitRequest request;
  request.secret_shares = request.secret_threshold = 2;
  request.pgp_keys = {key_of(first), key_of(second)};
  request.root_token_pgp_key = key_of(second);
  const auto made = node.core().initialize(request);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ(first.read(made->shares[1].reveal()), "");
  ASSERT_TRUE(node.core().unseal(first.read(made->shares[0].reveal())).ok());
  EXPECT_FALSE(node.core().unseal(second.read(made->shares[1].reveal()))->sealed);
  const std::string token = second.read(codec::from_base64(made->root_token).value());
  EXPECT_TRUE(node.read("auth/token/lookup-self", token).ok());
}

TEST_F(PgpShares, InitRefusesBadKeysAndLeavesNothingBehind) {
  TestCore node(TestCore::State::empty);
  const Recipient signer(Recipient::For::signatures);
  core::InitRequest request;
  request.secret_shares = request.secret_threshold = 1;
  for (const std::string& bad : {std::string("eA=="), std::string("!"), std::string(), codec::to_base64(std::string(1000, '\x99')), key_of(signer)}) {
    request.pgp_keys = {bad};
    const auto made = node.core().initialize(request);
    ASSERT_FALSE(made.ok()) << bad;
    EXPECT_EQ(made.error().code(), base::Code::invalid) << made.error().message();
  }
  request.pgp_keys.clear();
  request.root_token_pgp_key = key_of(signer);
  EXPECT_FALSE(node.core().initialize(request).ok());
  EXPECT_FALSE(*node.core().initialized());
}

TEST_F(PgpShares, ARotationHandsThemOutAndKeepsACopy) {
  TestCore node;
  const Json begun = data(node.write("sys/rotate/root/init", shape(R"(,"backup":true)")));
  EXPECT_EQ(begun["pgp_fingerprints"].size(), 2u);
  EXPECT_TRUE(begun["backup"].as_bool());
  const Json made = data(node.write("sys/rotate/root/update", given(node.share(), begun)));
  EXPECT_EQ(made["pgp_fingerprints"], begun["pgp_fingerprints"]);
  const Json kept = data(node.read("sys/rotate/root/backup"));
  const std::string holder = made["pgp_fingerprints"].items().at(0).as_string();
  EXPECT_EQ(kept["keys_base64"][holder].items().at(0), made["keys_base64"].items().at(0));
  EXPECT_EQ(kept["nonce"], begun["nonce"]);
  EXPECT_EQ(data(node.read("sys/rekey/backup")), kept) << "the older API finds it as well";
  expect_unsealed_by(node, made);
  ASSERT_TRUE(node.remove("sys/rotate/root/backup").ok());
  EXPECT_FALSE(node.read("sys/rotate/root/backup").ok());
}

TEST_F(PgpShares, ARekeyHandsThemOutOnceVerifiedAndKeepsACopyInPlain) {
  TestCore node;
  const Json begun = bare(node.write("sys/rekey/init", shape(R"(,"backup":true,"require_verification":true)"), TestCore::kNoToken));
  EXPECT_EQ(begun["pgp_fingerprints"].size(), 2u);
  Json made = bare(node.write("sys/rekey/update", given(node.share(), begun), TestCore::kNoToken));
  const auto kept = node.backend().snapshot()->get("core/unseal-keys-backup");
  ASSERT_TRUE(kept.ok() && *kept);
  EXPECT_TRUE((*kept)->value.starts_with("{\"Nonce\":\"" + begun["nonce"].as_string() + "\",\"Keys\":{")) << (*kept)->value;
  Json verification = Json::object({{"nonce", made["verification_nonce"]}});
  EXPECT_TRUE(node.write("sys/rekey/verify", given(first_share(made), verification), TestCore::kNoToken).ok());
  EXPECT_TRUE(bare(node.write("sys/rekey/verify", given(second_share(made), verification), TestCore::kNoToken))["complete"].as_bool());
  expect_unsealed_by(node, made);
}

TEST_F(PgpShares, ARootTokenIsForItsHolderAlone) {
  TestCore node;
  const std::string body = R"({"pgp_key":")" + key_of(first) + "\"}";
  const Json begun = data(node.write("sys/generate-root-token/attempt", body));
  EXPECT_EQ(begun["otp"].as_string(), "");
  EXPECT_EQ(begun["pgp_fingerprint"].as_string().size(), 40u);
  const Json made = data(node.write("sys/generate-root-token/update", given(node.share(), begun)));
  EXPECT_EQ(made["pgp_fingerprint"], begun["pgp_fingerprint"]);
  const std::string message = codec::from_base64(made["encoded_token"].as_string()).value();
  EXPECT_EQ(second.read(message), "");
  EXPECT_TRUE(node.read("auth/token/lookup-self", first.read(message)).ok());
}

TEST_F(PgpShares, ARootTokenCanBeHadBySharesAlone) {
  TestCore node;
  const std::string body = R"({"pgp_key":")" + key_of(first) + "\"}";
  const Json begun = bare(node.write("sys/generate-root/attempt", body, TestCore::kNoToken));
  EXPECT_TRUE(data(node.read("sys/generate-root-token/attempt"))["started"].as_bool()) << "it is one attempt, by whichever API";
  EXPECT_EQ(node.write("sys/generate-root/update", given(node.share(), Json::object({{"nonce", Json("other")}})), TestCore::kNoToken).error().code(),
            base::Code::invalid);
  const Json made = bare(node.write("sys/generate-root/update", given(node.share(), begun), TestCore::kNoToken));
  EXPECT_TRUE(made["complete"].as_bool());
  EXPECT_EQ(made["encoded_root_token"], made["encoded_token"]);
  EXPECT_TRUE(node.read("auth/token/lookup-self", first.read(codec::from_base64(made["encoded_token"].as_string()).value())).ok());
  EXPECT_FALSE(bare(node.read("sys/generate-root/attempt", TestCore::kNoToken))["started"].as_bool());
}

}  // namespace
}  // namespace bao::testing
