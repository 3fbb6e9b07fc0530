// What a change of a policy leaves in the caches: nothing that was made of the policy as it was, however the two raced.
#include "internal/core/policy/policy_store.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace bao::core {
namespace {

constexpr char kGrants[] = R"(path "kv/a" { capabilities = ["read"] })", kDenies[] = R"(path "kv/a" { capabilities = ["deny"] })";

// Policies as stored at one index; `reading` is called before each is read.
class Stored final : public storage::ReadView {
 public:
  Stored(uint64_t index, const std::map<std::string, std::string>& texts) : index_(index) {
    for (const auto& [name, text] : texts) entries_["sys/policy/" + name] = serialize_policy_entry(*make_policy(name, text));
  }
  std::function<void(std::string_view key)> reading;

  base::Result<std::optional<std::string>> get(std::string_view key) const override {
    if (reading) reading(key);
    const auto found = entries_.find(std::string(key));
    return found == entries_.end() ? std::optional<std::string>() : found->second;
  }
  base::Result<std::vector<std::string>> list(std::string_view, std::string_view, int64_t) const override { return base::internal("not here"); }
  base::Index index() const override { return base::Index{index_}; }
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view, std::string_view, int64_t) const override {
    return base::internal("not here");
  }

 private:
  const uint64_t index_;
  std::map<std::string, std::string> entries_;
};

class PolicyStoreTest : public ::testing::Test {
 protected:
  bool reads(const storage::ReadView& view, const std::vector<std::string>& names) {
    const auto acl = store.acl(view, logical::root_namespace(), {names}, now);
    return acl.ok() && (*acl)->capabilities("kv/a", now) == static_cast<Capabilities>(kRead);
  }
  static constexpr base::Time now{};
  PolicyStore store;
};

TEST_F(PolicyStoreTest, AFillOlderThanTheLastChangeIsNotKept) {
  Stored before(5, {{"app", kGrants}});
  const Stored after(6, {{"app", kDenies}});
  before.reading = [&](std::string_view key) { store.invalidate(key, base::Index{6}); };
  EXPECT_TRUE(reads(before, {"app"})) << "a request that began before the change";
  EXPECT_FALSE(reads(after, {"app"}));
}

// The change is there to be read, and the caches are told of it while rules are put together: one of them came from the cache.
TEST_F(PolicyStoreTest, AnAclMadeOfAPolicyThatChangedMeanwhileIsNotKept) {
  const Stored before(5, {{"app", kGrants}});
  EXPECT_TRUE(reads(before, {"app"}));
  Stored after(6, {{"app", kDenies}, {"other", ""}});
  after.reading = [&](std::string_view key) {
    if (key == "sys/policy/other") store.invalidate("sys/policy/app", base::Index{6});
  };
  (void)reads(after, {"app", "other"});
  after.reading = nullptr;
  EXPECT_FALSE(reads(after, {"app", "other"}));
}

}  // namespace
}  // namespace bao::core
