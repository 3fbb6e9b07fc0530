#include "internal/core/ha/join_protocol.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "internal/base/limits.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::core {
namespace {

using base::SecretBytes;
using codec::Json;

constexpr size_t kNonceBytes = 16, kExpiryBytes = 8, kMacBytes = 32;
constexpr size_t kTicketBytes = kNonceBytes + kExpiryBytes;
constexpr size_t kMembersMax = 1024;

std::string big_endian(uint64_t number) {
  std::string bytes(kExpiryBytes, '\0');
  for (size_t i = kExpiryBytes; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

int64_t expiry_of(std::string_view ticket) {
  uint64_t number = 0;
  for (const char c : ticket.substr(kNonceBytes)) number = number << 8 | static_cast<unsigned char>(c);
  return static_cast<int64_t>(number);
}

// Each use of a secret says what for, so that no text of one is a text of another.
std::string mac(const SecretBytes& secret, std::string_view purpose, std::string_view text) {
  return crypto::hmac_sha256(secret.reveal(), std::string(purpose) + '\0' + std::string(text));
}

std::string text_of(const Applicant& applicant) { return codec::write_json(answer_body(applicant, "")); }

base::Result<uint64_t> parse_id(const std::string& text) {
  uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id == 0) return base::invalid("not the id of a member");
  return id;
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// "host:port", "[::1]:8201".
bool is_host_and_port(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos || colon == 0 || text.size() > base::kMemberAddressBytesMax || text.find_first_of("/ @?#") != text.npos) return false;
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0 && is_printable(text);
}

bool is_url(std::string_view text) {
  return text.size() <= base::kMemberAddressBytesMax && (text.starts_with("http://") || text.starts_with("https://")) && is_printable(text) &&
         text.find(' ') == text.npos;
}

bool is_certificate(std::string_view text) {
  return text.size() <= base::kMemberCertificateBytesMax && text.starts_with("-----BEGIN CERTIFICATE-----\n") &&
         text.find("\n-----END CERTIFICATE-----") != text.npos;
}

}  // namespace

base::Status check_member(const MemberRecord& record) {
  if (record.name.empty()) return base::invalid("no server_id provided");
  if (record.name.size() > base::kServerIdBytesMax) return base::invalid("server id exceeds max length");
  if (!is_printable(record.name)) return base::invalid("server_id holds control characters");
  if (record.cluster_address.empty()) return base::invalid("no cluster_addr provided");
  if (!is_host_and_port(record.cluster_address)) return base::invalid("cluster_addr is not host:port");
  if (!record.api_address.empty() && !is_url(record.api_address)) return base::invalid("api_addr is not a URL");
  if (record.host_name.size() > base::kMemberSayingBytesMax || !is_printable(record.host_name)) return base::invalid("host_name is no name of a host");
  if (record.version.size() > base::kMemberSayingBytesMax || !is_printable(record.version)) return base::invalid("version is not a version");
  if (!is_certificate(record.certificate)) return base::invalid("certificate is not a certificate in PEM");
  for (const std::string& other : {record.next_certificate, record.old_certificate})
    if (!other.empty() && !is_certificate(other)) return base::invalid("certificate is not a certificate in PEM");
  return {};
}

namespace {

// What a member need not say, and older ones don't.
void add_sayings(Json& json, const MemberRecord& record) {
  if (!record.host_name.empty()) json.set("host_name", record.host_name);
  if (!record.version.empty()) json.set("version", record.version);
  if (!record.next_certificate.empty()) json.set("next_certificate", record.next_certificate);
  if (!record.old_certificate.empty()) json.set("old_certificate", record.old_certificate);
}

Json peer_json(const MemberRecord& record) {
  Json peer = Json::record({{"id", record.name},
                            {"address", record.cluster_address},
                            {"member", std::to_string(record.id)},
                            {"api_addr", record.api_address},
                            {"certificate", record.certificate}});
  add_sayings(peer, record);
  return peer;
}

base::Result<MemberRecord> parse_peer(const Json& peer) {
  MemberRecord record;
  record.name = peer["id"].as_string();
  record.cluster_address = peer["address"].as_string();
  record.api_address = peer["api_addr"].as_string();
  record.certificate = peer["certificate"].as_string();
  record.host_name = peer["host_name"].as_string();
  record.version = peer["version"].as_string();
  record.next_certificate = peer["next_certificate"].as_string();
  record.old_certificate = peer["old_certificate"].as_string();
  ASSIGN_OR_RETURN(record.id, parse_id(peer["member"].as_string()));
  TRY(check_member(record));
  return record;
}

std::string text_of(const Invitation& invitation) {
  Json peers = Json::array();
  for (const MemberRecord& member : invitation.members) peers.push_back(peer_json(member));
  return codec::write_json(Json::array({invitation.cluster_id, std::move(peers)}));
}

}  // namespace

// ---- the leader's side

JoinChallenges::JoinChallenges() : key_(SecretBytes::take(crypto::random_bytes(kMacBytes))) {}

SecretBytes JoinChallenges::secret_of(std::string_view ticket, std::string_view server_id) const {
  return SecretBytes::take(mac(key_, "challenge", std::string(ticket) + std::string(server_id)));
}

SecretBytes JoinChallenges::issue(std::string_view server_id, base::Time now) const {
  const std::string ticket = crypto::random_nonce(kNonceBytes) + big_endian(static_cast<uint64_t>(base::unix_seconds(now + kChallengeLife)));
  return SecretBytes::take(ticket + std::string(secret_of(ticket, server_id).reveal()));
}

base::Result<SecretBytes> JoinChallenges::check(std::string_view answer, const Applicant& applicant, base::Time now) const {
  const auto wrong = [] { return base::invalid("invalid answer given"); };
  if (answer.size() != kTicketBytes + kMacBytes) return wrong();
  const std::string_view ticket = answer.substr(0, kTicketBytes);
  SecretBytes secret = secret_of(ticket, applicant.record.name);
  if (!base::equal_in_constant_time(answer.substr(kTicketBytes), mac(secret, "answer", text_of(applicant)))) return wrong();
  // Only now: the expiry of a ticket that isn't ours means nothing.
  if (base::unix_seconds(now) > expiry_of(ticket)) return base::invalid("invalid answer given: the challenge is too old");
  return secret;
}

// ---- the joiner's side

base::Result<OpenedChallenge> OpenedChallenge::parse(SecretBytes opened) {
  if (opened.size() != kTicketBytes + kMacBytes) return base::invalid("the challenge is not one of this kind of server");
  OpenedChallenge challenge;
  challenge.ticket_ = opened.reveal().substr(0, kTicketBytes);
  challenge.secret_ = SecretBytes(opened.reveal().substr(kTicketBytes));
  return challenge;
}

std::string OpenedChallenge::answer(const Applicant& applicant) const { return ticket_ + mac(secret_, "answer", text_of(applicant)); }

// ---- what is sent

Json answer_body(const Applicant& applicant, const std::string& answer) {
  Json body = Json::record({{"server_id", applicant.record.name},
                            {"answer", codec::to_base64(answer)},
                            {"cluster_addr", applicant.record.cluster_address},
                            {"non_voter", applicant.non_voter},
                            {"member", std::to_string(applicant.record.id)},
                            {"api_addr", applicant.record.api_address},
                            {"certificate", applicant.record.certificate}});
  add_sayings(body, applicant.record);
  return body;
}

base::Result<Applicant> parse_applicant(const Json& body) {
  Applicant applicant;
  applicant.record.name = body["server_id"].as_string();
  applicant.record.cluster_address = body["cluster_addr"].as_string();
  applicant.record.api_address = body["api_addr"].as_string();
  applicant.record.certificate = body["certificate"].as_string();
  applicant.record.host_name = body["host_name"].as_string();
  applicant.record.version = body["version"].as_string();
  applicant.non_voter = body["non_voter"].as_bool();
  TRY(check_member(applicant.record));
  ASSIGN_OR_RETURN(applicant.record.id, parse_id(body["member"].as_string()));
  return applicant;
}

Json invitation_data(const Invitation& invitation, const SecretBytes& secret) {
  Json peers = Json::array();
  for (const MemberRecord& member : invitation.members) peers.push_back(peer_json(member));
  return Json::object({{"cluster_id", invitation.cluster_id},
                       {"peers", std::move(peers)},
                       {"proof", codec::to_base64(mac(secret, "invitation", text_of(invitation)))}});
}

base::Result<Invitation> parse_invitation(const Json& data, const SecretBytes& secret) {
  Invitation invitation;
  invitation.cluster_id = data["cluster_id"].as_string();
  if (data["peers"].size() > kMembersMax) return base::invalid("the invitation has too many members");
  for (const Json& peer : data["peers"].items()) {
    ASSIGN_OR_RETURN(MemberRecord member, parse_peer(peer));
    invitation.members.push_back(std::move(member));
  }
  ASSIGN_OR_RETURN(const std::string proof, codec::from_base64(data["proof"].as_string()));
  if (!base::equal_in_constant_time(proof, mac(secret, "invitation", text_of(invitation)))) {
    return base::invalid("the invitation is not of who asked: its proof is wrong");
  }
  return invitation;
}

Json member_address_data(const MemberRecord& record) {
  return Json::object({{"server_id", record.name}, {"member", std::to_string(record.id)}, {"cluster_addr", record.cluster_address}});
}

base::Result<MemberAddress> parse_member_address(const Json& data) {
  MemberAddress found;
  found.cluster_address = data["cluster_addr"].as_string();
  ASSIGN_OR_RETURN(found.member, parse_id(data["member"].as_string()));
  if (!is_host_and_port(found.cluster_address)) return base::invalid("cluster_addr is not host:port");
  return found;
}

}  // namespace bao::core
