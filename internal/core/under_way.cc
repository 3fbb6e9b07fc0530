#include "internal/core/under_way.h"

#include "internal/base/published.h"

namespace bao::core {

UnderWay::Entry::Entry(UnderWay& all, Request request)
    : all_(all), request_(request), began_(all.clock_.now()), stripe_(base::thread_number() % kStripes) {
  Stripe& stripe = all_.stripes_[stripe_];
  const base::MutexLock lock(stripe.mutex);
  after_ = stripe.first;
  if (after_ != nullptr) after_->before_ = this;
  stripe.first = this;
}

UnderWay::Entry::~Entry() {
  Stripe& stripe = all_.stripes_[stripe_];
  const base::MutexLock lock(stripe.mutex);
  if (after_ != nullptr) after_->before_ = before_;
  (before_ == nullptr ? stripe.first : before_->after_) = after_;
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
                     host + ":" + std::to_string(request.client_port), entry->began_});
    }
  }
  return out;
}

}  // namespace bao::core
