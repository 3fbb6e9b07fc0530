// Secrets end and are renewed through the engine that gave them; tokens through the token store.
#include <gtest/gtest.h>

#include "internal/core/lease_revocation.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Status;
using base::Time;
using codec::Json;
using logical::Call;
using logical::Reply;
using logical::Response;
using std::chrono::hours;

const Time kNow = Time(std::chrono::seconds(1'700'000'000));

// Gives credentials that it writes down, and forgets them when they are revoked.
class Credentials final : public logical::Backend {
 public:
  Reply renew(const Call&, storage::WriteView&) override {
    Response response;
    response.lease = logical::SecretLease{};
    response.lease->renewable = true;
    return response;
  }
  Reply revoke(const Call& call, storage::WriteView& view) override {
    if (refuses) return base::internal("the database is away");
    TRY(view.remove(call.request.data["data"]["user"].as_string()));
    return Response::none();
  }
  bool refuses = false;
};

class Leases : public testing::Test {
 protected:
  Leases() {
    barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow)));
    mount_->entry.path = "db/";
    mount_->entry.table = "mounts";
    mount_->backend = engine_;
    mount_->view_prefix = "logical/u/";
    mount_->default_lease_ttl = hours(1);
    mount_->max_lease_ttl = hours(3);
    write([&](storage::WriteView& all) -> Status {
      TRY(tokens_.initialize(all));
      owner_.policies = {"app"};
      owner_.path = "auth/token/create";
      owner_.ttl = hours(1);
      TokenEntry made = owner_;
      logical::Auth auth;
      TRY(tokens_.create(all, root_, made, auth));
      owner_ = made;
      TRY(all.put("logical/u/bob", "x"));
      logical::Request request;
      request.path = "db/creds/app";
      Response response = Response::of(Json::object({{"user", "bob"}}));
      response.lease = logical::SecretLease{};
      response.lease->renewable = true;
      TRY(tokens_.file_secret_lease(all, root_, owner_, request, hours(1), response));
      lease_id_ = response.lease_id;
      return {};
    });
  }
  void write(const std::function<Status(storage::WriteView&)>& body) {
    const auto done = barrier_.transact([&](barrier::Transaction& t) { return body(t); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  std::optional<Lease> lease() { return *expiration_.get(barrier::Reader(barrier_), root_, lease_id_); }
  bool has(const std::string& key) { return barrier::Reader(barrier_).get(key)->has_value(); }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> store_ = storage::inmem::open();
  barrier::Barrier barrier_{*store_};
  Expiration expiration_{clock_};
  TokenStore tokens_{barrier_, expiration_, clock_};
  const logical::Namespace& root_ = logical::root_namespace();
  std::shared_ptr<Credentials> engine_ = std::make_shared<Credentials>();
  std::shared_ptr<Mount> mount_ = std::make_shared<Mount>();
  LeaseRevocation leases_{barrier_, tokens_, expiration_, clock_, [this](std::string_view) { return mount_; }};
  TokenEntry owner_;
  std::string lease_id_;
};

TEST_F(Leases, TheEngineRevokesWhatItGave) {
  ASSERT_TRUE(leases_.end(root_, *lease()).ok());
  EXPECT_FALSE(lease());
  EXPECT_FALSE(has("logical/u/bob"));
  EXPECT_TRUE(storage::leaves_below(barrier::Reader(barrier_), "sys/expire/token/")->empty());
}

TEST_F(Leases, WhatAnEngineRefusesStaysAsItWas) {
  engine_->refuses = true;
  EXPECT_FALSE(leases_.end(root_, *lease()).ok());
  EXPECT_TRUE(lease());
  EXPECT_TRUE(has("logical/u/bob"));
  ASSERT_TRUE(leases_.drop(root_, *lease()).ok());
  EXPECT_FALSE(lease());
}

TEST_F(Leases, WithoutItsEngineASecretCannotEnd) {
  mount_ = nullptr;
  EXPECT_EQ(leases_.end(root_, *lease()).error().code(), base::Code::unsupported);
  EXPECT_TRUE(lease());
}

TEST_F(Leases, RenewalIsCappedByTheMount) {
  clock_.advance(std::chrono::minutes(30));
  Reply reply = leases_.renew(root_, lease_id_, hours(2));
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->lease_duration, hours(2));
  EXPECT_EQ(reply->lease_id, lease_id_);
  EXPECT_EQ(lease()->expire_time, clock_.now() + hours(2));
  reply = leases_.renew(root_, lease_id_, hours(9));
  EXPECT_EQ(reply->lease_duration, std::chrono::minutes(150));
  EXPECT_EQ(reply->warnings.size(), 1u);
}

TEST_F(Leases, TokensAndUnknownLeasesAreNotRenewedHere) {
  logical::Auth auth;
  EXPECT_EQ(leases_.renew(root_, "db/creds/app/none", hours(1)).error().message(), "lease not found");
  write([&](storage::WriteView& all) -> Status {
    TokenEntry token = owner_;
    token.id.clear();
    auth.renewable = true;
    return tokens_.create(all, root_, token, auth);
  });
  const barrier::Reader all(barrier_);
  const auto entry = *tokens_.read(all, auth.client_token, TokenStore::Spent::absent);
  EXPECT_EQ(leases_.renew(root_, *tokens_.lease_id_of(all, *entry), hours(1)).error().message(),
            "tokens cannot be renewed through this endpoint");
}

TEST_F(Leases, ATokensLeaseEndsTheToken) {
  const auto own = *tokens_.lease_of(barrier::Reader(barrier_), owner_);
  ASSERT_TRUE(own);
  ASSERT_TRUE(leases_.end(root_, *own).ok());
  EXPECT_EQ(*tokens_.lookup(barrier::Reader(barrier_), owner_.id), nullptr);
  EXPECT_EQ(lease()->expire_time, clock_.now()) << "its secrets are next";
}

}  // namespace
}  // namespace bao::core
