// sys/generate-root-token and decode-token: a root token by the consent of the operators (openbao-api.md 2.2).
#include <memory>
#include <optional>
#include <utility>

#include "internal/base/log.h"
#include "internal/base/mutex.h"
#include "internal/codec/encoding.h"
#include "internal/core/system/operator_shares.h"
#include "internal/core/system/paths.h"
#include "internal/core/system/raft.h"
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

// The attempt under way. Thread-safe.
class Attempt final : public Ceremony {
 public:
  struct Progress {
    std::string nonce;  // "" when there is no attempt
    size_t shares = 0;
  };
  Progress progress() const {
    base::MutexLock lock(mutex_);
    return {nonce_, shares_.size()};
  }
  base::Status begin(const Core::Parts& parts, std::string otp) {
    base::MutexLock lock(mutex_);
    TRY(check_active(parts));
    if (!nonce_.empty()) return base::invalid("root generation already in progress for this namespace");
    nonce_ = crypto::random_uuid();
    otp_ = base::SecretBytes::take(std::move(otp));
    return {};
  }
  void end() override {
    base::MutexLock lock(mutex_);
    forget();
  }
  // That one only: another may have begun.
  void end(std::string_view nonce) {
    base::MutexLock lock(mutex_);
    if (nonce == nonce_) forget();
  }

  struct Complete {
    std::vector<base::SecretBytes> shares;
    base::SecretBytes otp;
  };
  // Adds a share; when there are enough, takes them: what they turn out to be worth, the collection starts over.
  base::Result<std::optional<Complete>> add(std::string_view nonce, base::SecretBytes share, int threshold) {
    base::MutexLock lock(mutex_);
    if (nonce_.empty()) return base::internal("no root generation in progress");
    if (nonce != nonce_) {
      return base::internal("incorrect nonce supplied; nonce for this root generation operation is \"" + nonce_ + "\"");
    }
    for (const base::SecretBytes& known : shares_) {
      if (known == share) return base::internal("given key has already been provided during this generation operation");
    }
    shares_.push_back(std::move(share));
    if (shares_.size() < static_cast<size_t>(threshold)) return std::optional<Complete>();
    return std::optional<Complete>(Complete{std::exchange(shares_, {}), otp_.clone()});
  }

 private:
  void forget() REQUIRES(mutex_) {
    nonce_.clear();
    otp_ = base::SecretBytes();
    shares_.clear();
  }

  mutable base::Mutex mutex_{base::Rank::engine};
  std::string nonce_ GUARDED_BY(mutex_);
  base::SecretBytes otp_ GUARDED_BY(mutex_);
  std::vector<base::SecretBytes> shares_ GUARDED_BY(mutex_);
};

Reply status(Core::Parts& parts, const Attempt& attempt, std::string_view otp) {
  ASSIGN_OR_RETURN(const int threshold, share_threshold(parts));
  const Attempt::Progress progress = attempt.progress();
  Json data = Json::object();
  data.set("started", !progress.nonce.empty());
  data.set("complete", false);
  data.set("progress", static_cast<int64_t>(progress.shares));
  data.set("required", threshold);
  data.set("otp", otp);
  data.set("otp_length", static_cast<int64_t>(kOtpLength));
  if (!progress.nonce.empty()) {
    data.set("nonce", progress.nonce);
    data.set("pgp_fingerprint", "");
  }
  return Response::of(std::move(data));
}

Reply begin(Core::Parts& parts, Attempt& attempt, const Call& call) {
  std::string otp = call.fields.string("otp");
  if (otp.empty() && !call.fields.string("pgp_key").empty()) {
    return base::invalid("PGP keys are not available yet in this release");
  }
  const bool made_here = otp.empty();
  if (made_here) otp = crypto::random_base62(kOtpLength);
  if (otp.size() != kOtpLength) return base::invalid("OTP string has incorrect length");
  TRY(attempt.begin(parts, otp));
  base::log_info("core", "root generation initialized", {{"nonce", attempt.progress().nonce}});
  return status(parts, attempt, made_here ? otp : "");
}

base::Result<std::string> make_root_token(Core::Parts& parts) {
  std::string token;
  const auto made = parts.barrier.transact([&](barrier::Transaction& all) -> base::Status {
    TokenEntry entry;
    entry.policies = {"root"};
    entry.path = "auth/token/root";
    entry.display_name = "root";
    logical::Auth auth;
    auth.display_name = entry.display_name;
    TRY(parts.tokens.create(all, logical::root_namespace(), entry, auth));
    token = entry.id;
    return {};
  });
  if (!made.ok()) return made.error();
  return token;
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

base::Result<std::string> encoded_root_token(Core::Parts& parts, const Attempt::Complete& complete, int threshold) {
  if (const auto valid = check_shares(parts, complete.shares, threshold); !valid.ok()) {
    base::log_error("core", "root generation aborted", {{"error", valid.error().message()}});
    return base::internal("root generation aborted: " + valid.error().message());
  }
  ASSIGN_OR_RETURN(const std::string token, make_root_token(parts));
  if (token.size() != complete.otp.size()) return base::internal("the token and its one-time password differ in length");
  return unpadded_base64(exclusive_or(token, complete.otp.reveal()));
}

base::Error worded(const base::Error& error) { return base::Error(error.code(), logical::multierror(error.message())); }

Reply update(Core::Parts& parts, Attempt& attempt, const Call& call) {
  const std::string nonce = call.fields.string("nonce"), key = call.fields.string("key");
  if (nonce.empty()) return base::invalid("nonce is required");
  if (key.empty()) return base::invalid("key is required");
  auto share = read_share(key);
  if (!share.ok()) return worded(share.error());
  ASSIGN_OR_RETURN(const int threshold, share_threshold(parts));
  auto added = attempt.add(nonce, std::move(share).value(), threshold);
  if (!added.ok()) return worded(added.error());
  std::string encoded;
  if (*added) {
    auto made = encoded_root_token(parts, **added, threshold);
    if (!made.ok()) return worded(made.error());
    encoded = std::move(made).value();
    attempt.end(nonce);
    base::log_info("core", "root generation finished", {{"nonce", nonce}});
  }
  Json data = Json::object();
  data.set("started", true);
  data.set("complete", added->has_value());
  data.set("progress", *added ? threshold : static_cast<int>(attempt.progress().shares));
  data.set("required", threshold);
  data.set("nonce", nonce);
  data.set("encoded_token", encoded);
  data.set("pgp_fingerprint", "");
  return Response::of(std::move(data));
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

Path attempt_path(Core::Parts& parts, std::shared_ptr<Attempt> attempt) {
  Path path;
  path.pattern = "generate-root-token/attempt";
  path.fields = {{.name = "otp", .description = "A one-time password as long as the token; made up when absent."},
                 {.name = "pgp_key", .description = "A PGP public key to encrypt the token with."}};
  path.handlers = {
      {.operation = Operation::read,
       .effect = reads_on_leader(parts, [&parts, attempt](const Call&, const storage::ReadView&) { return status(parts, *attempt, ""); }),
       .summary = "Read the progress of the root token generation."},
      {.operation = Operation::update, .effect = Manages{[&parts, attempt](const Call& call) { return begin(parts, *attempt, call); }},
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

}  // namespace

Paths generate_root_paths(Core::Parts& parts) {
  const auto attempt = std::make_shared<Attempt>();
  parts.ceremonies.add(attempt);
  Path updating;
  updating.pattern = "generate-root-token/update";
  updating.fields = {{.name = "key", .description = "One share, in hex or base64."},
                     {.name = "nonce", .description = "The nonce of the attempt."}};
  updating.handlers = {{.operation = Operation::update,
                        .effect = Manages{[&parts, attempt](const Call& call) { return update(parts, *attempt, call); }},
                        .summary = "Give a share towards the root token generation."}};
  updating.synopsis = "Give a share towards the root token generation.";
  Path decoding;
  decoding.pattern = "decode-token";
  decoding.access = Access::unauthenticated;
  decoding.fields = {{.name = "encoded_token", .description = "The encoded token."},
                     {.name = "otp", .description = "The one-time password that hides it."}};
  decoding.handlers = {{.operation = Operation::update, .effect = Reads{decode}, .summary = "Decodes the encoded token with the otp."}};
  decoding.synopsis = "Decodes the encoded token with the otp.";
  Paths paths;
  paths.push_back(attempt_path(parts, attempt));
  paths.push_back(std::move(updating));
  paths.push_back(std::move(decoding));
  return paths;
}

}  // namespace bao::core::sys
