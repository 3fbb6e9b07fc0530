// The requests that are being answered at the moment, for sys/in-flight-req. Thread-safe: coming and going take the lock of the
// thread's stripe, which nobody else holds but while somebody looks.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"

namespace bao::core {

struct TokenEntry;

class UnderWay {
 public:
  struct Request {
    std::string_view id, method, path, client_address;
    int client_port = 0;
  };
  // While it lives the request is under way; what its views point to lives longer. Made and ended on the request's thread.
  class Entry {
   public:
    Entry(UnderWay& all, Request request);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    friend class UnderWay;
    UnderWay& all_;
    const Request request_;
    const base::Time began_;
    const size_t stripe_;
    Entry* const outer_;  // the thread's, meanwhile
    Entry *before_ = nullptr, *after_ = nullptr;
    std::shared_ptr<const TokenEntry> token_;
  };
  // The request that this thread is at came with that token.
  static void came_with(std::shared_ptr<const TokenEntry> token);

  struct Shown {
    std::string id, method, path, client_address;  // "127.0.0.1:40000"
    base::Time began{};
    std::shared_ptr<const TokenEntry> token;  // nullptr: none, or it is not known yet
  };
  std::vector<Shown> list() const;

  explicit UnderWay(const base::Clock& clock) : clock_(clock) {}

 private:
  static constexpr size_t kStripes = 32;
  struct alignas(64) Stripe {
    mutable base::Mutex mutex{base::Rank::engine};
    Entry* first GUARDED_BY(mutex) = nullptr;
  };
  const base::Clock& clock_;
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace bao::core
