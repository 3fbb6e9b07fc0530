// Bounds of what is done and read for one challenge. Reaching one is the outcome of the attempt.
#pragma once

#include <chrono>
#include <cstddef>

namespace bao::engines::pki::acme {

inline constexpr size_t kValidationThreads = 8;
inline constexpr size_t kValidationsWaiting = 1024;
inline constexpr std::chrono::seconds kAttemptTime{30};
inline constexpr std::chrono::seconds kConnectTime{6};   // of one address: the next is tried after it
inline constexpr size_t kAddressesTriedMax = 2;          // of each family
inline constexpr int kRedirectsMax = 8;                  // as the reference
inline constexpr size_t kUrlBytesMax = 2000;             // as the reference
inline constexpr size_t kResponseHeadBytesMax = 16u << 10;  // interim answers, chunk sizes and trailers included
inline constexpr size_t kResponseBodyBytesMax = 512;     // as the reference; a key authorization has less than 130

}  // namespace bao::engines::pki::acme
