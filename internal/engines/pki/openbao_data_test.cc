// What OpenBao 2.6.2 stored (testdata/pki/openbao-2.6.2.json): we read it, and write the same bytes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/openssl_command.h"
#include "internal/engines/pki/acme/account.h"
#include "internal/engines/pki/acme/authorization.h"
#include "internal/engines/pki/acme/layout.h"
#include "internal/engines/pki/acme/order.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/crl_map.h"
#include "internal/engines/pki/revoked_entry.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using Entries = std::map<std::string, std::string>;

const std::map<std::string, Entries>& mounts() {
  static const std::map<std::string, Entries> kMounts = [] {
    std::stringstream text;
    text << std::ifstream("testdata/pki/openbao-2.6.2.json").rdbuf();
    const auto stored = codec::parse_json(text.str());
    std::map<std::string, Entries> all;
    for (const auto& [mount, entries] : (*stored)["mounts"].members()) {
      for (const auto& [key, value] : entries.members()) all[mount][key] = *codec::from_base64(value.as_string());
    }
    return all;
  }();
  return kMounts;
}

class OpenBaoData : public testing::TestWithParam<const char*> {
 protected:
  const Entries& entries() const { return mounts().at(GetParam()); }
  Entries below(const std::string& prefix) const {
    Entries found;
    for (const auto& [key, value] : entries()) {
      if (key.starts_with(prefix)) found[key] = value;
    }
    return found;
  }
  std::vector<std::string> delta_urls() const {
    std::vector<std::string> urls;
    const auto stored = codec::parse_json(entries().at("urls"));
    for (const codec::Json& url : (*stored)["delta_crl_distribution_points"].items()) urls.push_back(url.as_string());
    return urls;
  }
  // Accounts with their orders and authorizations.
  base::Status write_acme_again(storage::WriteView& view) const {
    const std::string accounts = acme::layout::kAccounts;
    for (const auto& [key, value] : below(accounts)) {
      const std::string id = key.substr(accounts.size(), 36), last = key.substr(key.rfind('/') + 1);
      if (key == acme::layout::account(id)) {
        ASSIGN_OR_RETURN(const auto account, acme::read_account(view, id));
        EXPECT_TRUE(account->is_valid());
        TRY(acme::put_account(view, *account));
      } else if (key.starts_with(acme::layout::orders(id))) {
        ASSIGN_OR_RETURN(const auto order, acme::read_order(view, id, last));
        EXPECT_EQ(order->authorization_ids.size(), order->identifiers.size());
        TRY(acme::put_order(view, *order));
      } else {
        ASSIGN_OR_RETURN(const auto authorization, acme::read_authorization(view, id, last));
        TRY(acme::put_authorization(view, *authorization));
      }
    }
    for (const auto& [key, value] : below(acme::layout::kExternalKeys)) {
      ASSIGN_OR_RETURN(const auto external, acme::read_external_key(view, key.substr(key.rfind('/') + 1)));
      EXPECT_EQ(codec::write_json(external->entry()) + "\n", value);
    }
    return {};
  }
  x509::Certificate issuer(const std::string& id) const {
    return *x509::parse_certificate_pem((*codec::parse_json(entries().at("config/issuer/" + id)))["certificate"].as_string());
  }
};

// Every certificate again, from what was read of it: subject and extensions, their order included, are those of the reference.
TEST_P(OpenBaoData, CertificatesAreMadeAlike) {
  ASSERT_FALSE(below("certs/").empty());
  for (const auto& [key, der] : below("certs/")) {
    const auto theirs = x509::parse_certificate(der);
    ASSERT_TRUE(theirs.ok()) << key << theirs.error().message();
    x509::CertificateTemplate content{.public_key = theirs->public_key, .subject = theirs->subject, .not_before = theirs->not_before,
                                      .not_after = theirs->not_after, .serial = theirs->serial};
    content.key_usage = theirs->key_usage.value_or(0);
    content.extended_key_usages = theirs->extended_key_usages;
    content.basic_constraints = theirs->basic_constraints;
    content.alternative_names = theirs->alternative_names;
    content.permitted_dns_domains = theirs->permitted_dns_domains;
    content.ocsp_servers = theirs->ocsp_servers;
    content.issuing_certificates = theirs->issuing_certificates;
    content.crl_distribution_points = theirs->crl_distribution_points;
    for (const std::string& oid : theirs->policies) content.policies.push_back({.oid = oid});
    for (const x509::Extension& each : theirs->extensions) {
      if (each.oid == x509::extension::kFreshestCrl) content.extensions.push_back(each);
    }
    x509::TestRoot signer = x509::make_root();
    signer.certificate.subject_key_id = theirs->authority_key_id;
    const auto ours = x509::parse_certificate(*x509::sign_certificate(content, signer.signer()));
    ASSERT_TRUE(ours.ok());
    EXPECT_EQ(ours->subject_der, theirs->subject_der) << key;
    EXPECT_EQ(ours->extensions, theirs->extensions) << key;
    EXPECT_EQ(ours->public_key, theirs->public_key) << key;
  }
}

// Lists to the byte, but for the signature.
TEST_P(OpenBaoData, ListsAreMadeAlike) {
  const auto map = codec::parse_json(entries().at("crls/config"));
  for (const auto& [issuer_id, list] : (*map)["issuer_id_crl_map"].members()) {
    const x509::Certificate by = issuer(issuer_id);
    const x509::KeyType type = by.public_key.type();
    const x509::PrivateKey key = *x509::PrivateKey::generate(type, type == x509::KeyType::rsa ? 2048 : by.public_key.bits());
    for (const char* suffix : {"", "-delta"}) {
      const auto theirs = x509::parse_crl(entries().at("crls/" + list.as_string() + suffix));
      ASSERT_TRUE(theirs.ok());
      EXPECT_TRUE(theirs->is_signed_by(by.public_key));
      x509::RevokedList revoked;
      for (const auto& each : theirs->revoked) ASSERT_TRUE(revoked.add(each).ok());
      x509::CrlTemplate content{.number = *theirs->number, .delta_base = theirs->delta_base, .this_update = theirs->this_update, .next_update = *theirs->next_update};
      if (!theirs->delta_base) content.delta_distribution_points = delta_urls();
      const auto ours = x509::parse_crl(*x509::sign_crl(content, revoked, {key, theirs->signature_algorithm, &by}));
      EXPECT_EQ(codec::to_hex(ours->to_be_signed), codec::to_hex(theirs->to_be_signed)) << list.as_string() << suffix;
    }
  }
}

TEST_P(OpenBaoData, EntriesComeBackToTheByte) {
  logical::scenario::Runner runner([](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<logical::Backend>());
  });
  ASSERT_TRUE(runner.mount({}).ok());
  for (const auto& [key, value] : entries()) ASSERT_TRUE(runner.put(key, value).ok());
  const auto written = runner.barrier().transact([&](barrier::Transaction& transaction) -> base::Status {
    storage::PrefixWriteView view(transaction, runner.view_prefix());
    ASSIGN_OR_RETURN(const CrlMap map, read_crl_map(view));
    TRY(put_crl_map(view, map));
    ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
    TRY(put_crl_config(view, config));
    for (const auto& [key, value] : below("revoked/")) {
      const std::string serial = key.substr(8);
      EXPECT_EQ(serial_key(shown_serial(serial)), serial);
      ASSIGN_OR_RETURN(const auto entry, read_revoked(view, serial));
      TRY(put_revoked(view, serial, *entry));
    }
    return write_acme_again(view);
  });
  ASSERT_TRUE(written.ok()) << written.error().message();
  for (const auto& [key, value] : entries()) EXPECT_EQ(**runner.get(key), value) << key;
}

INSTANTIATE_TEST_SUITE_P(Mounts, OpenBaoData, testing::Values("pki-int", "pki-root"), [](const auto& each) { return std::string(each.param).substr(4); });

}  // namespace
}  // namespace bao::engines::pki
