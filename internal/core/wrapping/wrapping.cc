// What is kept: two entries in the cubbyhole of the wrapping token, `response` and `wrapinfo` (openbao-storage.md 8.5).
#include "internal/core/wrapping/wrapping.h"

#include "internal/codec/encoding.h"
#include "internal/core/wrapping/jwt.h"
#include "internal/logical/render.h"

namespace bao::core {
namespace {

using base::Duration;
using base::Result;
using base::Status;
using codec::Json;
using logical::Reply;
using logical::Response;

constexpr std::string_view kPolicy = "response-wrapping";
constexpr char kNothingFound[] = "no information found; wrapping token may be from a previous OpenBao version";
constexpr std::string_view kRawMembers[] = {"http_status_code", "http_content_type", "http_raw_body"};

constexpr std::string_view kNoAddress =
    "No redirect address set in Vault so none could be encoded in the token. You may need to supply Vault's API address "
    "when unwrapping the token.";

bool is_signed(const logical::Request& request) { return request.wrap_format == "jwt"; }
bool is_wrapping_token(const TokenEntry& entry) { return entry.policies.size() == 1 && entry.policies[0] == kPolicy; }
base::Error not_valid() { return base::invalid("wrapping token is not valid or does not exist"); }

// Raw answers are kept as members of data, the others as their envelope, in which data stands once.
std::string text_of(const Response& response, std::string_view request_id) {
  std::string text;
  if (response.raw) {
    Response kept = Response::of(Json::object({{"http_status_code", response.raw->status},
                                               {"http_content_type", response.raw->content_type},
                                               {"http_raw_body", codec::to_base64(response.raw->body)}}));
    text = logical::render(kept, request_id);
  } else {
    Response kept = response;
    kept.spread_data = false;
    text = logical::render(kept, request_id);
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// An accessor inside the answer, so that it can be looked at without unwrapping.
std::string accessor_inside(const Response& response, const MountTable& mounts, std::string_view path) {
  if (response.auth) return response.auth->accessor;
  const Json* found = response.data && response.data->is_object() ? response.data->find("secret_id_accessor") : nullptr;
  if (found == nullptr) return "";
  const auto router = mounts.router();
  const auto* mount = router == nullptr ? nullptr : router->find(path);
  return mount != nullptr && (*mount)->entry.type == "approle" ? found->as_string() : "";
}

// Seconds as Go prints a float: "300", "1.5".
Json seconds_of(int64_t nanoseconds) {
  constexpr int64_t kSecond = 1'000'000'000;
  if (nanoseconds % kSecond == 0) return nanoseconds / kSecond;
  std::string fraction = std::to_string(kSecond + nanoseconds % kSecond).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return Json::number(std::to_string(nanoseconds / kSecond) + "." + fraction);
}

// One of the two entries; null when it isn't there.
Result<Json> kept(const storage::ReadView& all, const std::string& cubbyhole, std::string_view name) {
  ASSIGN_OR_RETURN(const auto stored, all.get(cubbyhole + std::string(name)));
  if (cubbyhole.empty() || !stored) return Json();
  return codec::parse_json(*stored);
}

Reply unwrapped(const std::string& text) {
  logical::RawBody body;
  ASSIGN_OR_RETURN(const Json document, codec::parse_json(text));
  const Json& data = document["data"];
  bool is_raw = false;
  if (data.is_object()) {
    for (const auto member : kRawMembers) is_raw = is_raw || !data[member].is_null();
  }
  if (!is_raw) {
    body.body = text;
  } else {
    if (const auto status = data["http_status_code"].as_int(); status.ok()) body.status = static_cast<int>(*status);
    body.content_type = data["http_content_type"].as_string();
    const std::string& kept_body = data["http_raw_body"].as_string();
    const auto decoded = codec::from_base64(kept_body);
    body.body = decoded.ok() ? *decoded : kept_body;
  }
  Response response;
  response.raw = std::move(body);
  return response;
}

}  // namespace

// What is kept and handed on.
struct Wrapping::Content {
  std::string text;
  std::string creation_path;
  std::string wrapped_accessor;
  std::string login_accessor;  // of a wrapped token
  Duration ttl{0};
};

Result<bool> Wrapping::valid(const storage::ReadView& all, std::string_view token) const {
  ASSIGN_OR_RETURN(const auto entry, tokens_.read(all, token, TokenStore::Spent::absent));
  return entry && is_wrapping_token(*entry);
}

Reply Wrapping::wrap(storage::WriteView& all, const logical::Request& request, const Response& response, Duration ttl,
                     std::string_view creation_path) const {
  // Unwrapping must not turn out to give nothing.
  const bool lists = request.operation == logical::Operation::list;
  if (lists && response.lists_nothing()) return base::Error(base::Code::absent, "unsupported path");
  Content content;
  if (is_signed(request) && api_address_.empty()) {
    Response warning = response;
    warning.warnings.emplace_back(kNoAddress);
    content.text = text_of(warning, request.id);
  } else {
    content.text = text_of(response, request.id);
  }
  if (response.auth) content.login_accessor = response.auth->accessor;
  content.creation_path = creation_path.empty() ? request.path : std::string(creation_path);
  content.wrapped_accessor = accessor_inside(response, mounts_, request.path);
  content.ttl = ttl;
  return keep(all, request, content);
}

Reply Wrapping::keep(storage::WriteView& all, const logical::Request& request, const Content& content) const {
  const base::Time now = clock_.now();
  TokenEntry entry;
  entry.path = request.path;
  entry.policies = {std::string(kPolicy)};
  entry.creation_time = base::unix_seconds(now);
  entry.ttl = entry.explicit_max_ttl = content.ttl;
  entry.num_uses = 1;
  logical::Auth auth;
  TRY(tokens_.create(all, *request.ns, entry, auth));
  ASSIGN_OR_RETURN(const std::string cubbyhole, tokens_.cubbyhole_prefix(all, entry));
  if (cubbyhole.empty()) return base::internal("response wrapping: no cubbyhole is mounted");
  TRY(all.put(cubbyhole + "response", codec::write_json(Json::object({{"response", content.text}}))));
  TRY(all.put(cubbyhole + "wrapinfo",
              codec::write_json(Json::object({{"creation_ttl", static_cast<int64_t>(content.ttl.count())},
                                              {"creation_time", base::format_rfc3339(now)},
                                              {"creation_path", content.creation_path}}))));
  std::string token = entry.id;
  if (is_signed(request)) {
    ASSIGN_OR_RETURN(token, signed_wrapping_token(all, {entry.id, content.login_accessor, api_address_, now, content.ttl}));
  }
  Response out;
  out.wrap = logical::WrapInfo{std::move(token), entry.accessor, content.ttl, now, content.creation_path, content.wrapped_accessor};
  return out;
}

Result<TokenEntry> Wrapping::entry_of(const storage::ReadView& all, std::string_view token) const {
  // The request may have taken the token's only use already, in this transaction.
  ASSIGN_OR_RETURN(auto entry, tokens_.read(all, token, TokenStore::Spent::included));
  if (!entry || !is_wrapping_token(*entry)) return not_valid();
  return std::move(*entry);
}

// Reads the kept answer, uses the token up, and empties its cubbyhole: what is read once is gone.
Result<std::string> Wrapping::take(storage::WriteView& all, const TokenEntry& entry) const {
  ASSIGN_OR_RETURN(const std::string cubbyhole, tokens_.cubbyhole_prefix(all, entry));
  ASSIGN_OR_RETURN(const Json document, kept(all, cubbyhole, "response"));
  if (document.is_null()) return base::internal(logical::multierror(kNothingFound));
  if (entry.num_uses > 0) {
    ASSIGN_OR_RETURN(const auto used, tokens_.use(all, entry));
    if (used == nullptr) return not_valid();
  }
  TRY(all.remove(cubbyhole + "response"));
  TRY(all.remove(cubbyhole + "wrapinfo"));
  if (!document["response"].is_string()) return base::internal(logical::multierror("no response found inside the cubbyhole"));
  return document["response"].as_string();
}

Reply Wrapping::unwrap(storage::WriteView& all, std::string_view token) const {
  ASSIGN_OR_RETURN(const TokenEntry entry, entry_of(all, token));
  ASSIGN_OR_RETURN(const std::string text, take(all, entry));
  if (text.empty()) return Response::none();
  return unwrapped(text);
}

Reply Wrapping::lookup(const storage::ReadView& all, std::string_view token) const {
  ASSIGN_OR_RETURN(const TokenEntry entry, entry_of(all, token));
  ASSIGN_OR_RETURN(const std::string cubbyhole, tokens_.cubbyhole_prefix(all, entry));
  ASSIGN_OR_RETURN(const Json info, kept(all, cubbyhole, "wrapinfo"));
  if (!info.is_object()) return base::invalid(kNothingFound);
  Json data = Json::object();
  if (const auto ttl = info["creation_ttl"].as_int(); ttl.ok()) data.set("creation_ttl", seconds_of(*ttl));
  if (!info["creation_time"].is_null()) data.set("creation_time", info["creation_time"]);
  if (!info["creation_path"].is_null()) data.set("creation_path", info["creation_path"]);
  return Response::of(std::move(data));
}

Reply Wrapping::rewrap(storage::WriteView& all, const logical::Request& request, std::string_view token) const {
  ASSIGN_OR_RETURN(const TokenEntry entry, entry_of(all, token));
  ASSIGN_OR_RETURN(const std::string cubbyhole, tokens_.cubbyhole_prefix(all, entry));
  ASSIGN_OR_RETURN(const Json info, kept(all, cubbyhole, "wrapinfo"));
  if (!info.is_object()) return base::invalid(kNothingFound);
  const auto ttl = info["creation_ttl"].as_int();
  if (!ttl.ok() || info["creation_path"].is_null()) {
    return base::internal(logical::multierror("creation_ttl value in wrapping information was nil"));
  }
  Content content;
  ASSIGN_OR_RETURN(content.text, take(all, entry));
  content.creation_path = info["creation_path"].as_string();
  content.ttl = Duration(*ttl);
  return keep(all, request, content);
}

}  // namespace bao::core
