#include "internal/cluster/epoch.h"

#include <utility>

namespace bao::cluster {

std::shared_ptr<const std::string> Epoch::get(base::Index data_since) const {
  auto now = published_.get();
  while (!now || now->data_since != data_since) {
    const base::MutexLock lock(mutex_);
    publish(data_since);
    now = published_.get();
  }
  const std::string* text = &now->text;
  return {std::move(now), text};
}

void Epoch::set(const std::string& cluster_id, const std::string& recovery) {
  const base::MutexLock lock(mutex_);
  if (cluster_id_ == cluster_id && recovery_ == recovery) return;
  cluster_id_ = cluster_id;
  recovery_ = recovery;
  const auto before = published_.get();
  publish(before ? before->data_since : base::Index{});
}

void Epoch::publish(base::Index data_since) const {
  auto next = std::make_shared<Text>(Text{data_since, cluster_id_});
  if (data_since != base::Index{}) next->text.append("/").append(std::to_string(data_since.value)).append("/");
  next->text += recovery_;
  published_.set(std::move(next));
}

}  // namespace bao::cluster
