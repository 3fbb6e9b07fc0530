#include "internal/core/identity/listing.h"

#include <algorithm>

namespace bao::core::identity {

using codec::Json;

void Listing::add(const std::string& id, const std::string& name, Json info) {
  keys_.push_back(by_ == Key::id ? id : name);
  if (by_ == Key::id) info_.set(id, std::move(info));
}

logical::Response Listing::answer() && {
  std::sort(keys_.begin(), keys_.end());
  return logical::Response::keys(keys_, by_ == Key::id ? std::move(info_) : Json());
}

logical::Path list_path(const Services& services, std::string pattern, std::string synopsis, std::string summary, Key by, Collect collect) {
  const auto run = [by, collect = std::move(collect)](const logical::Call&, const Index& index) -> logical::Reply {
    Listing listing(by);
    collect(index, listing);
    return std::move(listing).answer();
  };
  return {.pattern = std::move(pattern), .handlers = {reads(services, logical::Operation::list, std::move(summary), run)},
          .synopsis = std::move(synopsis)};
}

Json listed_alias(const Services& services, const Alias& alias) {
  Json entry = show_alias_briefly(services, alias);
  entry.erase("id");
  entry.set("canonical_id", alias.canonical_id);
  entry.set("custom_metadata", show_metadata(alias.custom_metadata));
  entry.set("metadata", show_metadata(alias.metadata));
  entry.set("local", alias.local);
  return entry;
}

}  // namespace bao::core::identity
