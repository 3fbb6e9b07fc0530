#include "internal/cli/invocation.h"
#include "internal/cli/operator_init.h"
#include "internal/cli/output.h"
#include "internal/cli/pgp_keys.h"
#include "internal/cli/wrap.h"

namespace bao::cli {
namespace {

using codec::Json;

constexpr int64_t kKeyShares = 5, kKeyThreshold = 3;

struct Shares {
  int64_t key_shares, key_threshold, recovery_shares, recovery_threshold;
};

// A Shamir seal knows no recovery key, and cannot do without shares.
Shares shares_of(const FlagValues& flags, bool recovery_seal) {
  Shares shares{flags.integer("key-shares"), flags.integer("key-threshold"), flags.integer("recovery-shares"),
                flags.integer("recovery-threshold")};
  if (recovery_seal) return shares;
  if (shares.key_shares == 0) shares.key_shares = kKeyShares;
  if (shares.key_threshold == 0) shares.key_threshold = kKeyThreshold;
  shares.recovery_shares = shares.recovery_threshold = 0;
  return shares;
}

Json strings_or_null(const std::vector<std::string>& items) { return items.empty() ? Json() : Json::strings(items); }

struct Holders {
  std::vector<std::string> keys, recovery_keys;  // PGP keys, as the API takes them
  std::string root_token_key;
};

base::Result<Holders> holders_of(const FlagValues& flags) {
  Holders holders;
  ASSIGN_OR_RETURN(holders.keys, pgp_keys_of(flags, "pgp-keys"));
  ASSIGN_OR_RETURN(holders.recovery_keys, pgp_keys_of(flags, "recovery-pgp-keys"));
  ASSIGN_OR_RETURN(holders.root_token_key, pgp_key_of(flags, "root-token-pgp-key"));
  return holders;
}

Json body_of(const Shares& shares, const Holders& holders) {
  return Json::record({{"secret_shares", Json(shares.key_shares)},
                       {"secret_threshold", Json(shares.key_threshold)},
                       {"pgp_keys", strings_or_null(holders.keys)},
                       {"recovery_shares", Json(shares.recovery_shares)},
                       {"recovery_threshold", Json(shares.recovery_threshold)},
                       {"recovery_pgp_keys", strings_or_null(holders.recovery_keys)},
                       {"root_token_pgp_key", Json(holders.root_token_key)}});
}

Json list_or_null(const Json& list) { return list.is_array() && !list.empty() ? list : Json(); }

Json document(const Json& answer, const Shares& shares) {
  const bool kept = answer["keys"].empty();  // by the seal: one share that nobody sees
  return Json::record({{"unseal_keys_b64", kept ? Json::array() : answer["keys_base64"]},
                       {"unseal_keys_hex", kept ? Json::array() : answer["keys"]},
                       {"unseal_shares", kept ? Json(1) : Json(shares.key_shares)},
                       {"unseal_threshold", kept ? Json(1) : Json(shares.key_threshold)},
                       {"recovery_keys_b64", list_or_null(answer["recovery_keys_base64"])},
                       {"recovery_keys_hex", list_or_null(answer["recovery_keys"])},
                       {"recovery_keys_shares", Json(shares.recovery_shares)},
                       {"recovery_keys_threshold", Json(shares.recovery_threshold)},
                       {"root_token", answer["root_token"]}});
}

void print_keys(Ui& ui, const std::string& title, const Json& hex, const Json& base64) {
  const Json& shown = base64.size() == hex.size() ? base64 : hex;
  size_t number = 0;
  for (const Json& key : shown.items()) ui.output(title + " " + std::to_string(++number) + ": " + key.as_string());
}

void print_advice(Ui& ui, const Shares& shares) {
  const std::string threshold = std::to_string(shares.key_threshold);
  ui.output("");
  ui.output(wrap("Vault initialized with " + std::to_string(shares.key_shares) + " key shares and a key threshold of " + threshold +
                 ". Please securely distribute the key shares printed above. When the Vault is re-sealed, restarted, or stopped, "
                 "you must supply at least " + threshold + " of these keys to unseal it before it can start servicing requests."));
  ui.output("");
  ui.output(wrap("Vault does not store the generated root key. Without at least " + threshold +
                 " keys to reconstruct the root key, Vault will remain permanently sealed!"));
  ui.output("");
  ui.output(wrap("It is possible to generate new unseal keys, provided you have a quorum of existing unseal keys shares. See "
                 "\"bao operator rotate-keys\" for more information."));
}

int print_initialised(Invocation& run, const Json& answer, const Shares& shares) {
  if (!run.table()) return print_data(run.ui(), document(answer, shares));
  Ui& ui = run.ui();
  print_keys(ui, "Unseal Key", answer["keys"], answer["keys_base64"]);
  print_keys(ui, "Recovery Key", answer["recovery_keys"], answer["recovery_keys_base64"]);
  ui.output("\nInitial Root Token: " + answer["root_token"].as_string());
  if (answer["keys"].size() > 0) {
    print_advice(ui, shares);
  } else {
    ui.output("\nSuccess! Vault is initialized");
  }
  if (answer["recovery_keys"].size() > 0) {
    ui.output("");
    ui.output(wrap("Recovery key initialized with " + std::to_string(shares.recovery_shares) + " key shares and a key threshold of " +
                   std::to_string(shares.recovery_threshold) + ". Please securely distribute the key shares printed above."));
  }
  return 0;
}

int print_status(Invocation& run, Session& session) {
  constexpr int kNotInitialised = 2;
  const auto response = session.call("GET", "sys/init");
  if (!response.ok()) return run.fail(1, "Error checking init status: " + response.error().message());
  const auto json = codec::parse_json(response->body);
  const bool initialised = json.ok() && (*json)["initialized"].as_bool();
  if (run.table()) {
    run.ui().output(initialised ? "Vault is initialized" : "Vault is not initialized");
  } else {
    print_data(run.ui(), Json::record({{"Initialized", Json(initialised)}}));
  }
  return initialised ? 0 : kNotInitialised;
}

base::Result<bool> has_recovery_seal(Session& session) {
  const Session::Preflight preflight(session);
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call("GET", "sys/seal-status"));
  ASSIGN_OR_RETURN(const Json status, codec::parse_json(response.body));
  return status["recovery_seal"].as_bool();
}

}  // namespace

int operator_init(Invocation& run) {
  const auto holders = holders_of(run.flags());
  if (!holders.ok()) return run.fail(1, holders.error().message());
  if (!run.takes(0)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto recovery_seal = has_recovery_seal(*session);
  if (!recovery_seal.ok()) return run.fail(recovery_seal.error().message());
  if (run.flags().boolean("status")) return print_status(run, *session);
  const Shares shares = shares_of(run.flags(), *recovery_seal);
  const auto response = session->call("PUT", "sys/init", body_of(shares, *holders));
  if (!response.ok()) return run.fail("Error initializing: " + response.error().message());
  const auto answer = codec::parse_json(response->body, {}, codec::Trailing::tolerate_json);
  if (!answer.ok()) return run.fail("Error initializing: " + answer.error().message());
  return print_initialised(run, *answer, shares);
}

}  // namespace bao::cli
