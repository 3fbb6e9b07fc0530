// A CEL role: a program that says whether and what to sign, as it is stored and shown. A value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/cel/program.h"
#include "internal/codec/json.h"
#include "internal/storage/view.h"

namespace bao::engines::pki {

struct CelRoleEntry {
  std::string name;
  cel::Program program;
  codec::Json stored{};

  // Errors: corrupt.
  static base::Result<CelRoleEntry> parse(std::string_view name, std::string_view bytes);
  // None where there is none.
  static base::Result<std::optional<CelRoleEntry>> load(const storage::ReadView& view, const std::string& name);
  std::string write() const;
  // As the API shows it.
  codec::Json answer() const;
};

}  // namespace bao::engines::pki
