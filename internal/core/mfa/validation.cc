#include "internal/core/mfa/validation.h"

#include <chrono>

#include "internal/core/mfa/totp_secret.h"

namespace bao::core::mfa {
namespace {

using base::Status;

constexpr const char* kIncorrect = "MFA credentials not supplied or incorrect";

// One answer for whatever is wrong with a passcode: which it was, is not for who guesses (HCSEC-2025-19).
Status check_passcode(storage::WriteView& all, const Method& method, const Secret& secret, const Claimant& claimant,
                      const std::string& passcode, Attempts& attempts, base::Time now) {
  if (passcode.size() != static_cast<size_t>(secret.settings.digits) || passcode.find_first_not_of("0123456789") != std::string::npos) {
    return base::invalid(kIncorrect);
  }
  const auto period = std::chrono::seconds(secret.settings.period_seconds);
  const uint32_t at_most = method.totp->max_validation_attempts;
  if (!attempts.count(method.id, claimant.entity_id, at_most, period, now)) {
    return base::invalid("maximum TOTP validation attempts exceeded the allowed attempts " + std::to_string(at_most) +
                         ". Please try again in " + std::to_string(secret.settings.period_seconds) + " seconds");
  }
  ASSIGN_OR_RETURN(const bool taken, take_passcode(all, secret.settings, method.id, claimant.entity_id, passcode, now));
  if (!taken) return base::invalid(kIncorrect);
  attempts.forget(method.id, claimant.entity_id);
  return {};
}

Status satisfy_method(storage::WriteView& all, const Method& method, const Claimant& claimant, const std::vector<std::string>& values,
                      Attempts& attempts, base::Time now) {
  auto passcode = passcode_of(values);
  if (!passcode.ok()) return base::invalid("failed to parse MFA factor, " + passcode.error().message());
  if (!method.totp) return base::invalid("MFA methods of type " + method.type + " cannot be asked by this server yet");
  const auto kept = claimant.secrets.find(method.id);
  if (kept == claimant.secrets.end()) {
    return base::invalid("MFA secret for method name \"" + method.name + "\" not present in entity \"" + claimant.entity_id + "\"");
  }
  ASSIGN_OR_RETURN(const Secret secret, parse_secret(kept->second));
  return check_passcode(all, method, secret, claimant, *passcode, attempts, now);
}

const std::vector<std::string>* supplied_for(const Credentials& credentials, const Method& method) {
  auto found = credentials.find(method.id);
  if (found == credentials.end() && !method.name.empty()) found = credentials.find(method.name);
  return found == credentials.end() ? nullptr : &found->second;
}

std::string failures(const std::vector<std::string>& texts) {
  std::string out = std::to_string(texts.size()) + (texts.size() == 1 ? " error occurred:" : " errors occurred:");
  for (const std::string& text : texts) out += "\n\t* " + text;
  return out + "\n\n";
}

std::string no_method_of(const Enforcement& enforcement) {
  std::string ids;
  for (const std::string& id : enforcement.method_ids) ids += (ids.empty() ? "" : " ") + id;
  return "login MFA validation failed for methodID: [" + ids + "]";
}

}  // namespace

Status satisfy(storage::WriteView& all, const RuleSet& rules, const Enforcement& enforcement, const Claimant& claimant,
               const Credentials& credentials, Attempts& attempts, base::Time now) {
  std::vector<std::string> failed;
  for (const std::string& id : enforcement.method_ids) {
    const Method* method = rules.method(id);
    const auto* values = method == nullptr ? nullptr : supplied_for(credentials, *method);
    if (values == nullptr) continue;
    const Status satisfied = satisfy_method(all, *method, claimant, *values, attempts, now);
    if (satisfied.ok() || satisfied.error().code() != base::Code::invalid) return satisfied;
    failed.push_back(satisfied.error().message());
  }
  failed.push_back(no_method_of(enforcement));
  return base::invalid(failures(failed));
}

}  // namespace bao::core::mfa
