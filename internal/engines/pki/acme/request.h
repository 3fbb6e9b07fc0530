// A request of an ACME client: what it is checked for before its endpoint sees it, and how answers leave.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "internal/engines/pki/acme/account.h"
#include "internal/engines/pki/acme/acme.h"
#include "internal/engines/pki/acme/directory.h"
#include "internal/engines/pki/acme/jws.h"

namespace bao::engines::pki::acme {

// What every request has: ACME is open, and its directory leads somewhere.
struct Context {
  const logical::Call& call;
  const Mount& mount;
  Config config;
  Directory directory;
  std::shared_ptr<const Issuing> issuing;
};

// What was signed and by whom.
struct Message {
  Jwk key;
  std::optional<Account> account;      // whose key it is; nothing where the key itself was sent
  std::optional<codec::Json> payload;  // nothing: POST-as-GET
};

struct Answer {
  codec::Json body = codec::Json::object();
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string content_type = "application/json";
  std::string text{};  // in place of `body`
};

using GetEndpoint = Outcome<logical::Response> (*)(Acme&, const Context&, const storage::ReadView&);
using PostEndpoint = Outcome<Answer> (*)(Acme&, const Context&, const Message&, storage::WriteView&);
// Who may sign: anyone, the holder of an account, or one whose account is in force.
enum class Signer : uint8_t { anyone, valid_account };

std::vector<logical::Path> get_paths(Acme& acme, const std::string& endpoint, GetEndpoint run, bool with_head);
std::vector<logical::Path> post_paths(Acme& acme, const std::string& endpoint, Signer signer, PostEndpoint run);

// Failures: external_account_required, unauthorized.
Outcome<> check_in_force(const Config& config, const Account& account);

// An account as its holder sees it.
Answer shown_account(const Context& context, const Account& account);
// "Link" to the directory.
std::pair<std::string, std::string> index_link(const Directory& directory);

}  // namespace bao::engines::pki::acme
