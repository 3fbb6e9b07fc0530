#include "internal/core/under_way.h"

#include <utility>

#include "internal/base/published.h"

namespace bao::core {
namespace {

thread_local UnderWay::Entry* of_thread = nullptr;

}  // namespace

UnderWay::Entry::Entry(UnderWay& all, Request request)
    : all_(all), request_(request), began_(all.clock_.now()), stripe_(base::thread_number() % kStripes), outer_(std::exchange(of_thread, this)) {
  Stripe& stripe = all_.stripes_[stripe_];
  const base::MutexLock lock(stripe.mutex);
  after_ = stripe.first;
  if (after_ != nullptr) after_->before_ = this;
  stripe.first = this;
}

UnderWay::Entry::~Entry() {
  of_thread = outer_;
  Stripe& stripe = all_.stripes_[stripe_];
  const base::MutexLock lock(stripe.mutex);
  if (after_ != nullptr) after_->before_ = before_;
  (before_ == nullptr ? stripe.first : before_->after_) = after_;
}

void UnderWay::came_with(std::shared_ptr<const TokenEntry> token) {
  if (of_thread == nullptr) return;
  const base::MutexLock lock(of_thread->all_.stripes_[of_thread->stripe_].mutex);
  of_thread->token_.swap(token);  // the former one ends after the lock
}

std::vector<UnderWay::Shown> UnderWay::list() const {
  std::vector<Shown> out;
  for (const Stripe& stripe : stripes_) {
    const base::MutexLock lock(stripe.mutex);
    for (const Entry* entry = stripe.first; entry != nullptr; entry = entry->after_) {
      const Request& request = entry->request_;
      const bool v6 = request.client_address.find(':') != std::string_view::npos;
      const std::string host = v6 ? "[" + std::string(request.client_address) + "]" : std::string(request.client_address);
      out.push_back({std::string(request.id), std::string(request.method), std::string(request.path),
                     host + ":" + std::to_string(request.client_port), entry->began_, entry->token_});
    }
  }
  return out;
}

}  // namespace bao::core
