// A profile as a test sees it: gzip'ed profile.proto taken apart by the wire format alone.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "internal/codec/compression.h"
#include "internal/codec/protobuf.h"

namespace bao::profiling {

struct DecodedProfile {
  struct Sample {
    std::vector<std::string> functions;  // innermost first; "?" without a name
    std::vector<uint64_t> addresses;
    std::vector<int64_t> values;
    std::map<std::string, std::string> labels;
  };
  struct Mapping {
    uint64_t start = 0, limit = 0;
    std::string file, build_id;
  };
  std::vector<std::string> value_types;  // "cpu/nanoseconds"
  std::vector<Sample> samples;
  std::vector<Mapping> mappings;
  std::vector<std::string> comments;
  int64_t period = 0, duration_ns = 0;

  // The samples that were in such a function; by a part of its name.
  int64_t count_in(std::string_view function) const {
    int64_t count = 0;
    for (const Sample& sample : samples) {
      bool in = false;
      for (const std::string& name : sample.functions) in = in || name.find(function) != name.npos;
      if (in) count += sample.values.at(0);
    }
    return count;
  }
};

class ProfileDecoder {
 public:
  static DecodedProfile decode(std::string_view bytes) {
    const auto message = codec::gunzip(bytes, size_t{64} << 20);
    EXPECT_TRUE(message.ok());
    return message.ok() ? ProfileDecoder(*message).out_ : DecodedProfile();
  }

 private:
  using Fields = std::vector<codec::WireField>;
  static Fields fields_of(std::string_view message) {
    auto fields = codec::parse_wire(message);
    EXPECT_TRUE(fields.ok());
    return fields.ok() ? *fields : Fields();
  }
  static std::vector<uint64_t> packed(std::string_view bytes) {
    std::vector<uint64_t> out;
    for (size_t at = 0; at < bytes.size();) {
      const auto number = codec::get_varint(bytes, at);
      EXPECT_TRUE(number);
      if (!number) break;
      out.push_back(*number);
    }
    return out;
  }
  static std::map<uint32_t, uint64_t> numbers(std::string_view message) {
    std::map<uint32_t, uint64_t> out;
    for (const auto& field : fields_of(message)) out[field.id] = field.number;
    return out;
  }
  explicit ProfileDecoder(std::string_view message) {
    const Fields all = fields_of(message);
    for (const auto& field : all) {
      if (field.id == 6) texts_.emplace_back(field.bytes);
    }
    EXPECT_TRUE(!texts_.empty() && texts_[0].empty()) << "the first text is empty";
    for (const auto& field : all) {
      if (field.id == 5) functions_[numbers(field.bytes)[1]] = texts_.at(numbers(field.bytes)[2]);
    }
    for (const auto& field : all) {
      if (field.id == 4) add_location(field.bytes);
    }
    for (const auto& field : all) add(field);
  }
  void add_location(std::string_view message) {
    uint64_t id = 0, address = 0;
    std::string name = "?";
    for (const auto& field : fields_of(message)) {
      if (field.id == 1) id = field.number;
      if (field.id == 3) address = field.number;
      if (field.id == 4) name = functions_.at(numbers(field.bytes)[1]);
    }
    locations_[id] = {address, name};
  }
  void add(const codec::WireField& field) {
    switch (field.id) {
      case 1: out_.value_types.push_back(texts_.at(numbers(field.bytes)[1]) + "/" + texts_.at(numbers(field.bytes)[2])); break;
      case 2: add_sample(field.bytes); break;
      case 3: {
        auto of = numbers(field.bytes);
        out_.mappings.push_back({of[2], of[3], texts_.at(of[5]), texts_.at(of[6])});
        break;
      }
      case 10: out_.duration_ns = static_cast<int64_t>(field.number); break;
      case 12: out_.period = static_cast<int64_t>(field.number); break;
      case 13: out_.comments.push_back(texts_.at(packed(field.bytes).at(0))); break;
      default: break;
    }
  }
  void add_sample(std::string_view message) {
    DecodedProfile::Sample sample;
    for (const auto& field : fields_of(message)) {
      if (field.id == 1) {
        for (const uint64_t id : packed(field.bytes)) {
          sample.addresses.push_back(locations_.at(id).first);
          sample.functions.push_back(locations_.at(id).second);
        }
      }
      if (field.id == 2) {
        for (const uint64_t value : packed(field.bytes)) sample.values.push_back(static_cast<int64_t>(value));
      }
      if (field.id == 3) sample.labels[texts_.at(numbers(field.bytes)[1])] = texts_.at(numbers(field.bytes)[2]);
    }
    out_.samples.push_back(std::move(sample));
  }

  DecodedProfile out_;
  std::vector<std::string> texts_;
  std::map<uint64_t, std::string> functions_;
  std::map<uint64_t, std::pair<uint64_t, std::string>> locations_;
};

}  // namespace bao::profiling
