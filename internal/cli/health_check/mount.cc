#include "internal/cli/health_check/mount.h"

#include "internal/crypto/x509/pem.h"

namespace bao::cli::health {
namespace {

using codec::Json;
namespace x509 = crypto::x509;

// Refusals by the words of the server, which answers them with different statuses.
std::optional<Answer::State> refusal(const std::string& error) {
  const auto says = [&error](const char* words) { return error.find(words) != std::string::npos; };
  if (says("permission denied")) return Answer::State::denied;
  if (says("unsupported path")) return Answer::State::unsupported;
  if (says("unable to find")) return Answer::State::absent;
  return std::nullopt;
}

}  // namespace

std::vector<std::string> keys_of(const Answer& answer) {
  std::vector<std::string> keys;
  for (const Json& key : answer.data["keys"].items()) keys.push_back(key.as_string());
  return keys;
}

base::Result<Answer> Mount::ask(const std::string& path, bool list) {
  const auto [at, is_new] = answers_.try_emplace({path, list});
  if (!is_new) return at->second;
  auto asked = list ? source_.list(path) : source_.read(path);
  if (asked.ok()) {
    if (*asked) at->second = {.state = Answer::State::given, .data = std::move(**asked)};
    return at->second;
  }
  if (const auto state = refusal(asked.error().message())) {
    at->second.state = *state;
    return at->second;
  }
  answers_.erase(at);
  return asked.error();
}

base::Result<std::vector<IssuerOfMount>> Mount::issuers() {
  ASSIGN_OR_RETURN(const Answer listed, list("issuers"));
  if (listed.state == Answer::State::absent) return base::invalid("this mount lacks any configured issuers, limiting health check usefulness");
  std::vector<IssuerOfMount> out;
  for (const std::string& id : keys_of(listed)) {
    ASSIGN_OR_RETURN(auto read, certificate("issuer/" + id + "/json"));
    if (read) out.push_back({id, std::move(*read)});
  }
  return out;
}

base::Result<std::optional<x509::Certificate>> Mount::certificate(const std::string& relative) {
  ASSIGN_OR_RETURN(const Answer answer, read(relative));
  if (!answer.given()) return std::optional<x509::Certificate>();
  auto parsed = x509::parse_certificate_pem(answer.data["certificate"].as_string());
  if (!parsed.ok()) return parsed.error().within("unable to parse the certificate at " + endpoint(relative));
  return std::optional(std::move(*parsed));
}

base::Result<std::optional<x509::Crl>> Mount::revocation_list(const std::string& issuer, bool delta) {
  const std::string relative = "issuer/" + issuer + (delta ? "/crl/delta" : "/crl");
  ASSIGN_OR_RETURN(const Answer answer, read(relative));
  if (!answer.given()) return std::optional<x509::Crl>();
  const auto block = x509::parse_pem(answer.data["crl"].as_string());
  if (!block.ok()) return block.error().within("unable to parse the list at " + endpoint(relative));
  auto parsed = x509::parse_crl(block->der.reveal());
  if (!parsed.ok()) return parsed.error().within("unable to parse the list at " + endpoint(relative));
  return std::optional(std::move(*parsed));
}

}  // namespace bao::cli::health
