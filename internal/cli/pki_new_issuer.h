// Making an intermediate issuer across two mounts: `bao pki issue` and `reissue`.
#pragma once

#include <string>

#include "internal/cli/invocation.h"
#include "internal/codec/json.h"

namespace bao::cli {

struct NewIssuer {
  std::string parent;       // MOUNT/issuer/REF that signs
  std::string mount;        // where the issuer is made
  std::string name;         // "": none
  std::string key_source;   // internal, existing, kms
  codec::Json parameters;   // of the request and of the certificate
};
// A key and a request in the mount, signed by the parent, brought back with the parent's chain, and printed. Five requests and more, of
// which each may fail: what has been done by then, and how to go on or undo it, is said. Exit status.
int make_issuer(Invocation& run, Session& session, NewIssuer asked);

}  // namespace bao::cli
