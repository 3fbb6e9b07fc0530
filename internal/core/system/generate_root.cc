// sys/generate-root-token, generate-root and decode-token: a root token by the consent of the operators (openbao-api.md 2.2).
#include <memory>
#include <optional>
#include <utility>

#include "internal/barrier/seal/encrypted_shares.h"
#include "internal/base/log.h"
#include "internal/codec/encoding.h"
#include "internal/core/system/operator_shares.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/raft.h"
#include "internal/core/system/root_attempt.h"
#include "internal/crypto/hash.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Access;
using logical::Call;
using logical::Manages;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

constexpr size_t kOtpLength = 26;  // "s." and 24 characters: as long as the token it hides

// How the answers of the two APIs look: sys/generate-root-token asks for a token; the older sys/generate-root takes shares alone.
using Shown = Reply (*)(base::Result<Json> data);

base::Result<Json> status(Core::Parts& parts, const RootAttempt& attempt, std::string_view otp) {
  ASSIGN_OR_RETURN(const int threshold, share_threshold(parts));
  const RootAttempt::Progress progress = attempt.progress();
  Json data = Json::object();
  data.set("started", !progress.nonce.empty());
  data.set("complete", false);
  data.set("progress", static_cast<int64_t>(progress.shares));
  data.set("required", threshold);
  data.set("otp", otp);
  data.set("otp_length", static_cast<int64_t>(kOtpLength));
  if (!progress.nonce.empty()) {
    data.set("nonce", progress.nonce);
    data.set("pgp_fingerprint", progress.fingerprint);
  }
  return data;
}

// Of both the one-time password counts.
base::Result<Recipient> read_recipient(const std::string& otp, const std::string& pgp_key) {
  Recipient recipient;
  if (!otp.empty()) {
    if (otp.size() != kOtpLength) return base::invalid("OTP string has incorrect length");
    recipient.otp = base::SecretBytes(otp);
    return recipient;
  }
  auto key = seal::read_pgp_key(pgp_key);
  if (!key.ok()) return base::invalid("error parsing PGP key: " + key.error().message());
  recipient.pgp_key = std::move(key).value();
  return recipient;
}

base::Result<Json> begin(Core::Parts& parts, RootAttempt& attempt, const Call& call) {
  std::string otp = call.fields.string("otp");
  const std::string pgp_key = call.fields.string("pgp_key");
  const bool made_here = otp.empty() && pgp_key.empty();
  if (made_here) otp = crypto::random_base62(kOtpLength);
  ASSIGN_OR_RETURN(Recipient recipient, read_recipient(otp, pgp_key));
  TRY(attempt.begin(parts, std::move(recipient)));
  base::log_info("core", "root generation initialized", {{"nonce", attempt.progress().nonce}});
  return status(parts, attempt, made_here ? otp : "");
}

base::Result<std::string> make_root_token(Core::Parts& parts, barrier::Transaction& all) {
  TokenEntry entry;
  entry.policies = {"root"};
  entry.path = "auth/token/root";
  entry.display_name = "root";
  logical::Auth auth;
  auth.display_name = entry.display_name;
  TRY(parts.tokens.create(all, logical::root_namespace(), entry, auth));
  return entry.id;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  std::string out(a);
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
  return out;
}

// Go's RawStdEncoding: base64 without padding.
std::string unpadded_base64(std::string_view bytes) {
  std::string text = codec::to_base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

base::Result<std::string> encoded_for(const Recipient& recipient, const std::string& token) {
  if (recipient.pgp_key) {
    ASSIGN_OR_RETURN(const std::string message, recipient.pgp_key->encrypt(token));
    return codec::to_base64(message);
  }
  if (token.size() != recipient.otp.size()) return base::internal("the token and its one-time password differ in length");
  return unpadded_base64(exclusive_or(token, recipient.otp.reveal()));
}

base::Result<std::string> encoded_root_token(Core::Parts& parts, const RootAttempt::Complete& complete, int threshold) {
  if (const auto valid = check_shares(parts, complete.shares, threshold); !valid.ok()) {
    base::log_error("core", "root generation aborted", {{"error", valid.error().message()}});
    return base::internal("root generation aborted: " + valid.error().message());
  }
  std::string encoded;
  const auto made = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    ASSIGN_OR_RETURN(const std::string token, make_root_token(parts, all));
    ASSIGN_OR_RETURN(encoded, encoded_for(complete.recipient, token));  // a token that nobody can read isn't made
    return {};
  });
  if (!made.ok()) return made.error();
  return encoded;
}

base::Result<Json> add_share(Core::Parts& parts, RootAttempt& attempt, const std::string& nonce, base::SecretBytes share) {
  ASSIGN_OR_RETURN(const int threshold, share_threshold(parts));
  ASSIGN_OR_RETURN(const auto complete, attempt.add(nonce, std::move(share), threshold));
  const RootAttempt::Progress progress = attempt.progress();
  std::string encoded;
  if (complete) {
    ASSIGN_OR_RETURN(encoded, encoded_root_token(parts, *complete, threshold));
    attempt.end(nonce);
    base::log_info("core", "root generation finished", {{"nonce", nonce}});
  }
  Json data = Json::object();
  data.set("started", true);
  data.set("complete", complete.has_value());
  data.set("progress", complete ? threshold : static_cast<int>(progress.shares));
  data.set("required", threshold);
  data.set("nonce", nonce);
  data.set("encoded_token", encoded);
  data.set("pgp_fingerprint", complete ? complete->recipient.fingerprint() : progress.fingerprint);
  return data;
}

base::Error worded(const base::Error& error) { return base::Error(error.code(), logical::multierror(error.words())); }

// Refusals of this API are faults, but for what is missing.
Reply update(Core::Parts& parts, RootAttempt& attempt, const Call& call) {
  const std::string nonce = call.fields.string("nonce"), key = call.fields.string("key");
  if (nonce.empty()) return base::invalid("nonce is required");
  if (key.empty()) return base::invalid("key is required");
  auto share = read_share(key);
  if (!share.ok()) return worded(share.error());
  auto data = add_share(parts, attempt, nonce, std::move(share).value());
  if (!data.ok()) return worded(data.error());
  return Response::of(std::move(data).value());
}

Reply in_envelope(base::Result<Json> data) {
  if (!data.ok()) return data.error();
  return Response::of(std::move(data).value());
}

// ---- without a token: bare JSON in the order of the reference's struct, and every refusal is the client's fault

Json text_of(const Json& data, const char* name) { return Json(data[name].as_string()); }

Reply bare(base::Result<Json> data) {
  if (!data.ok()) return data.error();
  Json record = Json::record({{"nonce", text_of(*data, "nonce")},
                              {"started", (*data)["started"]},
                              {"progress", (*data)["progress"]},
                              {"required", (*data)["required"]},
                              {"complete", (*data)["complete"]},
                              {"encoded_token", text_of(*data, "encoded_token")},
                              {"encoded_root_token", text_of(*data, "encoded_token")},
                              {"pgp_fingerprint", text_of(*data, "pgp_fingerprint")},
                              {"otp", text_of(*data, "otp")},
                              {"otp_length", (*data)["otp_length"].is_null() ? Json(0) : (*data)["otp_length"]}});
  Response response;
  response.raw = logical::RawBody{200, "application/json", codec::write_json(record) + "\n"};
  return response;
}

Reply update_without_token(Core::Parts& parts, RootAttempt& attempt, const Call& call) {
  const std::string key = call.fields.string("key");
  if (key.empty()) return base::invalid("'key' must be specified in request body as JSON");
  auto share = read_share(key);
  auto data = share.ok() ? add_share(parts, attempt, call.fields.string("nonce"), std::move(share).value()) : base::Result<Json>(share.error());
  if (!data.ok() && data.error().code() == base::Code::internal) return base::invalid(data.error().message());
  return bare(std::move(data));
}

Reply decode(const Call& call, const storage::ReadView&) {
  std::string encoded = call.fields.string("encoded_token");
  const std::string otp = call.fields.string("otp");
  if (encoded.empty() || otp.empty()) return base::invalid("provided 'encoded_token' or 'otp' is empty");
  while (encoded.size() % 4 != 0 && encoded.size() % 4 != 1) encoded += '=';
  const auto bytes = codec::from_base64(encoded);
  if (!bytes.ok()) return base::invalid("error decoding base64'd token: " + bytes.error().message());
  if (bytes->size() != otp.size()) {
    return base::invalid("error xoring token: length of byte slices is not equivalent: " +
                         std::to_string(bytes->size()) + " != " + std::to_string(otp.size()));
  }
  Json data = Json::object();
  data.set("token", exclusive_or(*bytes, otp));
  return Response::of(std::move(data));
}

Path attempt_path(Core::Parts& parts, const std::shared_ptr<RootAttempt>& attempt, std::string pattern, Access access, Shown shown) {
  Path path;
  path.pattern = std::move(pattern);
  path.access = access;
  path.fields = {{.name = "otp", .description = "A one-time password as long as the token; made up when absent."},
                 {.name = "pgp_key", .description = "A PGP public key to encrypt the token with."}};
  path.handlers = {
      {.operation = Operation::read,
       .effect = reads_on_leader(parts, [&parts, attempt, shown](const Call&, const storage::ReadView&) { return shown(status(parts, *attempt, "")); }),
       .summary = "Read the progress of the root token generation."},
      {.operation = Operation::update,
       .effect = Manages{[&parts, attempt, shown](const Call& call) { return shown(begin(parts, *attempt, call)); }},
       .summary = "Start a root token generation."},
      {.operation = Operation::remove,
       .effect = Manages{[attempt](const Call&) -> Reply {
         attempt->end();
         return Response::none();
       }},
       .summary = "Cancel the root token generation."}};
  path.synopsis = "Reads status, initializes, or cancels a root token generation process.";
  return path;
}

using Update = Reply (*)(Core::Parts&, RootAttempt&, const Call&);

Path update_path(Core::Parts& parts, const std::shared_ptr<RootAttempt>& attempt, std::string pattern, Access access, Update run) {
  Path path;
  path.pattern = std::move(pattern);
  path.access = access;
  path.fields = {{.name = "key", .description = "One share, in hex or base64."},
                 {.name = "nonce", .description = "The nonce of the attempt."}};
  path.handlers = {{.operation = Operation::update,
                    .effect = Manages{[&parts, attempt, run](const Call& call) { return run(parts, *attempt, call); }},
                    .summary = "Give a share towards the root token generation."}};
  path.synopsis = "Give a share towards the root token generation.";
  return path;
}

Path decode_path() {
  Path path;
  path.pattern = "decode-token";
  path.access = Access::unauthenticated;
  path.fields = {{.name = "encoded_token", .description = "The encoded token."},
                 {.name = "otp", .description = "The one-time password that hides it."}};
  path.handlers = {{.operation = Operation::update, .effect = Reads{decode}, .summary = "Decodes the encoded token with the otp."}};
  path.synopsis = "Decodes the encoded token with the otp.";
  return path;
}

}  // namespace

// Both APIs share one attempt. A listener has to say that it takes the one without a token (http/node_endpoints).
Paths generate_root_paths(Core::Parts& parts) {
  const auto attempt = std::make_shared<RootAttempt>();
  parts.ceremonies.add(attempt);
  Paths paths;
  paths.push_back(attempt_path(parts, attempt, "generate-root-token/attempt", Access::token, in_envelope));
  paths.push_back(update_path(parts, attempt, "generate-root-token/update", Access::token, update));
  paths.push_back(attempt_path(parts, attempt, "generate-root/attempt", Access::unauthenticated, bare));
  paths.push_back(update_path(parts, attempt, "generate-root/update", Access::unauthenticated, update_without_token));
  paths.push_back(decode_path());
  return paths;
}

}  // namespace bao::core::sys
