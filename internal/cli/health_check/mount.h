// A PKI mount as checks see it: every path is asked for once, certificates are parsed. Used by one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/cli/health_check/finding.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/certificate.h"
#include "internal/crypto/x509/crl.h"

namespace bao::cli::health {

// The server, as far as checks need it.
class Source {
 public:
  virtual ~Source() = default;
  // The data of an answer; nothing where there is none. Errors: with the server's words in them.
  virtual base::Result<std::optional<codec::Json>> read(const std::string& path) = 0;
  virtual base::Result<std::optional<codec::Json>> list(const std::string& path) = 0;
  // Whether a directory of ACME answers there; the certificate of the server doesn't matter. Errors: unavailable.
  virtual base::Status find_acme_directory(const std::string& url) = 0;
  virtual bool has_token() const = 0;
};

struct Answer {
  enum class State : uint8_t { given, denied, unsupported, absent };
  State state = State::absent;
  codec::Json data{};  // null unless given
  bool given() const { return state == State::given; }
  bool denied() const { return state == State::denied; }
};

struct IssuerOfMount {
  std::string id;
  crypto::x509::Certificate certificate;
  bool is_root() const { return certificate.self_issued() && crypto::x509::is_signed_by(certificate, certificate.public_key); }
};

class Mount {
 public:
  Mount(Source& source, std::string path, base::Time now) : source_(source), path_(std::move(path)), now_(now) {}

  // "/pki/certs" of "certs".
  std::string endpoint(const std::string& relative) const { return "/" + path_ + "/" + relative; }
  std::string tune_endpoint() const { return "/sys/mounts/" + path_ + "/tune"; }
  const std::string& path() const { return path_; }
  base::Time now() const { return now_; }
  Source& source() { return source_; }

  // Errors: what is neither an answer nor one of the refusals that Answer tells of.
  base::Result<Answer> read(const std::string& relative) { return ask(path_ + "/" + relative, /*list=*/false); }
  base::Result<Answer> list(const std::string& relative) { return ask(path_ + "/" + relative, /*list=*/true); }
  base::Result<Answer> tune() { return ask("sys/mounts/" + path_ + "/tune", /*list=*/false); }

  // The issuers whose certificates the token may read. Errors: also a mount without issuers, and certificates that are none.
  base::Result<std::vector<IssuerOfMount>> issuers();
  base::Result<std::optional<crypto::x509::Certificate>> certificate(const std::string& relative);
  // `delta`: the delta list. Nothing: none is there, or it may not be read.
  base::Result<std::optional<crypto::x509::Crl>> revocation_list(const std::string& issuer, bool delta);

  // That the endpoint could not be read: in the words for a token that may not, or for none at all, and then what comes of it.
  Finding lacking(const std::string& endpoint, const std::string& with_token, const std::string& without_token, const std::string& so) const {
    return {Status::insufficient_permissions, endpoint, (source_.has_token() ? with_token : without_token) + so};
  }

 private:
  base::Result<Answer> ask(const std::string& path, bool list);

  Source& source_;
  const std::string path_;
  const base::Time now_;
  std::map<std::pair<std::string, bool>, Answer> answers_;
};

// The texts in `data.keys`.
std::vector<std::string> keys_of(const Answer& answer);

}  // namespace bao::cli::health
