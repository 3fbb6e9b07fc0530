// Lists signed for others: what is given stands on them, once, and mistakes are told in the reference's words.
#include <gtest/gtest.h>

#include "internal/codec/encoding.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/openssl_command.h"
#include "internal/engines/pki/revocation_paths.h"
#include "internal/engines/pki/test_revokers.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using codec::Json;

// Lists are all that it signs.
Revoker list_signer() {
  Revoker signer = revoker_of(shared_root(), "1", "s");
  signer.signs_ocsp = false;
  return signer;
}

class SigningBackend final : public logical::Backend {
 public:
  SigningBackend() { set_paths(crl_signing_paths(revokers_)); }

 private:
  GivenRevokers revokers_{{list_signer()}};
};

class CrlSigning : public testing::Test {
 protected:
  CrlSigning() { EXPECT_TRUE(runner_.mount({}).ok()); }
  std::string sign(const std::string& body) { return runner_.request("POST issuer/s/sign-revocation-list <- " + body); }
  std::string resign(const Json& body) { return runner_.request("POST issuer/s/resign-crls <- " + codec::write_json(body)); }
  static std::string pem_of(const std::string& answer) {
    EXPECT_EQ(answer.substr(0, 4), "200 ") << answer;
    return (*codec::parse_json(answer.substr(4)))["crl"].as_string();
  }
  static x509::Crl list_of(const std::string& answer) { return *x509::parse_crl(x509::parse_pem(pem_of(answer))->der.reveal()); }

  logical::scenario::Runner runner_{[](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<SigningBackend>());
  }};
};

TEST_F(CrlSigning, GivenEntriesAreListed) {
  const x509::Crl crl = list_of(sign(R"({"crl_number":7,"delta_crl_base_number":6,"next_update":"5h",
      "revoked_certs":[{"serial_number":"1a:2b:3c","revocation_time":"2024-03-04T05:06:07Z"},{"serial_number":"07","revocation_time":1700000000,
      "extensions":[{"id":"2.5.29.21","critical":false,"value":"CgEB"}]}],"extensions":[{"id":"1.2.3.4","critical":true,"value":"BQA="}]})"));
  EXPECT_TRUE(crl.is_signed_by(shared_root().key.public_key()));
  EXPECT_EQ(crl.number, 7u);
  EXPECT_EQ(crl.delta_base, 6u);
  EXPECT_EQ(crl.next_update, crl.this_update + std::chrono::hours(5));
  ASSERT_EQ(crl.revoked.size(), 2u);
  EXPECT_EQ(crl.revoked[0].serial, "\x07");
  EXPECT_EQ(crl.revoked[0].extensions, (std::vector<x509::Extension>{{"2.5.29.21", false, "\x0a\x01\x01"}}));
  EXPECT_EQ(crl.revoked[1].serial, "\x1a\x2b\x3c");
  EXPECT_EQ(crl.extensions.back(), (x509::Extension{"1.2.3.4", true, std::string("\x05\0", 2)}));
}

TEST_F(CrlSigning, ListsAreJoined) {
  const std::string one = pem_of(sign(R"({"crl_number":1,"revoked_certs":[{"serial_number":"1a","revocation_time":1700000000},{"serial_number":"1b","revocation_time":1700000000}]})"));
  const std::string two = pem_of(sign(R"({"crl_number":2,"revoked_certs":[{"serial_number":"1b","revocation_time":1600000000},{"serial_number":"1c","revocation_time":1700000000}]})"));
  const x509::Crl joined = list_of(resign(Json::object({{"crl_number", 11}, {"crls", Json::strings({one, two})}})));
  EXPECT_EQ(joined.number, 11u);
  ASSERT_EQ(joined.revoked.size(), 3u);
  EXPECT_EQ(joined.revoked[1].revoked_at.time_since_epoch().count(), 1600000000);  // the earlier of two
  EXPECT_FALSE(joined.delta_base);
}

TEST_F(CrlSigning, DerIsBase64) {
  const std::string text = pem_of(resign(Json::object({{"crl_number", 3}, {"format", "der"}})));
  EXPECT_EQ(x509::parse_crl(*codec::from_base64(text))->number, 3u);
}

TEST_F(CrlSigning, MistakesAreTold) {
  const auto told = [](const std::string& text) { return "400 {\"errors\":[\"" + text + "\"]}"; };
  EXPECT_EQ(sign(R"({"crl_number":-1})"), told("crl_number parameter must be 0 or greater"));
  EXPECT_EQ(sign(R"({"format":"yaml"})"), told("unknown format value of yaml"));
  EXPECT_EQ(sign(R"({"next_update":"never"})"), told("invalid value for next_update: time: invalid duration \\\"never\\\""));
  EXPECT_EQ(sign(R"({"revoked_certs":[{"serial_number":"zz"}]})"),
            told("failed parsing serial_number from entry 0: 'serial_number' failed converting to bytes: encoding/hex: invalid byte: U+007A 'z'"));
  EXPECT_EQ(sign(R"({"revoked_certs":[{"revocation_time":"2024-03-04T05:06:07Z"}]})"), told("failed parsing serial_number from entry 0: missing 'serial_number' field"));
  EXPECT_EQ(sign(R"({"revoked_certs":[{"serial_number":"1a"}]})"), told("failed parsing revocation_time from entry 0: missing 'revocation_time' field"));
  EXPECT_EQ(sign(R"({"revoked_certs":[{"serial_number":"1a","revocation_time":"soon"}]})"),
            told("failed parsing revocation_time from entry 0: failed parsing time soon: could not parse string as date and time"));
  EXPECT_EQ(resign(Json::object({{"crls", Json::strings({"junk"})}})), told("failed decoding crl 0: invalid crl; should be one PEM block only"));
  EXPECT_EQ(runner_.request("POST issuer/none/resign-crls <- {}"), told("failed to resolve issuer issuer_ref: unable to find PKI issuer for reference: none"));
}

TEST_F(CrlSigning, AListOfAnotherKeyIsNotSignedAnew) {
  const x509::TestRoot stranger = x509::make_root();
  const std::string theirs = x509::pem(x509::kCrlBlock, *x509::sign_crl({}, {}, stranger.signer()));
  EXPECT_EQ(resign(Json::object({{"crls", Json::strings({theirs})}})), "400 {\"errors\":[\"failed decoding crl 0: the list is not signed by this issuer\"]}");
}

}  // namespace
}  // namespace bao::engines::pki
