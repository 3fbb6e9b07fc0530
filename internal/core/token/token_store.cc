// Finding tokens: through the cache for every request, past it for handlers that decide by what their transaction sees.
#include "internal/core/token/token_store.h"

#include "internal/base/secret.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::core {
namespace {

using base::Result;
using base::Status;
using base::Time;

constexpr std::string_view kSaltKey = "sys/token/salt";
constexpr std::string_view kIdPrefix = "sys/token/id/";
constexpr std::string_view kAccessorPrefix = "sys/token/accessor/";
constexpr std::string_view kLeasePrefix = "sys/expire/id/";

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  for (const auto prefix : prefixes) {
    if (text.starts_with(prefix)) return true;
  }
  return false;
}

// Entries hold the token in clear: wiped when the last user lets go of them.
std::shared_ptr<const TokenEntry> share(TokenEntry entry) {
  return {new TokenEntry(std::move(entry)), [](const TokenEntry* done) {
            auto* owned = const_cast<TokenEntry*>(done);
            base::wipe(owned->id);
            base::wipe(owned->parent);
            delete owned;
          }};
}

Time end_of_batch(const TokenEntry& entry) { return Time(std::chrono::seconds(entry.creation_time)) + entry.ttl; }

// What a cache may keep: not what an uncommitted transaction made.
bool cacheable(const storage::ReadView& all) {
  const auto* transaction = dynamic_cast<const barrier::Transaction*>(&all);
  return transaction == nullptr || !transaction->writes();
}

}  // namespace

LeaseGlance glance_at(const Lease& lease) {
  return {lease.issue_time, lease.expire_time, lease.last_renewal_time, lease.renewable()};
}

bool is_batch_token(std::string_view token) { return starts_with_any(token, {"b.", "hvb."}); }
bool is_service_token(std::string_view token) { return starts_with_any(token, {"s.", "hvs."}); }

TokenStore::TokenStore(const barrier::Barrier& barrier, const Expiration& expiration, const base::Clock& clock)
    : barrier_(barrier), expiration_(expiration), clock_(clock) {}
TokenStore::~TokenStore() = default;

void TokenStore::set_cubbyhole_mount(std::function<std::string()> uuid) { cubbyhole_mount_ = std::move(uuid); }

void TokenStore::set_lease_listener(std::function<void()> listener) { lease_listener_ = std::move(listener); }

Status TokenStore::initialize(storage::WriteView& all) {
  ASSIGN_OR_RETURN(auto text, all.get(kSaltKey));
  if (!text) {
    text = crypto::random_uuid();
    TRY(all.put(kSaltKey, *text));
  }
  salt_.set(std::make_shared<const TokenSalt>(*text));
  return {};
}

Status TokenStore::load(const storage::ReadView& all) {
  salt_.set(nullptr);
  if (const auto found = salt(all); !found.ok()) return found.error();
  return {};
}

void TokenStore::invalidate_all(base::Index index) {
  salt_changed_at_.store(index.value);
  salt_.set(nullptr);
  cache_.clear(index);
}

void TokenStore::unload() {
  salt_.set(nullptr);
  cache_.clear({});
}

Result<std::shared_ptr<const TokenSalt>> TokenStore::salt(const storage::ReadView& all) const {
  if (auto known = salt_.get(); known != nullptr) return known;
  ASSIGN_OR_RETURN(const auto text, all.get(kSaltKey));
  if (!text) return base::Error(base::Code::unavailable, "token store: there is no salt");
  auto made = std::make_shared<const TokenSalt>(*text);
  // Whoever read it before it changed keeps it for himself, also when it changes between the look and the keeping.
  const auto current = [&] { return salt_changed_at_.load() <= all.index().value; };
  if (cacheable(all) && current()) {
    salt_.set(made);
    if (!current()) salt_.set(nullptr);
  }
  return made;
}

std::string TokenStore::cubbyhole_owner(const TokenSalt& salt, const TokenEntry& entry) const {
  if (entry.type == TokenType::batch) return "";
  if (is_service_token(entry.id)) return entry.cubbyhole_id;
  const std::string uuid = cubbyhole_mount_ ? cubbyhole_mount_() : "";
  return uuid.empty() ? "" : codec::to_hex(crypto::sha1(uuid + salt.salted(entry.id)));
}

Result<std::string> TokenStore::cubbyhole_prefix(const storage::ReadView& all, const TokenEntry& entry) const {
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  const std::string owner = cubbyhole_owner(*salt, entry);
  const std::string uuid = cubbyhole_mount_ ? cubbyhole_mount_() : "";
  if (owner.empty() || uuid.empty()) return std::string();
  return "logical/" + uuid + "/" + owner + "/";
}

Result<std::optional<TokenEntry>> TokenStore::stored(const storage::ReadView& all, std::string_view salted) const {
  ASSIGN_OR_RETURN(const auto text, all.get(std::string(kIdPrefix) + std::string(salted)));
  if (!text) return Entry();
  ASSIGN_OR_RETURN(TokenEntry entry, parse_token_entry(*text));
  return Entry(std::move(entry));
}

Result<std::optional<TokenEntry>> TokenStore::open_batch(const storage::ReadView& all, std::string_view token) const {
  std::string_view body = token.substr(token.find('.') + 1);
  body = body.substr(0, body.find('.'));
  const auto envelope = codec::from_base64url(body);
  if (!envelope.ok()) return Entry();
  const auto payload = barrier_.decrypt("", *envelope);
  if (!payload.ok()) {
    if (payload.error().code() == base::Code::sealed) return payload.error();
    return Entry();
  }
  auto entry = parse_batch_payload(*payload);
  if (!entry.ok() || end_of_batch(*entry) < clock_.now()) return Entry();
  entry->id = token;
  ASSIGN_OR_RETURN(const bool lives, parent_lives(all, *entry));
  return lives ? Entry(std::move(*entry)) : Entry();
}

Result<bool> TokenStore::parent_lives(const storage::ReadView& all, const TokenEntry& entry) const {
  if (entry.type != TokenType::batch || entry.parent.empty()) return true;
  ASSIGN_OR_RETURN(const auto parent, lookup(all, entry.parent));
  return parent != nullptr;
}

Result<std::string> TokenStore::lease_id_of(const storage::ReadView& all, const TokenEntry& entry) const {
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  return join_path(entry.path, salt->salted(entry.id));
}

Result<std::optional<Lease>> TokenStore::lease_of(const storage::ReadView& all, const TokenEntry& entry) const {
  if (entry.type == TokenType::batch) {
    Lease lease;
    lease.token_type = static_cast<int>(TokenType::batch);
    lease.issue_time = Time(std::chrono::seconds(entry.creation_time));
    lease.expire_time = end_of_batch(entry);
    return std::optional<Lease>(std::move(lease));
  }
  ASSIGN_OR_RETURN(const std::string id, lease_id_of(all, entry));
  return expiration_.get(all, logical::root_namespace(), id);
}

// A root token needs no lease; any other service token ends with its lease.
Result<std::optional<TokenStore::Leased>> TokenStore::read_with_lease(const storage::ReadView& all, std::string_view token,
                                                                      Spent spent) const {
  using Found = std::optional<Leased>;
  if (token.empty()) return Found();
  Entry entry;
  if (is_batch_token(token)) {
    ASSIGN_OR_RETURN(entry, open_batch(all, token));
  } else {
    ASSIGN_OR_RETURN(const auto salt, this->salt(all));
    ASSIGN_OR_RETURN(entry, stored(all, salt->salted(token)));
  }
  if (!entry || (entry->num_uses < 0 && spent == Spent::absent)) return Found();
  ASSIGN_OR_RETURN(auto lease, lease_of(all, *entry));
  if (!entry->is_root()) {
    if (!lease) return Found();
    if (lease->expire_time < clock_.now() && spent == Spent::absent) return Found();
  }
  return Found(Leased{std::move(*entry), std::move(lease)});
}

Result<std::optional<TokenEntry>> TokenStore::read(const storage::ReadView& all, std::string_view token, Spent spent) const {
  ASSIGN_OR_RETURN(auto found, read_with_lease(all, token, spent));
  return found ? Entry(std::move(found->entry)) : Entry();
}

Result<std::shared_ptr<const CachedToken>> TokenStore::fill(const storage::ReadView& all, std::string_view token) const {
  using Found = std::shared_ptr<const CachedToken>;
  ASSIGN_OR_RETURN(auto found, read_with_lease(all, token, Spent::absent));
  if (!found) return Found();
  CachedToken cached;
  cached.read_at = all.index();
  if (found->lease && found->lease->expire_time != base::kZeroTime) cached.expires = found->lease->expire_time;
  if (found->entry.type != TokenType::batch) {
    ASSIGN_OR_RETURN(const auto salt, this->salt(all));
    cached.mark = TokenCache::mark_of(salt->salted(token));
    found->entry.cubbyhole_id = cubbyhole_owner(*salt, found->entry);
  }
  if (found->lease) cached.lease = glance_at(*found->lease);
  cached.entry = share(std::move(found->entry));
  if (cacheable(all)) cache_.put(cached);
  return Found(std::make_shared<const CachedToken>(std::move(cached)));
}

Result<TokenStore::Audited> TokenStore::audit(const storage::ReadView& all, uint64_t number) const {
  Audited audited{cache_.sample(number)};
  // A batch token is its own storage; who looks one up judges its time and its parent.
  if (audited.token == nullptr || audited.token->entry->type == TokenType::batch) return Audited();
  const TokenEntry& entry = *audited.token->entry;
  ASSIGN_OR_RETURN(auto found, read_with_lease(all, entry.id, Spent::included));
  if (!found) {
    audited.same = false;
    return audited;
  }
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  found->entry.cubbyhole_id = cubbyhole_owner(*salt, found->entry);
  const auto expires = found->lease && found->lease->expire_time != base::kZeroTime ? found->lease->expire_time : Time::max();
  std::string stored = serialize_token_entry(found->entry), kept = serialize_token_entry(entry);
  audited.same = base::equal_in_constant_time(stored, kept) && expires == audited.token->expires;
  base::wipe(stored);
  base::wipe(kept);
  return audited;
}

bool TokenStore::keeps(const CachedToken& token) const {
  const auto kept = cache_.find(token.entry->id);
  return kept != nullptr && kept->entry == token.entry;
}

// nullptr also when it is there but past its time, or its parent's.
Result<std::shared_ptr<const CachedToken>> TokenStore::cached(const storage::ReadView& all, std::string_view token) const {
  using Found = std::shared_ptr<const CachedToken>;
  if (token.empty()) return Found();
  Found known = cache_.find(token);
  return known == nullptr ? fill(all, token) : if_living(all, std::move(known));
}

Result<std::shared_ptr<const CachedToken>> TokenStore::if_living(const storage::ReadView& all,
                                                                 std::shared_ptr<const CachedToken> known) const {
  using Found = std::shared_ptr<const CachedToken>;
  if (known->expires < clock_.now()) return Found();
  ASSIGN_OR_RETURN(const bool lives, parent_lives(all, *known->entry));
  return lives ? std::move(known) : Found();
}

Result<std::shared_ptr<const TokenEntry>> TokenStore::lookup(const storage::ReadView& all, std::string_view token) const {
  ASSIGN_OR_RETURN(const auto found, cached(all, token));
  return found == nullptr ? nullptr : found->entry;
}

Result<std::shared_ptr<const CachedToken>> TokenStore::lookup_with_lease(const storage::ReadView& all, std::string_view token) const {
  using Found = std::shared_ptr<const CachedToken>;
  // Never fills: a handler's view may be over a transaction that wrote, which can't be told from here.
  Found known = cache_.find(token);
  return known == nullptr ? Found() : if_living(all, std::move(known));
}

Result<AccessorEntry> TokenStore::by_accessor(const storage::ReadView& all, std::string_view accessor) const {
  ASSIGN_OR_RETURN(const auto salt, this->salt(all));
  ASSIGN_OR_RETURN(const auto text, all.get(std::string(kAccessorPrefix) + salt->salted(accessor)));
  if (!text) return AccessorEntry();
  const auto document = codec::parse_json(*text);
  // Very old releases wrote the token alone.
  if (!document.ok() || !document->is_object()) return AccessorEntry{*text, std::string(accessor)};
  return AccessorEntry{(*document)["token_id"].as_string(), (*document)["accessor_id"].as_string()};
}

Result<std::string> TokenStore::id_of_accessor(const storage::ReadView& all, std::string_view accessor) const {
  ASSIGN_OR_RETURN(AccessorEntry entry, by_accessor(all, accessor));
  return std::move(entry.token_id);
}

Result<std::vector<std::string>> TokenStore::accessors(const storage::ReadView& all, const logical::Namespace& ns) const {
  const std::string prefix = ns.storage_prefix + std::string(kAccessorPrefix);
  ASSIGN_OR_RETURN(const auto names, all.list(prefix));
  std::vector<std::string> out;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const auto text, all.get(prefix + name));
    if (!text) continue;
    const auto document = codec::parse_json(*text);
    if (!document.ok() || !document->is_object()) continue;
    if (const std::string& accessor = (*document)["accessor_id"].as_string(); !accessor.empty()) out.push_back(accessor);
  }
  return out;
}

void TokenStore::invalidate(std::string_view key, base::Index index) {
  if (key == kSaltKey) {
    invalidate_all(index);
  } else if (key.starts_with(kIdPrefix)) {
    cache_.changed(key.substr(kIdPrefix.size()), index);
  } else if (key.starts_with(kLeasePrefix)) {
    // The lease of a token ends in its salted id.
    cache_.changed(key.substr(key.rfind('/') + 1), index);
    if (lease_listener_) lease_listener_();
  }
}

}  // namespace bao::core
