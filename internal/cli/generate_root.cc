#include "internal/cli/generate_root.h"

#include <sys/random.h>

#include "internal/cli/columns.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_share.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/pgp_keys.h"
#include "internal/cli/wrap.h"
#include "internal/codec/encoding.h"

namespace bao::cli {
namespace {

using codec::Json;

constexpr size_t kOtpLength = 26;  // of a server that doesn't say: as long as its tokens

std::string endpoint(const Invocation& run) {
  return run.flags().boolean("recovery-token") ? "sys/generate-recovery-token/" : "sys/generate-root-token/";
}

// An attempt's state, in the order of the reference's struct.
Json state_of(const Json& data) {
  Json state = Json::record();
  state.set("nonce", Json(data["nonce"].as_string()));
  state.set("started", Json(data["started"].as_bool()));
  for (const char* name : {"progress", "required"}) state.set(name, data[name].is_number() ? data[name] : Json(0));
  state.set("complete", Json(data["complete"].as_bool()));
  for (const char* name : {"encoded_token", "encoded_root_token", "pgp_fingerprint", "otp"}) state.set(name, Json(data[name].as_string()));
  state.set("otp_length", data["otp_length"].is_number() ? data["otp_length"] : Json(0));
  return state;
}

base::Result<Json> attempt(Session& session, const std::string& method, const std::string& path, std::optional<Json> body = {}) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session.call(method, path, std::move(body)));
  ASSIGN_OR_RETURN(const std::optional<Secret> secret, parse_secret(response.body));
  return state_of(secret ? secret->data : Json());
}

int print_state(Invocation& run, const Json& state) {
  if (!run.table()) return print_data(run.ui(), state);
  std::vector<Row> rows = {{"Nonce", state["nonce"].as_string()},
                           {"Started", go_value(state["started"])},
                           {"Progress", go_value(state["progress"]) + "/" + go_value(state["required"])},
                           {"Complete", go_value(state["complete"])}};
  const auto add = [&](const char* title, const char* name) {
    const std::string& text = state[name].as_string();
    if (!text.empty()) rows.push_back({title, text});
    return !text.empty();
  };
  add("PGP Fingerprint", "pgp_fingerprint");
  if (!add("Encoded Token", "encoded_token")) add("Encoded Root Token", "encoded_root_token");
  if (add("OTP", "otp")) {
    run.ui().warn(wrap("A One-Time-Password has been generated for you and is shown in the OTP field. You will need this value to "
                       "decode the resulting root token, so keep it safe."));
  }
  if (state["otp_length"].text() != "0") rows.push_back({"OTP Length", go_value(state["otp_length"])});
  return run.succeed(align(std::move(rows)));
}

// Letters and digits, each as likely as the others.
base::Result<std::string> random_otp(size_t length) {
  static constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr unsigned kLimit = 256 / kDigits.size() * kDigits.size();
  std::string otp;
  while (otp.size() < length) {
    unsigned char byte = 0;
    if (getrandom(&byte, 1, 0) != 1) return base::internal("no random bytes to be had");
    if (byte < kLimit) otp += kDigits[byte % kDigits.size()];
  }
  return otp;
}

int generate_otp(Invocation& run, Session& session) {
  const auto state = attempt(session, "GET", endpoint(run) + "attempt");
  if (!state.ok()) return run.fail("Error getting root generation status: " + state.error().message());
  const auto length = (*state)["otp_length"].as_int();
  const auto otp = random_otp(length.ok() && *length > 0 ? static_cast<size_t>(*length) : kOtpLength);
  if (!otp.ok()) return run.fail(otp.error().message());
  if (!run.table()) {
    return print_data(run.ui(), Json::object({{"otp", Json(*otp)}, {"otp_length", Json(static_cast<int64_t>(otp->size()))}}));
  }
  run.ui().value(*otp);
  return 0;
}

int decode(Invocation& run, Session& session) {
  std::string encoded = run.flags().text("decode");
  const std::string& otp = run.flags().text("otp");
  if (otp.empty()) return run.fail(1, "Missing otp: use -otp to supply it");
  if (encoded == "-") encoded = run.no_stdin() ? "" : trimmed(read_stdin());
  if (encoded.empty()) return run.fail(1, "Missing encoded value. When using -decode=\"-\" value must be passed via stdin.");
  const auto state = attempt(session, "GET", endpoint(run) + "attempt");
  if (!state.ok()) return run.fail("Error getting root generation status: " + state.error().message());
  const auto token = decode_root_token(encoded, otp);
  if (!token.ok()) return run.fail(1, "Error decoding root token: " + token.error().message());
  if (!run.table()) return print_data(run.ui(), Json::object({{"token", Json(*token)}}));
  run.ui().value(*token);
  return 0;
}

int begin(Invocation& run, Session& session, const std::string& pgp_key) {
  const std::string& otp = run.flags().text("otp");
  if (!otp.empty() && !pgp_key.empty()) return run.fail(1, "Error initializing: cannot specify both -otp and -pgp-key");
  const auto state = attempt(session, "PUT", endpoint(run) + "attempt", Json::object({{"otp", Json(otp)}, {"pgp_key", Json(pgp_key)}}));
  if (!state.ok()) return run.fail("Error initializing root generation: " + state.error().message());
  return print_state(run, *state);
}

int give_share(Invocation& run, Session& session) {
  const auto state = attempt(session, "GET", endpoint(run) + "attempt");
  if (!state.ok()) return run.fail("Error getting root generation status: " + state.error().message());
  if (!(*state)["started"].as_bool()) {
    run.fail(wrap("No root generation is in progress. Start a root generation by running \"bao operator generate-root -init\"."));
    run.ui().warn(wrap("If starting root generation using the OTP method and generating your own OTP, the length of the OTP string "
                       "needs to be " + go_value((*state)["otp_length"]) + " characters in length."));
    return 1;
  }
  const auto share = take_key_share(run, (*state)["nonce"].as_string(), "Operation nonce", "Unseal");
  if (!share) return 1;
  const auto updated = attempt(session, "PUT", endpoint(run) + "update",
                               Json::object({{"key", Json(share->key)}, {"nonce", Json(share->nonce)}}));
  if (!updated.ok()) return run.fail("Error posting unseal key: " + updated.error().message());
  return print_state(run, *updated);
}

}  // namespace

base::Result<std::string> decode_root_token(std::string_view encoded, std::string_view otp) {
  std::string padded(encoded);
  while (padded.size() % 4 != 0) padded += '=';
  auto bytes = codec::from_base64(padded);
  if (!bytes.ok()) return base::invalid("error decoding base64'd token: " + bytes.error().message());
  if (bytes->size() != otp.size()) {
    return base::invalid("error xoring token: length of byte slices is not equivalent: " + std::to_string(bytes->size()) +
                         " != " + std::to_string(otp.size()));
  }
  for (size_t i = 0; i < otp.size(); ++i) (*bytes)[i] = static_cast<char>((*bytes)[i] ^ otp[i]);
  return bytes;
}

int generate_root(Invocation& run) {
  const FlagValues& flags = run.flags();
  const auto pgp_key = pgp_key_of(flags, "pgp-key");
  if (!pgp_key.ok()) return run.fail(1, pgp_key.error().message());
  if (!run.takes(0, 1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  if (flags.boolean("generate-otp")) return generate_otp(run, *session);
  if (!flags.text("decode").empty()) return decode(run, *session);
  if (flags.boolean("cancel")) {
    const auto response = session->call("DELETE", endpoint(run) + "attempt");
    if (!response.ok()) return run.fail("Error canceling root token generation: " + response.error().message());
    return run.succeed("Success! Root token generation canceled (if it was started)");
  }
  if (flags.boolean("init")) return begin(run, *session, *pgp_key);
  if (!flags.boolean("status")) return give_share(run, *session);
  const auto state = attempt(*session, "GET", endpoint(run) + "attempt");
  if (!state.ok()) return run.fail("Error getting root generation status: " + state.error().message());
  return print_state(run, *state);
}

}  // namespace bao::cli
