// Every bound of the server by name. Reaching one is an error with a metric, never growth without end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bao::base {

inline constexpr size_t kRequestBodyBytesMax = 32u << 20;    // listener key max_request_size
inline constexpr size_t kRequestJsonStringsMax = 1000;       // listener key max_request_json_strings
inline constexpr size_t kRequestJsonBytesMax = 34'078'720;   // listener key max_request_json_memory
inline constexpr size_t kJsonDepthMax = 500;
inline constexpr size_t kHeaderBytesMax = 1u << 20;
inline constexpr size_t kHeaderLinesMax = 1000;
inline constexpr size_t kRequestTargetBytesMax = 64u << 10;
inline constexpr size_t kConnectionsMax = 4096;
inline constexpr size_t kConnectionStackBytes = 512u << 10;
inline constexpr size_t kStorageKeyBytesMax = 32'768;
inline constexpr size_t kStorageValueBytesMax = 1u << 20;
inline constexpr size_t kTransactionBytesMax = 8u << 20;
inline constexpr size_t kProposalQueueMax = 4096;
inline constexpr size_t kBatchProposalsMax = 256;
inline constexpr size_t kBatchBytesMax = 4u << 20;
inline constexpr int kTransactionAttemptsMax = 16;
inline constexpr size_t kCallBytesMax = kRequestBodyBytesMax + (2u << 20);  // a request or answer between members, with its head
inline constexpr size_t kCallsUnderWayMax = 1024;            // to a member, and from it
inline constexpr size_t kCallQueueBytesMax = 64u << 20;      // that wait to be sent, to a member, and of answers to it
inline constexpr size_t kReadConnectionsMax = 64;
inline constexpr size_t kTokenCacheEntriesMax = 65'536;
inline constexpr size_t kPolicyCacheEntriesMax = 16'384;
inline constexpr size_t kPolicyCacheBytesMax = 64u << 20;
inline constexpr size_t kPolicyTextBytesMax = 1u << 20;
inline constexpr size_t kKvPathCacheEntriesMax = 16'384;     // a mount
inline constexpr size_t kHclDepthMax = 100;
inline constexpr size_t kForwardThreadsMax = 64;             // that answer other members' requests
inline constexpr size_t kForwardedWaitingMax = 1024;
// What a node that joins says of itself; who is no member yet is asked for no more than this.
inline constexpr size_t kServerIdBytesMax = 16u << 10;
inline constexpr size_t kMemberAddressBytesMax = 2u << 10;
inline constexpr size_t kMemberSayingBytesMax = 255;         // host name, version
inline constexpr size_t kMemberCertificateBytesMax = 16u << 10;
inline constexpr int kJoinQuestionsASecondMax = 20;          // of all who ask; beyond that 429
inline constexpr size_t kJoinFailuresReportedMax = 64;       // each once
inline constexpr int kRefusalRoundsASecondMax = 100;         // to the leader, before this node says no (D9)
inline constexpr int kRefusalRoundsAtOnceMax = 50;           // after a quiet time
inline constexpr size_t kMemberConnectionsMax = 256;         // to the cluster port; of each member a few, twice as many while keys rotate
inline constexpr size_t kUnprovedConnectionsMax = 64;        // of them, before they have shown whose they are
inline constexpr uint64_t kDiskReserveBytes = 64u << 20;     // proposals are refused below this (D3)

}  // namespace bao::base
