#include "internal/raft/transport/grpc_credentials.h"

#include <functional>
#include <string>
#include <utility>

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/base/seldom.h"

namespace bao::raft {
namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider_of(const TransportCredentials& own) {
  const grpc::experimental::IdentityKeyCertPair pair{std::string(own.private_key.reveal()), own.certificate};
  return std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      std::vector<grpc::experimental::IdentityKeyCertPair>{pair});
}

// The other side has proved that it holds the certificate's key; here it is decided whether that certificate counts.
class PinnedCertificates final : public ExternalCertificateVerifier {
 public:
  PinnedCertificates(std::optional<NodeId> only, std::shared_ptr<const PeerTable> table)
      : only_(only), table_(std::move(table)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    static base::Counter& strangers = base::counter("raft.transport.strangers");
    const auto certificate = request->peer_cert();
    const auto owner = table_->owner_of({certificate.data(), certificate.size()});
    const bool counts = owner && (!only_ || *owner == *only_);
    if (!counts) {
      strangers.add();
      static base::Seldom seldom[2];
      if (const auto left_out = seldom[only_ ? 1 : 0].due())
        base::log_warn("raft", "a connection with a certificate of nobody who is expected was refused",
                       {{"direction", only_ ? "outgoing" : "incoming"}, {"others_lately", std::to_string(*left_out)}});
    }
    *status = counts ? grpc::Status::OK
                     : grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "the certificate is not a member's");
    return true;
  }
  void Cancel(TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::optional<NodeId> only_;
  const std::shared_ptr<const PeerTable> table_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> server_credentials(const TransportCredentials& own,
                                                            std::shared_ptr<const PeerTable> table) {
  grpc::experimental::TlsServerCredentialsOptions options(provider_of(own));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(
      ExternalCertificateVerifier::Create<PinnedCertificates>(std::nullopt, std::move(table)));
  options.set_check_call_host(false);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> channel_credentials(const TransportCredentials& own, NodeId peer,
                                                              std::shared_ptr<const PeerTable> table) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(provider_of(own));
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(false);  // by an authority; the verifier below decides
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<PinnedCertificates>(peer, std::move(table)));
  options.set_check_call_host(false);
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace bao::raft
