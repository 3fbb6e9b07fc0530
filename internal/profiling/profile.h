// A profile as pprof reads it: gzip'ed profile.proto (github.com/google/pprof, proto/profile.proto). Built sample by sample. Owned
// by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/profiling/binaries.h"

namespace bao::profiling {

struct ValueType {
  std::string_view type, unit;  // {"cpu", "nanoseconds"}
};
using Labels = std::vector<std::pair<std::string, std::string>>;

class Profile {
 public:
  // What each sample has a value of. `binaries` outlives it.
  Profile(const std::vector<ValueType>& values, const Binaries& binaries);

  // Of a stack, innermost first.
  void add(std::span<const uintptr_t> stack, std::span<const int64_t> values, const Labels& labels = {});
  // Of what has no address: its names, innermost first.
  void add_named(const std::vector<std::string>& names, std::span<const int64_t> values, const Labels& labels = {});

  void set_time(base::Time began, base::Duration took);
  void set_period(ValueType type, int64_t period);
  void comment(std::string_view text);  // shown by `pprof -comments`
  // Everything, gzip'ed.
  std::string finish();

 private:
  uint64_t text(std::string_view text);  // its place in the table of texts
  uint64_t function(const std::string& name);
  uint64_t mapping(const CodeMapping& mapping);
  uint64_t location(uintptr_t address);
  uint64_t location(const std::string& name);
  void add_sample(const std::string& locations, std::span<const int64_t> values, const Labels& labels);
  std::string value_type(ValueType type);

  const Binaries& binaries_;
  std::string out_;  // the message so far, but for the texts
  std::vector<std::string> texts_ = {""};
  std::map<std::string, uint64_t, std::less<>> text_places_ = {{"", 0}};
  std::map<std::string, uint64_t> functions_, named_locations_;
  std::map<const CodeMapping*, uint64_t> mappings_;
  std::map<uintptr_t, uint64_t> locations_;
  uint64_t locations_made_ = 0;
};

}  // namespace bao::profiling
