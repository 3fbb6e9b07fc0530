// Makes bbolt files for tests: buckets of records and of buckets, leaves of a few records below branches, both meta pages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bao::bbolt {

struct TestBucket {
  std::map<std::string, std::string> records;
  std::map<std::string, TestBucket> buckets;
  bool inlined = false;
};

class TestImage {
 public:
  static constexpr size_t kPageBytes = 4096, kRecordsALeaf = 3;

  // The file, written last by `transaction`.
  static std::string of(const TestBucket& root, uint64_t transaction = 2) {
    TestImage image;
    const uint64_t page = image.tree(root);
    image.meta(0, page, transaction);
    image.meta(1, page, transaction - 1);
    return image.file_;
  }
  static void put(std::string& out, uint64_t number, size_t width) {
    for (size_t i = 0; i < width; ++i) out.push_back(static_cast<char>(number >> 8 * i));
  }

 private:
  struct Element {
    std::string key, value;
    uint64_t flags = 0;
  };

  static std::string page(uint64_t id, uint64_t kind, const std::vector<Element>& elements) {
    std::string heads, bodies;
    for (const Element& element : elements) {
      const uint64_t position = 16 * (elements.size() - heads.size() / 16) + bodies.size();
      if (kind == 2) {
        for (const uint64_t field : {element.flags, position, uint64_t{element.key.size()}, uint64_t{element.value.size()}}) put(heads, field, 4);
        bodies += element.key + element.value;
      } else {
        put(heads, position, 4), put(heads, element.key.size(), 4), put(heads, element.flags, 8);  // flags: the child
        bodies += element.key;
      }
    }
    const uint64_t bytes = 16 + heads.size() + bodies.size();
    std::string text;
    put(text, id, 8), put(text, kind, 2), put(text, elements.size(), 2), put(text, (bytes - 1) / kPageBytes, 4);
    return text + heads + bodies;
  }

  uint64_t append(uint64_t kind, const std::vector<Element>& elements) {
    const uint64_t id = file_.size() / kPageBytes;
    file_ += page(id, kind, elements);
    file_.resize((file_.size() + kPageBytes - 1) / kPageBytes * kPageBytes);
    return id;
  }

  std::vector<Element> elements_of(const TestBucket& bucket) {
    std::map<std::string, Element> sorted;
    for (const auto& [key, value] : bucket.records) sorted[key] = {key, value, 0};
    for (const auto& [key, inner] : bucket.buckets) {
      std::string value;
      put(value, inner.inlined ? 0 : tree(inner), 8), put(value, 0, 8);
      if (inner.inlined) value += page(0, 2, elements_of(inner));
      sorted[key] = {key, value, 1};
    }
    std::vector<Element> all;
    for (auto& [key, element] : sorted) all.push_back(std::move(element));
    return all;
  }

  uint64_t tree(const TestBucket& bucket) {
    const std::vector<Element> all = elements_of(bucket);
    if (all.size() <= kRecordsALeaf) return append(2, all);
    std::vector<Element> children;
    for (size_t i = 0; i < all.size(); i += kRecordsALeaf) {
      const std::vector<Element> some(all.begin() + static_cast<long>(i), all.begin() + static_cast<long>(std::min(i + kRecordsALeaf, all.size())));
      children.push_back({some.front().key, "", append(2, some)});
    }
    return append(1, children);
  }

  void meta(uint64_t id, uint64_t root, uint64_t transaction) {
    std::string text;
    put(text, 0xED0CDAED, 4), put(text, 2, 4), put(text, kPageBytes, 4), put(text, 0, 4);
    for (const uint64_t field : {root, uint64_t{0}, ~uint64_t{0}, uint64_t{file_.size() / kPageBytes}, transaction}) put(text, field, 8);
    uint64_t sum = 0xcbf29ce484222325;
    for (const char byte : text) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    put(text, sum, 8);
    std::string head;
    put(head, id, 8), put(head, 4, 2), put(head, 0, 6);
    file_.replace(id * kPageBytes, head.size() + text.size(), head + text);
  }

  std::string file_ = std::string(2 * kPageBytes, '\0');
};

}  // namespace bao::bbolt
