// The stand-in for engines that this server doesn't have: it answers clearly and leaves the data alone.
#include "internal/core/mounts/mount_table.h"

namespace bao::core {
namespace {

class UnavailableBackend final : public logical::Backend {
 public:
  UnavailableBackend(base::Code code, std::string text) : error_(code, std::move(text)) {}
  logical::Reply unmatched(const logical::Call&) const override { return error_; }
  logical::Reply renew(const logical::Call&, storage::WriteView&) override { return error_; }
  logical::Reply revoke(const logical::Call&, storage::WriteView&) override { return error_; }
  std::string help() const override { return error_.message(); }

 private:
  const base::Error error_;
};

}  // namespace

std::unique_ptr<logical::Backend> unavailable_backend(base::Code code, std::string text) {
  return std::make_unique<UnavailableBackend>(code, std::move(text));
}

}  // namespace bao::core
