// One form for all three languages: the items of a file, as codec/hcl.h has them.
#pragma once

#include <string_view>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/hcl.h"
#include "internal/config/config.h"

namespace bao::config {

// TOML as items: a table is an object, an array of tables repeats its item, which then has no line of an '=', as a block. Errors: invalid, "FILE:L:C: …".
base::Result<std::vector<codec::HclItem>> read_toml(std::string_view text, const std::string& file_name);
base::Result<std::vector<codec::HclItem>> read_items(std::string_view text, Format format, const std::string& file_name);

// Where an item stands: the end of every message about it.
struct Place {
  std::string file;
  Format format = Format::hcl;
  std::string of(int line, int column) const;  // "file:3:7"
};

// Blocks of one kind with their label: `storage "raft" {}`, {"storage": {"raft": {}}}, [storage.raft], and
// [[listener]] with `type = "tcp"`.
struct Block {
  std::string label;  // "" where none is given
  const codec::HclItem* item = nullptr;
  const codec::HclValue* body = nullptr;
  int line = 0, column = 0;
};
std::vector<Block> blocks_of(const std::vector<codec::HclItem>& items, std::string_view key);

}  // namespace bao::config
