#include "internal/profiling/profile.h"

#include "internal/codec/compression.h"
#include "internal/codec/protobuf.h"

namespace bao::profiling {
namespace {

// The fields of the messages, by their numbers.
namespace field {
constexpr uint32_t sample_type = 1, sample = 2, mapping = 3, location = 4, function = 5, string_table = 6, time_nanos = 9,
                   duration_nanos = 10, period_type = 11, period = 12, comment = 13;
}

std::string packed(std::span<const int64_t> values) {
  std::string out;
  for (const int64_t value : values) codec::put_varint(out, static_cast<uint64_t>(value));
  return out;
}

}  // namespace

Profile::Profile(const std::vector<ValueType>& values, const Binaries& binaries) : binaries_(binaries) {
  for (const ValueType& value : values) codec::put_message(out_, field::sample_type, value_type(value));
  // The program itself comes first: tools take the first mapping for the main one.
  if (!binaries_.mappings().empty()) mapping(binaries_.mappings().front());
}

uint64_t Profile::text(std::string_view text) {
  const auto known = text_places_.find(text);
  if (known != text_places_.end()) return known->second;
  texts_.emplace_back(text);
  return text_places_.emplace(text, texts_.size() - 1).first->second;
}

std::string Profile::value_type(ValueType type) {
  std::string message;
  codec::put_uint(message, 1, text(type.type));
  codec::put_uint(message, 2, text(type.unit));
  return message;
}

uint64_t Profile::function(const std::string& name) {
  const auto [known, fresh] = functions_.try_emplace(name, functions_.size() + 1);
  if (!fresh) return known->second;
  std::string message;
  codec::put_uint(message, 1, known->second);
  codec::put_uint(message, 2, text(name));
  codec::put_uint(message, 3, text(name));
  codec::put_message(out_, field::function, message);
  return known->second;
}

uint64_t Profile::mapping(const CodeMapping& mapping) {
  const auto [known, fresh] = mappings_.try_emplace(&mapping, mappings_.size() + 1);
  if (!fresh) return known->second;
  std::string message;
  codec::put_uint(message, 1, known->second);
  codec::put_uint(message, 2, mapping.start);
  codec::put_uint(message, 3, mapping.limit);
  codec::put_uint(message, 4, mapping.file_offset);
  codec::put_uint(message, 5, text(mapping.file));
  codec::put_uint(message, 6, text(mapping.build_id));
  codec::put_bool(message, 7, binaries_.has_symbols(mapping));  // else the reader looks for them
  codec::put_message(out_, field::mapping, message);
  return known->second;
}

uint64_t Profile::location(uintptr_t address) {
  const auto [known, fresh] = locations_.try_emplace(address, locations_made_ + 1);
  if (!fresh) return known->second;
  ++locations_made_;
  std::string message;
  codec::put_uint(message, 1, known->second);
  if (const CodeMapping* found = binaries_.mapping_of(address)) codec::put_uint(message, 2, mapping(*found));
  codec::put_uint(message, 3, address);
  if (const auto named = binaries_.function_at(address)) {
    std::string line;
    codec::put_uint(line, 1, function(named->name));
    codec::put_message(message, 4, line);
  }
  codec::put_message(out_, field::location, message);
  return known->second;
}

uint64_t Profile::location(const std::string& name) {
  const auto [known, fresh] = named_locations_.try_emplace(name, locations_made_ + 1);
  if (!fresh) return known->second;
  ++locations_made_;
  std::string message, line;
  codec::put_uint(message, 1, known->second);
  codec::put_uint(line, 1, function(name));
  codec::put_message(message, 4, line);
  codec::put_message(out_, field::location, message);
  return known->second;
}

void Profile::add(std::span<const uintptr_t> stack, std::span<const int64_t> values, const Labels& labels) {
  std::string locations;
  for (const uintptr_t address : stack) codec::put_varint(locations, location(address));
  add_sample(locations, values, labels);
}

void Profile::add_named(const std::vector<std::string>& names, std::span<const int64_t> values, const Labels& labels) {
  std::string locations;
  for (const std::string& name : names) codec::put_varint(locations, location(name));
  add_sample(locations, values, labels);
}

void Profile::add_sample(const std::string& locations, std::span<const int64_t> values, const Labels& labels) {
  std::string message;
  codec::put_bytes(message, 1, locations);
  codec::put_bytes(message, 2, packed(values));
  for (const auto& [key, value] : labels) {
    std::string label;
    codec::put_uint(label, 1, text(key));
    codec::put_uint(label, 2, text(value));
    codec::put_message(message, 3, label);
  }
  codec::put_message(out_, field::sample, message);
}

void Profile::set_time(base::Time began, base::Duration took) {
  codec::put_int(out_, field::time_nanos, began.time_since_epoch().count());
  codec::put_int(out_, field::duration_nanos, took.count());
}

void Profile::set_period(ValueType type, int64_t period) {
  codec::put_message(out_, field::period_type, value_type(type));
  codec::put_int(out_, field::period, period);
}

void Profile::comment(std::string_view text) {
  std::string place;
  codec::put_varint(place, this->text(text));
  codec::put_bytes(out_, field::comment, place);
}

std::string Profile::finish() {
  for (const std::string& text : texts_) codec::put_message(out_, field::string_table, text);
  return codec::gzip(out_);
}

}  // namespace bao::profiling
