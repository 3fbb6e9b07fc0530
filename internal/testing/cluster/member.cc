#include "internal/testing/cluster/member.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <utility>

#include "internal/crypto/tls.h"
#include "internal/storage/raft/proposal_payload.h"

namespace bao::testing::cluster {
namespace {

constexpr raft::GroupId kGroup{1};
constexpr const char* kVfs = "unix-excl";
constexpr const char* kClusterId = "testing";

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

base::Status begin(raft::LogStore& log, const raft::Configuration& first) {
  auto entry = std::make_shared<raft::Entry>();
  *entry = {base::Index{1}, base::Term{1}, raft::EntryKind::configuration, raft::encode(first), {}};
  entry->chain = raft::sha256_chain({}, *entry);
  const raft::LogWrite write{kGroup, {}, {}, {entry}, raft::HardState{base::Term{1}, raft::kNobody, base::Index{1}}};
  return log.write({&write, 1});
}

}  // namespace

base::Result<raft::TransportCredentials> make_credentials(const std::string& folder) {
  ASSIGN_OR_RETURN(const crypto::TlsFiles files, crypto::make_development_certificate(folder, {"127.0.0.1"}));
  raft::TransportCredentials made{text_of(files.certificate_file), base::SecretBytes(text_of(files.key_file))};
  for (const std::string& file : {files.ca_file, files.certificate_file, files.key_file}) std::filesystem::remove(file);
  return made;
}

// ---- what comes from others ----
void Member::Inbound::on_envelope(raft::Envelope envelope) {
  if (raft::Driver* driver = driver_) driver->deliver_here(std::move(envelope));
}

void Member::Inbound::on_peer_unreachable(raft::NodeId peer) {
  if (raft::Driver* driver = driver_) driver->peer_unreachable(peer);
}

base::Status Member::Inbound::serve_snapshot(raft::NodeId peer, raft::GroupId, raft::Position last, const std::string& after,
                                             const raft::TakePiece& give) {
  raft::Driver* driver = driver_;
  if (!driver) return base::Error(base::Code::unavailable, "this member has not started yet");
  return driver->serve_snapshot(peer, last, after, give);
}

// ---- life ----
base::Result<std::unique_ptr<Member>> Member::start(MemberOptions options) {
  std::unique_ptr<Member> member(new Member(std::move(options)));
  TRY(member->open());
  return member;
}

base::Status Member::open() {
  ASSIGN_OR_RETURN(state_, storage::raft::LoggedState::open(options_.folder + "/state.db", kVfs, {}));
  TRY(open_log());
  const raft::Hello self{log_->identity().cluster_id, options_.id, log_->identity().incarnation};
  ASSIGN_OR_RETURN(transport_, raft::Transport::start("127.0.0.1:0", self, options_.credentials, inbound_));
  return start_driver();
}

base::Status Member::open_log() {
  ASSIGN_OR_RETURN(log_, raft::LogStore::open(options_.folder + "/log.db", raft::sha256_chain, {kVfs}));
  if (log_->identity().node != raft::kNobody) return {};
  TRY(log_->set_identity(kClusterId, options_.id));
  return options_.first ? begin(*log_, *options_.first) : base::Status{};
}

base::Status Member::start_driver() {
  raft::DriverOptions options;
  options.core.group = kGroup;
  options.core.id = options_.id;
  options.core.seed = std::random_device{}();
  options.core.chain = raft::sha256_chain;
  options.tick = options_.tick;
  options.upkeep = options_.upkeep;
  options.trailing = options_.trailing;
  raft::Carrier carrier;
  carrier.send = [this](const raft::Envelope& envelope) { return transport_->send(envelope); };
  carrier.fetch_snapshot = [this](raft::NodeId from, raft::GroupId group, raft::Position last, const std::string& after,
                                  const raft::TakePiece& take) {
    return transport_->fetch_snapshot(from, {group, last, after}, take);
  };
  ASSIGN_OR_RETURN(driver_, raft::Driver::start(std::move(options), *log_, *state_, std::move(carrier)));
  inbound_.reach(driver_.get());
  return {};
}

Member::~Member() {
  if (driver_) driver_->stop();
  transport_.reset();
}

raft::Peer Member::as_peer() const {
  return {"127.0.0.1:" + std::to_string(transport_->port()), {options_.credentials.certificate}, log_->identity().incarnation};
}

// ---- use ----
base::Result<base::Index> Member::propose(const storage::Proposal& proposal) {
  return driver_->propose(storage::raft::encode_proposal(proposal));
}

base::Result<base::Index> Member::put(const std::string& key, const std::string& value) {
  storage::Proposal proposal;
  proposal.operations.push_back({storage::Operation::Kind::put, key, value, "", ""});
  return propose(proposal);
}

}  // namespace bao::testing::cluster
