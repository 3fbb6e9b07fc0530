// What is left of tokens that are gone, after crashes or in data that came from elsewhere. All of it is gone through page by page, beside
// whatever else goes on.
#include <unordered_set>

#include "internal/base/log.h"
#include "internal/core/token/revocation.h"

namespace bao::core {
namespace {

using base::Result;
using base::Status;

constexpr int64_t kCubbyholesAtOnce = 65'536;  // all tokens are gone through once for each such part of the cubbyholes

// No view is held over the whole of it: what is written meanwhile could not be cleared away. Nor are all names.
Status for_each_below(const barrier::Barrier& barrier, std::string_view prefix, const std::function<Status(const std::string&)>& visit) {
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto names, barrier::Reader(barrier).list(prefix, after, kTokenPage));
    for (const std::string& name : names) TRY(visit(name));
    if (names.size() < static_cast<size_t>(kTokenPage)) return {};
    after = names.back();
  }
}

}  // namespace

class TokenStore::Tidying {
 public:
  Tidying(const TokenStore& store, barrier::Barrier& barrier) : store_(store), barrier_(barrier), revocation_(store, barrier) {}
  Status parents() {
    return for_each_below(barrier_, kTokenParentPrefix, [this](const std::string& parent) { return children_of(parent); });
  }
  Status accessors() {
    return for_each_below(barrier_, kTokenAccessorPrefix, [this](const std::string& name) { return accessor(under(kTokenAccessorPrefix, name)); });
  }
  Status cubbyholes();

 private:
  Result<bool> exists(std::string_view salted) const {
    ASSIGN_OR_RETURN(const auto found, barrier::Reader(barrier_).get(under(kTokenIdPrefix, salted)));
    return found.has_value();
  }
  Status remove(const std::string& key) {
    const auto done = barrier_.transact([&](barrier::Transaction& all) { return all.remove(key); });
    return done.ok() ? Status() : Status(done.error());
  }
  Status children_of(const std::string& parent);
  Status accessor(const std::string& key);
  Result<size_t> empty_ownerless(const std::string& mount, const std::vector<std::string>& names);

  const TokenStore& store_;
  barrier::Barrier& barrier_;
  Revocation revocation_;
};

// `parent`: salted, with the slash. Children of other namespaces, behind whose id stands that of the namespace, are not looked for.
Status TokenStore::Tidying::children_of(const std::string& parent) {
  const std::string salted = parent.substr(0, parent.find('/'));
  ASSIGN_OR_RETURN(const bool lives, exists(salted));
  if (!lives) return revocation_.make_orphans(salted);
  const std::string markers = under(kTokenParentPrefix, salted) + "/";
  return for_each_below(barrier_, markers, [&](const std::string& child) -> Status {
    ASSIGN_OR_RETURN(const bool held, exists(child));
    return held || child.find('.') != std::string::npos ? Status() : remove(markers + child);
  });
}

Status TokenStore::Tidying::accessor(const std::string& key) {
  std::string salted;
  {
    const barrier::Reader all(barrier_);
    ASSIGN_OR_RETURN(const auto text, all.get(key));
    const auto document = codec::parse_json(text ? *text : "");
    if (!document.ok() || !document->is_object()) return {};
    ASSIGN_OR_RETURN(const auto salt, store_.salt(all));
    salted = salt->salted((*document)["token_id"].as_string());
  }
  ASSIGN_OR_RETURN(const bool lives, exists(salted));
  if (lives) return {};
  TRY(revocation_.end_leases(salted));
  return remove(key);
}

// Whose owner is gone by the time that all tokens were looked at is nobody's: a new token has a new cubbyhole.
Result<size_t> TokenStore::Tidying::empty_ownerless(const std::string& mount, const std::vector<std::string>& names) {
  std::unordered_set<std::string> ownerless(names.begin(), names.end());
  TRY(for_each_below(barrier_, kTokenIdPrefix, [&](const std::string& salted) -> Status {
    const barrier::Reader all(barrier_);
    ASSIGN_OR_RETURN(const auto entry, store_.stored(all, salted));
    if (!entry) return {};
    ASSIGN_OR_RETURN(const auto salt, store_.salt(all));
    ownerless.erase(store_.cubbyhole_owner(*salt, *entry) + "/");
    return {};
  }));
  for (const std::string& name : ownerless) TRY(name.ends_with('/') ? revocation_.empty(mount + name) : remove(mount + name));
  return ownerless.size();
}

Status TokenStore::Tidying::cubbyholes() {
  const std::string uuid = store_.cubbyhole_mount_ ? store_.cubbyhole_mount_() : "";
  if (uuid.empty()) return {};
  const std::string mount = "logical/" + uuid + "/";
  size_t emptied = 0;
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto names, barrier::Reader(barrier_).list(mount, after, kCubbyholesAtOnce));
    if (names.empty()) break;
    ASSIGN_OR_RETURN(const size_t more, empty_ownerless(mount, names));
    emptied += more;
    after = names.back();
  }
  base::log_info("token", "number of deleted cubbyhole keys that were invalid", {{"count", std::to_string(emptied)}});
  return {};
}

Status TokenStore::tidy(barrier::Barrier& barrier) const {
  Tidying tidying(*this, barrier);
  TRY(tidying.parents());
  TRY(tidying.accessors());
  return tidying.cubbyholes();
}

}  // namespace bao::core
