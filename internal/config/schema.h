// What every key of the configuration is: one table for the top level, one for listeners.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "internal/codec/hcl.h"
#include "internal/config/config.h"
#include "internal/config/source.h"

namespace bao::config {

enum class Type { text, boolean, integer, duration, texts, block };

// Where the value goes; nowhere: it is checked and kept in Config::others or Listener::given.
template <typename Owner>
using Member = std::variant<std::monostate, std::string Owner::*, bool Owner::*, int64_t Owner::*, base::Duration Owner::*,
                            std::optional<base::Duration> Owner::*, std::vector<std::string> Owner::*>;

enum class Effect {
  full,         // acted on
  none,         // accepted, and there is nothing to act on: leftovers of the reference
  unsupported,  // would matter, but isn't there: a warning says so
};

template <typename Owner>
struct Key {
  std::string_view name;
  Type type;
  Member<Owner> member = {};
  Effect effect = Effect::full;
};

std::span<const Key<Config>> top_level_keys();
std::span<const Key<Listener>> listener_keys();

template <typename Owner>
const Key<Owner>* find_key(std::span<const Key<Owner>> keys, std::string_view name) {
  for (const Key<Owner>& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

// Converts and stores. Errors: invalid, in the reference's words.
template <typename Owner>
base::Result<codec::Json> store(const Key<Owner>& key, const codec::HclValue& value, Owner& owner);
extern template base::Result<codec::Json> store(const Key<Config>&, const codec::HclValue&, Config&);
extern template base::Result<codec::Json> store(const Key<Listener>&, const codec::HclValue&, Listener&);

}  // namespace bao::config
