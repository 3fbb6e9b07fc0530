#include "internal/auth/userpass/password.h"

#include "internal/crypto/bcrypt.h"

namespace bao::auth::userpass {
namespace {

constexpr int kCostMin = 5, kCostMax = 12;

base::Result<std::string> check_hash(const std::string& hash) {
  const auto cost = crypto::bcrypt_cost(hash);
  if (!cost) return base::invalid("password_hash is not a valid bcrypt hash");
  const std::string context = "bcrypt cost of " + std::to_string(*cost);
  if (*cost < kCostMin) return base::invalid(context + " is too low, want " + std::to_string(kCostMin) + " at minimum");
  if (*cost > kCostMax) return base::invalid(context + " exceeds maximum cost of " + std::to_string(kCostMax));
  return hash;
}

// What this thread hashed last, and for which request.
struct Made {
  std::string request_id, hash;
};

}  // namespace

base::Status check_password_fields(const logical::Call& call) {
  const bool has_password = !call.fields.string("password").empty(), has_hash = !call.fields.string("password_hash").empty();
  if (has_password && has_hash) return base::invalid("only one of password or password_hash may be provided");
  if (!has_password && !has_hash) return base::invalid("must provide either password or password_hash");
  return {};
}

base::Result<std::string> hash_to_keep(const logical::Call& call) {
  TRY(check_password_fields(call));
  const std::string password = call.fields.string("password");
  if (password.empty()) return check_hash(call.fields.string("password_hash"));
  thread_local Made made;
  const std::string& id = call.request.id;
  if (!id.empty() && made.request_id == id) return made.hash;
  auto hash = crypto::bcrypt_hash(password);
  if (!hash.ok() && hash.error().code() == base::Code::invalid) return base::internal(logical::multierror(hash.error().words()));
  if (hash.ok()) made = {id, *hash};
  return hash;
}

}  // namespace bao::auth::userpass
