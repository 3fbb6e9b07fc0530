// What users of tokens rely on: lifetime, uses, families, revocation, and caches that never serve what was taken away.
#include <gtest/gtest.h>

#include "internal/barrier/barrier.h"
#include "internal/core/token/token_store.h"
#include "internal/crypto/hash.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Status;
using base::Time;
using std::chrono::hours;
using std::chrono::minutes;

const Time kNow = Time(std::chrono::seconds(1'700'000'000));
constexpr std::string_view kCubbyholeUuid = "aaaaaaaa-0000-0000-0000-000000000001";

class Tokens : public testing::Test {
 protected:
  Tokens() {
    barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow)));
    backend_->set_listener([this](const storage::ChangeSet& changes) {
      for (const auto& key : changes.keys) store_.invalidate(key, changes.index);
    });
    store_.set_cubbyhole_mount([] { return std::string(kCubbyholeUuid); });
    write([&](storage::WriteView& all) { return store_.initialize(all); });
  }
  ~Tokens() override { backend_->set_listener(nullptr); }

  void write(const std::function<Status(storage::WriteView&)>& body) {
    const auto done = barrier_.transact([&](barrier::Transaction& t) { return body(t); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  static TokenEntry entry_of(std::string parent = "", base::Duration ttl = hours(1)) {
    TokenEntry entry;
    entry.parent = std::move(parent);
    entry.policies = {"app"};
    entry.path = "auth/token/create";
    entry.ttl = ttl;
    return entry;
  }
  TokenEntry create(TokenEntry entry) {
    TokenEntry made;
    write([&](storage::WriteView& all) {
      made = entry;
      logical::Auth auth;
      auth.renewable = true;
      return store_.create(all, root_, made, auth);
    });
    return made;
  }
  base::Error refusal(TokenEntry entry) {
    const auto done = barrier_.transact([&](barrier::Transaction& all) {
      TokenEntry made = entry;
      logical::Auth auth;
      return store_.create(all, root_, made, auth);
    });
    return done.ok() ? base::internal("accepted") : done.error();
  }
  std::shared_ptr<const TokenEntry> find(std::string_view token) {
    const barrier::Reader all(barrier_);
    const auto found = store_.lookup(all, token);
    EXPECT_TRUE(found.ok()) << found.error().message();
    return found.ok() ? *found : nullptr;
  }
  size_t keys_below(const std::string& prefix) {
    const barrier::Reader all(barrier_);
    return storage::leaves_below(all, prefix)->size();
  }
  std::shared_ptr<const TokenEntry> use(const TokenEntry& entry) {
    std::shared_ptr<const TokenEntry> used;
    write([&](storage::WriteView& all) -> Status {
      ASSIGN_OR_RETURN(used, store_.use(all, entry));
      return {};
    });
    return used;
  }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> backend_ = storage::inmem::open();
  barrier::Barrier barrier_{*backend_};
  Expiration expiration_{clock_};
  TokenStore store_{barrier_, expiration_, clock_};
  const logical::Namespace& root_ = logical::root_namespace();
};

TEST_F(Tokens, AreFoundByTheirStringAndByTheirAccessor) {
  const TokenEntry made = create(entry_of());
  EXPECT_EQ(made.id.size(), 26u);
  EXPECT_TRUE(made.id.starts_with("s."));
  EXPECT_EQ(made.accessor.size(), 24u);
  const auto found = find(made.id);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->policies, std::vector<std::string>{"app"});
  EXPECT_EQ(found->cubbyhole_id, made.cubbyhole_id);
  EXPECT_EQ(find(made.id + "x"), nullptr);
  EXPECT_EQ(find(""), nullptr);
  const barrier::Reader all(barrier_);
  EXPECT_EQ(*store_.id_of_accessor(all, made.accessor), made.id);
  EXPECT_EQ(*store_.id_of_accessor(all, "nobody"), "");
  EXPECT_EQ(*store_.accessors(all, root_), std::vector<std::string>{made.accessor});
}

TEST_F(Tokens, EndWhenTheirTimeIsOverByTheClockAloneEvenWhenCached) {
  const TokenEntry made = create(entry_of("", minutes(5)));
  EXPECT_NE(find(made.id), nullptr);
  clock_.advance(minutes(6));
  EXPECT_EQ(find(made.id), nullptr);
}

// a token's lease was frozen in lookup-self
TEST_F(Tokens, RenewalIsSeenByTheCache) {
  const TokenEntry made = create(entry_of("", minutes(5)));
  EXPECT_NE(find(made.id), nullptr);
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(auto lease, store_.lease_of(all, made));
    const Time before = lease->expire_time;
    lease->expire_time += hours(1);
    return expiration_.put(all, root_, *lease, before);
  });
  clock_.advance(minutes(6));
  EXPECT_NE(find(made.id), nullptr);
}

TEST_F(Tokens, WithoutALeaseAreUnknownUnlessTheyAreRoot) {
  const TokenEntry made = create(entry_of());
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(const auto lease, store_.lease_of(all, made));
    return expiration_.remove(all, root_, *lease);
  });
  EXPECT_EQ(find(made.id), nullptr);
  TokenEntry root;
  root.policies = {"root"};
  root.path = kFirstRootTokenPath;
  root = create(root);
  EXPECT_NE(find(root.id), nullptr);
  const barrier::Reader all(barrier_);
  EXPECT_FALSE(*store_.lease_of(all, root));
}

TEST_F(Tokens, ARootTokenMadeByAnotherHasALeaseThatNeverEnds) {
  TokenEntry root;
  root.policies = {"root", "app"};
  root.path = "auth/token/create";
  root = create(root);
  EXPECT_EQ(root.policies, std::vector<std::string>{"root"});
  const barrier::Reader all(barrier_);
  const auto lease = store_.lease_of(all, root);
  ASSERT_TRUE(lease.ok() && *lease);
  EXPECT_EQ((*lease)->expire_time, base::kZeroTime);
  EXPECT_FALSE(*expiration_.next_expiry(all));
}

TEST_F(Tokens, LeasesNameTheirTokenBySaltedId) {
  const TokenEntry made = create(entry_of());
  const barrier::Reader all(barrier_);
  const auto salt = *store_.salt(all);
  EXPECT_EQ(*store_.lease_id_of(all, made), "auth/token/create/" + salt->salted(made.id));
  EXPECT_EQ(join_path("auth/userpass/users/", "h1"), "auth/userpass/users/h1");
  EXPECT_EQ(join_path("a//b/./c", "x"), "a/b/c/x");
}

TEST_F(Tokens, CustomIdsAreTakenButNotTwiceAndNotInTheFormOfGeneratedOnes) {
  TokenEntry custom = entry_of();
  custom.id = "ci-runner";
  create(custom);
  const auto found = find("ci-runner");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->cubbyhole_id.size(), 40u);
  EXPECT_EQ(refusal(custom).message(), "cannot create a token with a duplicate ID");
  custom.id = "s.x";
  EXPECT_EQ(refusal(custom).message(), "custom token ID cannot have the 's.' prefix");
  custom.id = "a.b";
  EXPECT_EQ(refusal(custom).message(), "custom token ID cannot have a '.' in the value");
}

TEST_F(Tokens, TheCubbyholeOfACustomIdIsThatOfTheReference) {
  const TokenSalt salt("6f1a1f0e-7b3c-4a53-9d53-0d5b6f8a1c11");
  TokenEntry entry;
  entry.id = "mytoken";
  EXPECT_EQ(store_.cubbyhole_owner(salt, entry), "009a63763b9a4e00039e6187f79d1c3f97924ce1");
}

TEST_F(Tokens, ALimitedTokenIsGoneAfterItsLastUse) {
  TokenEntry limited = entry_of();
  limited.num_uses = 2;
  limited = create(limited);
  const auto first = use(*find(limited.id));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->num_uses, 1);
  const auto held = find(limited.id);
  const auto last = use(*held);
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->num_uses, -1);
  EXPECT_EQ(find(limited.id), nullptr);
  EXPECT_EQ(use(*held), nullptr);
  const barrier::Reader all(barrier_);
  EXPECT_TRUE(*store_.read(all, limited.id, TokenStore::Spent::included));
  EXPECT_EQ(*expiration_.next_expiry(all), clock_.now());
}

TEST_F(Tokens, BatchTokensWriteNothingAndDieWithTheirParent) {
  const TokenEntry parent = create(entry_of());
  const size_t before = keys_below("sys/");
  TokenEntry batch = entry_of(parent.id, minutes(10));
  batch.type = TokenType::batch;
  batch = create(batch);
  EXPECT_EQ(keys_below("sys/"), before);
  EXPECT_TRUE(batch.id.starts_with("b."));
  const auto found = find(batch.id);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->type, TokenType::batch);
  EXPECT_EQ(found->accessor, "");
  EXPECT_EQ(find("b.AAAAAQ"), nullptr);
  EXPECT_EQ(find("b.%%%"), nullptr);
  ASSERT_TRUE(store_.revoke_tree(barrier_, parent.id).ok());
  EXPECT_EQ(find(batch.id), nullptr);
  TokenEntry orphan = entry_of("", minutes(10));
  orphan.type = TokenType::batch;
  orphan = create(orphan);
  EXPECT_NE(find(orphan.id), nullptr);
  clock_.advance(minutes(11));
  EXPECT_EQ(find(orphan.id), nullptr);
}

TEST_F(Tokens, AChildNeedsALivingParent) {
  EXPECT_EQ(refusal(entry_of("s.unknown")).message(), "parent token not found");
}

TEST_F(Tokens, RevocationTakesTheWholeFamilyAndLeavesNothingBehind) {
  const size_t before = keys_below("sys/");
  const TokenEntry top = create(entry_of());
  const TokenEntry other = create(entry_of());
  std::vector<std::string> family{top.id};
  for (int i = 0; i < 70; ++i) family.push_back(create(entry_of(top.id)).id);  // more than one page
  for (int i = 0; i < 5; ++i) family.push_back(create(entry_of(family[static_cast<size_t>(i * 14 + 1)])).id);
  std::string deep = family.back();
  for (int i = 0; i < 6; ++i) family.push_back(deep = create(entry_of(deep)).id);
  for (const auto& token : family) EXPECT_NE(find(token), nullptr);
  write([&](storage::WriteView& all) {
    return all.put("logical/" + std::string(kCubbyholeUuid) + "/" + top.cubbyhole_id + "/deep/box", "{}");
  });
  ASSERT_TRUE(store_.revoke_tree(barrier_, top.id).ok());
  for (const auto& token : family) EXPECT_EQ(find(token), nullptr);
  EXPECT_NE(find(other.id), nullptr);
  EXPECT_EQ(keys_below("logical/"), 0u);
  ASSERT_TRUE(store_.revoke_tree(barrier_, other.id).ok());
  EXPECT_EQ(keys_below("sys/"), before);
  EXPECT_TRUE(store_.revoke_tree(barrier_, other.id).ok()) << "unknown tokens are no error";
}

TEST_F(Tokens, ACycleOfParentsDoesNotHangRevocation) {
  const TokenEntry a = create(entry_of());
  const TokenEntry b = create(entry_of(a.id));
  write([&](storage::WriteView& all) -> Status {
    const auto salt = *store_.salt(all);
    return all.put("sys/token/parent/" + salt->salted(b.id) + "/" + salt->salted(a.id), "");
  });
  ASSERT_TRUE(store_.revoke_tree(barrier_, a.id).ok());
  EXPECT_EQ(find(a.id), nullptr);
  EXPECT_EQ(find(b.id), nullptr);
}

TEST_F(Tokens, RevokingAloneMakesOrphans) {
  const TokenEntry top = create(entry_of());
  const TokenEntry child = create(entry_of(top.id));
  ASSERT_TRUE(store_.revoke_orphan(barrier_, top.id).ok());
  EXPECT_EQ(find(top.id), nullptr);
  const auto orphan = find(child.id);
  ASSERT_NE(orphan, nullptr);
  EXPECT_EQ(orphan->parent, "");
  ASSERT_TRUE(store_.revoke_tree(barrier_, child.id).ok());
  EXPECT_EQ(keys_below("sys/token/parent/"), 0u);
}

TEST_F(Tokens, SecretsEndWithTheTokenTheyWereGivenTo) {
  const TokenEntry owner = create(entry_of());
  logical::Request request;
  request.path = "database/creds/app";
  logical::Response response = logical::Response::of(codec::Json::object({{"username", "u"}}));
  response.lease = logical::SecretLease{};
  response.lease->renewable = true;
  response.lease->internal_data.set("secret_type", "creds");
  write([&](storage::WriteView& all) { return store_.file_secret_lease(all, root_, owner, request, hours(2), response); });
  EXPECT_TRUE(response.lease_id.starts_with("database/creds/app/"));
  EXPECT_EQ(response.lease_duration, hours(2));
  ASSERT_TRUE(store_.revoke_tree(barrier_, owner.id).ok());
  const barrier::Reader all(barrier_);
  const auto lease = expiration_.get(all, root_, response.lease_id);
  ASSERT_TRUE(lease.ok() && *lease) << "its engine revokes it";
  EXPECT_EQ((*lease)->expire_time, clock_.now());
  write([&](storage::WriteView& w) { return store_.remove_secret_lease(w, root_, **lease); });
  EXPECT_EQ(keys_below("sys/expire/"), 0u);
}

TEST_F(Tokens, TidyRemovesWhatPointsNowhere) {
  const TokenEntry top = create(entry_of());
  const TokenEntry child = create(entry_of(top.id));
  write([&](storage::WriteView& all) -> Status {
    const auto salt = *store_.salt(all);
    return all.remove("sys/token/id/" + salt->salted(top.id));
  });
  ASSERT_TRUE(store_.tidy(barrier_).ok());
  EXPECT_EQ(keys_below("sys/token/parent/"), 0u);
  EXPECT_EQ(keys_below("sys/token/accessor/"), 1u);
  EXPECT_EQ(find(child.id)->parent, "");
}

TEST_F(Tokens, TidyRemovesWhatIsLeftOfTokensThatAreGone) {
  const TokenEntry living = create(entry_of()), gone = create(entry_of(living.id));
  TokenEntry named = entry_of();
  named.id = "chosen-by-somebody";
  named = create(named);
  std::string lease_id;
  write([&](storage::WriteView& all) -> Status {
    logical::Request request;
    request.path = "database/creds/app";
    logical::Response response;
    response.lease = logical::SecretLease{};
    TRY(store_.file_secret_lease(all, root_, gone, request, hours(2), response));
    lease_id = response.lease_id;
    for (const TokenEntry* owner : std::initializer_list<const TokenEntry*>{&living, &named, &gone}) {
      ASSIGN_OR_RETURN(const std::string box, store_.cubbyhole_prefix(all, *owner));
      TRY(all.put(box + "a", "x"));
      TRY(all.put(box + "folder/b", "x"));
    }
    return all.remove("sys/token/id/" + (*store_.salt(all))->salted(gone.id));
  });
  ASSERT_TRUE(store_.tidy(barrier_).ok());
  const barrier::Reader all(barrier_);
  EXPECT_EQ(all.list("logical/" + std::string(kCubbyholeUuid) + "/", "", -1)->size(), 2u);
  for (const TokenEntry* owner : std::initializer_list<const TokenEntry*>{&living, &named}) {
    EXPECT_TRUE(*all.get(*store_.cubbyhole_prefix(all, *owner) + "folder/b"));
  }
  EXPECT_EQ(keys_below("sys/token/parent/"), 0u);
  EXPECT_EQ(keys_below("sys/token/accessor/"), 2u);
  EXPECT_EQ((*expiration_.get(all, root_, lease_id))->expire_time, clock_.now()) << "its engine revokes it";
}

CachedToken cached_token(std::string id) {
  auto entry = std::make_shared<TokenEntry>();
  entry->id = std::move(id);
  CachedToken token;
  token.entry = std::move(entry);
  return token;
}

// all tokens stand under the salt.
TEST_F(Tokens, AChangedSaltIsFollowed) {
  const TokenEntry made = create(entry_of());
  EXPECT_NE(find(made.id), nullptr);
  std::string salt;
  {
    const barrier::Reader all(barrier_);
    salt = **all.get("sys/token/salt");
  }
  write([&](storage::WriteView& all) { return all.put("sys/token/salt", "another"); });
  EXPECT_EQ(find(made.id), nullptr);
  write([&](storage::WriteView& all) { return all.put("sys/token/salt", salt); });
  EXPECT_NE(find(made.id), nullptr);
}

// the token store's salt was not invalidated
TEST_F(Tokens, ASaltReadBeforeItChangedIsNotKept) {
  const barrier::Reader before(barrier_);
  const base::Index old = before.index();  // its snapshot is of this moment
  write([&](storage::WriteView& all) { return all.put("sys/token/salt", "another"); });
  ASSERT_EQ(before.index(), old);
  (void)store_.salt(before);
  const barrier::Reader now(barrier_);
  EXPECT_EQ((*store_.salt(now))->salted("x"), TokenSalt("another").salted("x"));
}

// nodes kept what they had in memory before a restore
TEST(TokenCacheTest, AFillOlderThanTheLastChangeIsNeverServed) {
  TokenCache cache;
  CachedToken token = cached_token("s.a");
  token.mark = TokenCache::mark_of("h1");
  token.read_at = base::Index{5};
  cache.changed("h1", base::Index{6});
  cache.put(token);
  EXPECT_EQ(cache.find("s.a"), nullptr);
  token.read_at = base::Index{6};
  cache.put(token);
  EXPECT_NE(cache.find("s.a"), nullptr);
  cache.clear(base::Index{7});
  cache.put(token);
  EXPECT_EQ(cache.find("s.a"), nullptr);
}

TEST(TokenCacheTest, IsBoundedAndKeepsWhatIsUsed) {
  TokenCache cache;
  cache.put(cached_token("kept"));
  for (int i = 0; i < 200'000; ++i) {
    cache.put(cached_token("s." + std::to_string(i)));
    if (i % 1000 == 0) {
      EXPECT_NE(cache.find("kept"), nullptr) << i;
    }
  }
  EXPECT_EQ(cache.find("s.0"), nullptr);
}

}  // namespace
}  // namespace bao::core
