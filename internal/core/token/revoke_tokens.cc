// Ending tokens. First the token is marked spent and the sweeper reminded of it, so that nothing new grows below it and a crash
// loses nothing; then everything it has goes in bounded transactions, children before parents.
#include "internal/core/token/revocation.h"

namespace bao::core {
namespace {

using base::Result;
using base::Status;

constexpr std::string_view kTokenIndexPrefix = "sys/expire/token/";

std::string children_of(std::string_view salted) { return under(kTokenParentPrefix, salted) + "/"; }

// A child that lives in another namespace has that namespace's id behind a dot; such children can't be reached yet.
bool is_ours(std::string_view child) { return child.find('.') == std::string_view::npos; }

}  // namespace

// False when there is no such token.
Result<bool> TokenStore::Revocation::mark_spent(std::string_view token) {
  bool found = false;
  const auto mark = [&](barrier::Transaction& all) -> Status {
    const auto& root = logical::root_namespace();
    const base::Time now = store_.clock_.now();
    ASSIGN_OR_RETURN(const auto salt, store_.salt(all));
    ASSIGN_OR_RETURN(auto entry, store_.stored(all, salt->salted(token)));
    found = entry.has_value();
    if (!found) return {};
    const std::string lease_id = join_path(entry->path, salt->salted(token));
    ASSIGN_OR_RETURN(const auto lease, store_.expiration_.get(all, root, lease_id));
    if (!lease) {
      Lease made;
      made.id = lease_id;
      made.client_token = entry->id;
      made.path = entry->path;
      made.auth = codec::Json::object({{"client_token", entry->id}, {"lease", 1}});
      made.issue_time = made.expire_time = now;
      TRY(store_.expiration_.put(all, root, made, std::nullopt));
    }
    store_.expiration_.remind(all, root, lease_id, now);
    reminder_ = {expiry_sort_key(now), lease_storage_key(root, lease_id)};
    reminded_ = salt->salted(token);
    entry->num_uses = -1;
    return store_.store(all, *entry, reminded_);
  };
  TRY(transact(mark));
  return found;
}

// Marks tokens spent, so that nothing grows below them between looking for children and removing them.
Status TokenStore::Revocation::close(const std::vector<std::string>& salted_ids) {
  return transact([&](barrier::Transaction& all) -> Status {
    for (const std::string& salted : salted_ids) {
      ASSIGN_OR_RETURN(auto entry, store_.stored(all, salted));
      if (!entry || entry->num_uses < 0) continue;
      entry->num_uses = -1;
      TRY(store_.store(all, *entry, salted));
    }
    return {};
  });
}

// Secrets of the token: they end now, the sweeper revokes them through their engines.
Status TokenStore::Revocation::end_leases(const std::string& salted) {
  const auto& root = logical::root_namespace();
  const std::string prefix = under(kTokenIndexPrefix, salted) + "/";
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto names, page(prefix, after, kTokenPage));
    if (names.empty()) return {};
    const auto end_page = [&](barrier::Transaction& all) -> Status {
      for (const std::string& name : names) {
        ASSIGN_OR_RETURN(const auto id, all.get(prefix + name));
        ASSIGN_OR_RETURN(auto lease, store_.expiration_.get(all, root, id ? *id : ""));
        if (!lease) {
          TRY(all.remove(prefix + name));
          continue;
        }
        const base::Time before = lease->expire_time, now = store_.clock_.now();
        if (before != base::kZeroTime && before <= now) continue;  // the sweeper has it already
        lease->expire_time = now;
        TRY(store_.expiration_.put(all, root, *lease, before));
      }
      return {};
    };
    TRY(transact(end_page));
    after = names.back();
  }
}

Status TokenStore::Revocation::empty_cubbyhole(const TokenEntry& entry) {
  ASSIGN_OR_RETURN(const std::string prefix, store_.cubbyhole_prefix(barrier::Reader(barrier_), entry));
  return prefix.empty() ? Status() : empty(prefix);
}

Status TokenStore::Revocation::empty(const std::string& cubbyhole) {
  ASSIGN_OR_RETURN(const auto keys, storage::leaves_below(barrier::Reader(barrier_), cubbyhole));
  for (size_t from = 0; from < keys.size(); from += static_cast<size_t>(kTokenPage)) {
    const auto remove_page = [&](barrier::Transaction& all) -> Status {
      for (size_t i = from; i < keys.size() && i < from + static_cast<size_t>(kTokenPage); ++i) TRY(all.remove(keys[i]));
      return {};
    };
    TRY(transact(remove_page));
  }
  return {};
}

Status TokenStore::Revocation::remove(barrier::Transaction& all, const std::string& salted, std::string_view salted_parent) {
  if (!salted_parent.empty()) TRY(all.remove(children_of(salted_parent) + salted));
  if (salted == reminded_) all.index_remove(kLeaseExpiryTable, reminder_.sort_key, reminder_.key);
  return store_.remove(all, salted);
}

// Tokens without children, of one parent ("": of none in particular).
Status TokenStore::Revocation::end(const std::vector<std::string>& salted_ids, std::string_view salted_parent) {
  for (const std::string& salted : salted_ids) {
    ASSIGN_OR_RETURN(const auto entry, store_.stored(barrier::Reader(barrier_), salted));
    if (!entry) continue;
    TRY(empty_cubbyhole(*entry));
    TRY(end_leases(salted));
  }
  return transact([&](barrier::Transaction& all) -> Status {
    for (const std::string& salted : salted_ids) TRY(remove(all, salted, salted_parent));
    return {};
  });
}

// One page of the top frame's children: those without children end, the others are pushed to be worked on first. The frame
// itself ends after its last page.
Status TokenStore::Revocation::end_children(Stack& stack, std::unordered_set<std::string>& on_stack) {
  Frame& frame = stack.back();
  const std::string parent = frame.salted;
  ASSIGN_OR_RETURN(const auto children, page(children_of(parent), frame.after, kTokenPage));
  if (children.empty()) {
    TRY(end({parent}, frame.parent));
    on_stack.erase(parent);
    stack.pop_back();
    return {};
  }
  frame.after = children.back();
  TRY(close(children));
  std::vector<std::string> leaves;
  for (const std::string& child : children) {
    if (!is_ours(child) || on_stack.contains(child)) continue;
    ASSIGN_OR_RETURN(const auto grandchildren, page(children_of(child), "", 1));
    if (grandchildren.empty()) {
      leaves.push_back(child);
    } else {
      on_stack.insert(child);
      stack.push_back({child, parent, ""});
    }
  }
  return leaves.empty() ? Status() : end(leaves, parent);
}

Status TokenStore::Revocation::end_tree(const std::string& salted) {
  Stack stack{{salted, "", ""}};
  std::unordered_set<std::string> on_stack{salted};
  while (!stack.empty()) TRY(end_children(stack, on_stack));
  return {};
}

Status TokenStore::Revocation::make_orphans(const std::string& salted) {
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto children, page(children_of(salted), after, kTokenPage));
    if (children.empty()) return {};
    const auto free_page = [&](barrier::Transaction& all) -> Status {
      for (const std::string& child : children) {
        if (!is_ours(child)) continue;
        TRY(all.remove(children_of(salted) + child));
        ASSIGN_OR_RETURN(auto entry, store_.stored(all, child));
        if (!entry) continue;
        entry->parent.clear();
        TRY(store_.store(all, *entry, child));
      }
      return {};
    };
    TRY(transact(free_page));
    after = children.back();
  }
}

// The entry with everything that is filed by it alone; its lease too.
Status TokenStore::remove(storage::WriteView& all, const std::string& salted) const {
  ASSIGN_OR_RETURN(const auto entry, stored(all, salted));
  if (!entry) return {};
  const auto& root = logical::root_namespace();
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  ASSIGN_OR_RETURN(const auto lease, expiration_.get(all, root, join_path(entry->path, salted)));
  if (lease) TRY(expiration_.remove(all, root, *lease));
  if (!entry->parent.empty()) TRY(all.remove(children_of(salt->salted(entry->parent)) + salted));
  if (!entry->accessor.empty()) TRY(all.remove(under(kTokenAccessorPrefix, salt->salted(entry->accessor))));
  return all.remove(under(kTokenIdPrefix, salted));
}

// What it lists of the token counts as read: who gives it a child or a secret meanwhile makes the transaction meet a conflict.
Result<bool> TokenStore::end_if_alone(storage::WriteView& all, const Lease& lease) const {
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  const std::string salted = salt->salted(lease.client_token);
  ASSIGN_OR_RETURN(const auto entry, stored(all, salted));
  if (entry && join_path(entry->path, salted) != lease.id) return false;
  ASSIGN_OR_RETURN(const std::string cubbyhole, entry ? cubbyhole_prefix(all, *entry) : Result<std::string>(""));
  for (const std::string& prefix : {children_of(salted), under(kTokenIndexPrefix, salted) + "/", cubbyhole}) {
    if (prefix.empty()) continue;
    ASSIGN_OR_RETURN(const auto names, all.list(prefix, "", 1));
    if (!names.empty()) return false;
  }
  if (!entry) TRY(expiration_.remove(all, logical::root_namespace(), lease));
  TRY(remove(all, salted));
  return true;
}

Status TokenStore::revoke_tree(barrier::Barrier& barrier, std::string_view token) const {
  ASSIGN_OR_RETURN(const auto salt, this->salt(barrier::Reader(barrier)));
  Revocation revocation(*this, barrier);
  ASSIGN_OR_RETURN(const bool found, revocation.mark_spent(token));
  return found ? revocation.end_tree(salt->salted(token)) : Status();
}

Status TokenStore::revoke_orphan(barrier::Barrier& barrier, std::string_view token) const {
  ASSIGN_OR_RETURN(const auto salt, this->salt(barrier::Reader(barrier)));
  Revocation revocation(*this, barrier);
  ASSIGN_OR_RETURN(const bool found, revocation.mark_spent(token));
  if (!found) return {};
  const std::string salted = salt->salted(token);
  TRY(revocation.make_orphans(salted));
  return revocation.end({salted}, "");
}

}  // namespace bao::core
