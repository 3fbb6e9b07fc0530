#include "internal/core/core.h"

#include "internal/base/log.h"
#include "internal/core/life_cycle.h"
#include "internal/core/parts.h"
#include "internal/core/request_handler.h"
#include "internal/core/revoker.h"

namespace bao::core {

namespace {
constexpr base::Duration kDrainTime = std::chrono::seconds(10);  // of requests under way, when the server stops
}

Core::Core(storage::Backend& backend, CoreOptions options, const base::Clock& clock)
    : parts_(std::make_unique<Parts>(backend, std::move(options), clock)) {}

Core::~Core() { stop(); }

base::Status Core::start() { return parts_->life_cycle->start(); }

void Core::step_aside() {
  if (!active()) return;
  if (const base::Status done = parts_->life_cycle->step_down(); !done.ok()) {
    base::log_warn("core", "stopping without a successor", {{"error", done.error().message()}});
  }
}

void Core::stop() {
  if (!parts_->handler->drain(kDrainTime)) base::log_warn("core", "stopping with requests under way");
  parts_->life_cycle->stop();
}

base::Result<bool> Core::initialized() const { return parts_->life_cycle->initialized(); }
base::Result<InitResult> Core::initialize(const InitRequest& request) { return parts_->life_cycle->initialize(request); }
base::Status Core::finish_initialization() { return parts_->life_cycle->finish_initialization(); }
base::Result<SealStatus> Core::seal_status() const { return parts_->life_cycle->seal_status(); }
base::Result<SealStatus> Core::unseal(std::string_view share_text, Migrate migrate) {
  return parts_->life_cycle->unseal(share_text, migrate);
}
base::Result<SealStatus> Core::reset_unseal() { return parts_->life_cycle->reset_unseal(); }
base::Status Core::seal() { return parts_->life_cycle->seal(); }
base::Result<Leader> Core::leader() const { return parts_->life_cycle->leader(); }
base::Result<Health> Core::health() const { return parts_->life_cycle->health(); }
bool Core::active() const { return parts_->life_cycle->active(); }
base::Index Core::applied() const { return parts_->backend.applied(); }
logical::Reply Core::handle(logical::Request request, const Origin& origin, InlineCaller caller) {
  return parts_->handler->handle(std::move(request), origin, std::move(caller));
}
Core::InlineLogin Core::log_in(logical::Request request, const Origin& origin) {
  return parts_->handler->log_in(std::move(request), origin);
}
const CrossOrigin& Core::cross_origin() const { return *parts_->cross_origin; }
RateLimits& Core::rate_limits() const { return *parts_->rate_limits; }
UnderWay& Core::under_way() const { return *parts_->under_way; }
void Core::audit_refused(const logical::Request& request, const base::Error& why) {
  if (parts_->audit.silent()) return;
  const base::Status told = parts_->audit.log_request({.request = request, .error = &why, .forwarded_from = {}});
  if (!told.ok()) base::log_warn("audit", "a refusal is not recorded", {{"error", told.error().message()}});
}
void Core::reload_audit(audit::ServerOptions options) { parts_->audit.reload(std::move(options), active()); }

}  // namespace bao::core
