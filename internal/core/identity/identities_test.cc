// What the core relies on when somebody logs in: one entity for one alias, and the external groups that his method names.
#include "internal/core/identity/identities.h"

#include <gtest/gtest.h>

#include "internal/core/identity/identity_backend.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core::identity {
namespace {

using base::Status;
using Names = std::vector<std::string>;

const base::Time kNow = base::Time(std::chrono::seconds(1'700'000'000));

std::shared_ptr<const Mount> mount_of(const std::string& table, const std::string& type, std::shared_ptr<logical::Backend> backend) {
  auto mount = std::make_shared<Mount>();
  mount->entry.table = table;
  mount->entry.path = type + "/";
  mount->entry.type = type;
  mount->entry.uuid = type + "-uuid";
  mount->entry.accessor = "acc_" + type;
  mount->view_prefix = mount->entry.view_prefix();
  mount->mount_point = mount->entry.route();
  mount->backend = std::move(backend);
  return mount;
}

class IdentitiesTest : public testing::Test {
 protected:
  IdentitiesTest() {
    barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow)));
    logical::BackendConfig config;
    config.uuid = "identity-uuid";
    config.clock = &clock_;
    std::shared_ptr<logical::Backend> backend = *identity_backend(barrier_, [this] { return router_; })(config);
    store_ = identity_store_of(*backend);
    router_ = std::make_shared<const Router>(std::vector{mount_of("mounts", "identity", backend), mount_of("auth", "ldap", nullptr),
                                                         mount_of("auth", "jwt", nullptr)});
    backend_->set_listener([backend](const storage::ChangeSet& changes) {
      constexpr std::string_view kMount = "logical/identity-uuid/";
      for (const auto& key : changes.keys) {
        if (std::string_view(key).starts_with(kMount)) backend->invalidate(std::string_view(key).substr(kMount.size()), changes.index);
      }
    });
    for (const char* name : {"admins", "staff"}) add_external("ldap", name);
    add_external("jwt", "admins");
  }
  ~IdentitiesTest() override { backend_->set_listener(nullptr); }

  void write(const std::function<Status(storage::WriteView&)>& body) {
    const auto done = barrier_.transact([&](barrier::Transaction& all) { return body(all); });
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  // An external group with a policy of its name.
  void add_external(const std::string& type, const std::string& name) {
    write([&](storage::WriteView& all) -> Status {
      ASSIGN_OR_RETURN(Writer writer, Writer::begin(*store_, all, kNow));
      Group group;
      group.name = type + "-" + name;
      group.type = "external";
      group.policies = Names{group.name};
      TRY(writer.put(group));
      Alias alias;
      alias.name = name;
      alias.mount_accessor = "acc_" + type;
      alias.canonical_id = group.id;
      TRY(writer.complete(alias));
      group.alias = alias;
      return writer.put(group);
    });
  }
  Arrival arrival(const std::string& type, const std::string& name, Names groups = {}, OptionalMetadata metadata = {}) {
    return {*router_->of_type(type), name, std::move(metadata), std::move(groups)};
  }
  Arrived arrives(const Arrival& who, base::Time at = kNow) {
    Arrived arrived;
    write([&](storage::WriteView& all) -> Status {
      ASSIGN_OR_RETURN(arrived, identities_.find_or_make(all, who, at));
      return {};
    });
    return arrived;
  }
  void renews(const std::string& entity_id, const std::string& accessor, const Names& groups) {
    write([&](storage::WriteView& all) { return identities_.refresh_groups(all, entity_id, accessor, groups, kNow); });
  }
  bool is_known(const Arrival& who) { return identities_.find(who)->has_value(); }
  Names policies(const std::string& entity_id) { return (*identities_.standing(entity_id))->policies; }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> backend_ = storage::inmem::open();
  barrier::Barrier barrier_{*backend_};
  std::shared_ptr<const Router> router_;
  const IdentityStore* store_ = nullptr;
  Identities identities_{[this] { return router_; }};
};

TEST_F(IdentitiesTest, WhoComesAgainIsTheSameAndNothingIsWritten) {
  const Arrived first = arrives(arrival("ldap", "Ada"));
  EXPECT_FALSE(first.entity_id.empty());
  for (const char* name : {"Ada", "ada"}) {
    EXPECT_TRUE(is_known(arrival("ldap", name))) << name;
    EXPECT_EQ((*identities_.find(arrival("ldap", name)))->entity_id, first.entity_id) << name;
  }
  EXPECT_FALSE(is_known(arrival("jwt", "Ada"))) << "another mount, another alias";
  EXPECT_NE(arrives(arrival("jwt", "Ada")).entity_id, first.entity_id);
}

TEST_F(IdentitiesTest, ChangedMetadataIsWritten) {
  const Arrived first = arrives(arrival("ldap", "ada", {}, Metadata{{"team", "red"}}));
  EXPECT_TRUE(is_known(arrival("ldap", "ada", {}, Metadata{{"team", "red"}})));
  EXPECT_FALSE(is_known(arrival("ldap", "ada", {}, Metadata{{"team", "blue"}})));
  const base::Time later = kNow + std::chrono::hours(1);
  const Arrived again = arrives(arrival("ldap", "ada", {}, Metadata{{"team", "blue"}}), later);
  EXPECT_EQ(again.entity_id, first.entity_id);
  const Entity& entity = (*store_->index())->entity(first.entity_id)->record;
  EXPECT_EQ(entity.aliases.front().last_update_time, later);
  EXPECT_EQ(entity.last_update_time, kNow) << "a login changes an alias, not the entity";
  EXPECT_EQ((*identities_.standing(first.entity_id))->identity.aliases.front().metadata, (Metadata{{"team", "blue"}}));
}

TEST_F(IdentitiesTest, ALoginIsAMemberOfTheGroupsThatItsMethodNamesAndOfNoOtherOfThatMount) {
  const Arrived first = arrives(arrival("ldap", "ada", {"admins", "unknown", "staff"}));
  EXPECT_EQ(first.policies, (Names{"ldap-admins", "ldap-staff"})) << "the first login tells at once";
  EXPECT_EQ(policies(first.entity_id), first.policies);
  EXPECT_TRUE(is_known(arrival("ldap", "ada", {"staff", "admins"}))) << "in whatever order";
  EXPECT_FALSE(is_known(arrival("ldap", "ada", {"staff"})));
  EXPECT_EQ(arrives(arrival("ldap", "ada", {"staff"})).policies, (Names{"ldap-staff"}));
  EXPECT_EQ(policies(first.entity_id), (Names{"ldap-staff"}));
}

TEST_F(IdentitiesTest, GroupsOfOtherMountsStayAsTheyAre) {
  const Arrived ada = arrives(arrival("ldap", "ada", {"admins"}));
  renews(ada.entity_id, "acc_jwt", {"admins"});
  EXPECT_EQ(policies(ada.entity_id), (Names{"jwt-admins", "ldap-admins"}));
  renews(ada.entity_id, "acc_ldap", {});
  EXPECT_EQ(policies(ada.entity_id), (Names{"jwt-admins"}));
}

// The cached ACL goes by the serial.
TEST_F(IdentitiesTest, AStandingIsKeptUntilSomethingOfItChanges) {
  const Arrived ada = arrives(arrival("ldap", "ada", {"admins"}));
  const uint64_t serial = (*identities_.standing(ada.entity_id))->serial;
  arrives(arrival("ldap", "bob"));
  EXPECT_EQ((*identities_.standing(ada.entity_id))->serial, serial) << "somebody else changed";
  renews(ada.entity_id, "acc_ldap", {"staff"});
  EXPECT_NE((*identities_.standing(ada.entity_id))->serial, serial);
}

TEST_F(IdentitiesTest, RootAmongRestoredPoliciesGivesNothing) {
  const Arrived ada = arrives(arrival("ldap", "ada"));
  write([&](storage::WriteView& all) -> Status {
    ASSIGN_OR_RETURN(Writer writer, Writer::begin(*store_, all, kNow));
    ASSIGN_OR_RETURN(auto entity, writer.entity(ada.entity_id));
    entity->policies = {"root", "Root", " root ", "app"};
    return writer.put(*entity);
  });
  EXPECT_EQ(policies(ada.entity_id), (Names{"app"}));
}

}  // namespace
}  // namespace bao::core::identity
