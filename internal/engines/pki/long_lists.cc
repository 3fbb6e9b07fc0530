#include "internal/engines/pki/long_lists.h"

#include <algorithm>
#include <chrono>

#include "internal/engines/pki/crl_build.h"

namespace bao::engines::pki {
namespace {

using logical::Backend;
using storage::WriteView;

constexpr std::chrono::milliseconds kTurn{100};  // steps are begun until then
constexpr int64_t kPage = 1000, kPagesOfStep = 5;
constexpr int64_t kPartsOfStep = 4;  // of a megabyte
constexpr std::chrono::seconds kBetweenBuilds{60};

using Entries = std::vector<std::pair<std::string, RevokedEntry>>;

// The next entries after `after`; true: there are no more.
base::Result<bool> read_entries(const WriteView& view, std::string& after, Entries& entries) {
  for (int64_t page = 0; page < kPagesOfStep; ++page) {
    ASSIGN_OR_RETURN(const auto names, view.list("revoked/", after, kPage));
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(auto entry, read_revoked(view, name));
      if (entry) entries.emplace_back(name, std::move(*entry));
    }
    if (!names.empty()) after = names.back();
    if (static_cast<int64_t>(names.size()) < kPage) return true;
  }
  return false;
}

// Whether nobody else made lists since, or changed whose they are.
bool is_as_it_was(const CrlMap& then, const CrlMap& now) { return then.next_number == now.next_number && then.list_of_issuer == now.list_of_issuer; }

}  // namespace

void LongLists::invalidate(std::string_view key) {
  if (key.empty() || key == kCrlMap) is_pending_ = true;
}

base::Status LongLists::work(base::Time now, const Backend::Transact& transact) {
  if (is_stale_.exchange(false)) build_.reset();
  if (!build_) return now < next_build_ || !is_pending_.exchange(false) ? base::Status() : begin(transact);
  const auto end = std::chrono::steady_clock::now() + kTurn;
  base::Status done;
  while (done.ok() && build_ && std::chrono::steady_clock::now() < end) done = step(*build_, now, transact);
  if (done.ok() && build_) return {};
  build_.reset();
  next_build_ = now + kBetweenBuilds;
  if (!done.ok()) is_pending_ = true;
  return done;
}

base::Status LongLists::begin(const Backend::Transact& transact) {
  Build build;
  TRY(transact([&](WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(build.map, read_crl_map(view));
    if (build.map.unfinished == 0) return {};
    build.next = build.map;
    ASSIGN_OR_RETURN(build.config, read_crl_config(view));
    ASSIGN_OR_RETURN(build.revokers, revokers_.all(view));
    build.groups = grouped(*build.revokers, build.next);
    ASSIGN_OR_RETURN(build.notes, delta_notes(view));
    return {};
  }));
  if (build.map.unfinished != 0) build_ = std::move(build);
  return {};
}

base::Status LongLists::step(Build& build, base::Time now, const Backend::Transact& transact) {
  if (!build.is_collected) return collect(build, transact);
  if (!build.is_signed) return sign(build, now, transact);
  if (build.list < build.lists.size()) return store(build, transact);
  if (!build.is_adopted) return adopt(build, now, transact);
  return remove_notes(build, transact);
}

base::Status LongLists::collect(Build& build, const Backend::Transact& transact) {
  Entries entries;
  std::string after;
  bool is_last = false;
  TRY(transact([&](WriteView& view) -> base::Status {
    entries.clear();
    after = build.after;
    ASSIGN_OR_RETURN(is_last, read_entries(view, after, entries));
    return {};
  }));
  Assignment assignment(build.groups);
  for (const auto& [name, entry] : entries) TRY(assignment.add(name, entry));
  build.after = std::move(after);
  build.is_collected = is_last;
  return {};
}

base::Status LongLists::sign(Build& build, base::Time now, const Backend::Transact& transact) {
  TRY(transact([&](WriteView& view) { return collect_issuers(*build.revokers, build.groups, view); }));
  for (Group& group : build.groups) {
    for (const CrlKind kind : {CrlKind::complete, CrlKind::delta}) {
      ASSIGN_OR_RETURN(NumberedCrl crl, next_list(build.next, build.config, group, kind, now));
      group.revoked = {};  // the delta list that stands on the complete one is empty
      build.lists.push_back(std::move(crl));
    }
  }
  build.is_signed = true;
  return {};
}

// Of lists of one part there is nothing to do: they are put when all are put in force.
base::Status LongLists::store(Build& build, const Backend::Transact& transact) {
  const NumberedCrl& crl = build.lists[build.list];
  const int64_t end = crl.part_count() == 1 ? 0 : std::min(crl.part_count(), build.part + kPartsOfStep);
  const base::Status done = transact([&](WriteView& view) -> base::Status {
    for (int64_t part = build.part; part < end; ++part) TRY(put_crl_part(view, crl, part));
    return {};
  });
  TRY(done);
  build.part = end;
  if (crl.part_count() > 1 && end < crl.part_count()) return {};
  ++build.list;
  build.part = 0;
  return {};
}

base::Status LongLists::adopt(Build& build, base::Time now, const Backend::Transact& transact) {
  bool is_outdated = false;
  const base::Status done = transact([&](WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(const CrlMap stored, read_crl_map(view));
    ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
    is_outdated = config.disable || !is_as_it_was(build.map, stored);
    if (is_outdated) return {};
    CrlMap next = build.next;
    for (const NumberedCrl& crl : build.lists) TRY(adopt_crl(view, next, crl));
    TRY(drop_orphans(view, *build.revokers, next));
    next.unfinished = stored.unfinished == build.map.unfinished ? 0 : stored.unfinished;
    next.last_modified = next.delta_last_modified = now;
    return put_crl_map(view, next);
  });
  TRY(done);
  if (is_outdated) {
    is_pending_ = true;
    build_.reset();
    return {};
  }
  build.is_adopted = true;
  return {};
}

base::Status LongLists::remove_notes(Build& build, const Backend::Transact& transact) {
  const size_t left = build.notes.size() - std::min<size_t>(build.notes.size(), kPage);
  const base::Status done = transact([&](WriteView& view) -> base::Status {
    for (size_t i = left; i < build.notes.size(); ++i) TRY(view.remove(build.notes[i]));
    return {};
  });
  TRY(done);
  build.notes.resize(left);
  if (left == 0) build_.reset();
  return {};
}

}  // namespace bao::engines::pki
