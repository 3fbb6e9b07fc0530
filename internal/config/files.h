// The files that configurations stand in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "internal/base/result.h"
#include "internal/config/config.h"

namespace bao::config {

// By the end of its name; HCL unless that says something else.
Format format_of(const std::filesystem::path& path);
// "stat x: no such file or directory", as Go words it.
base::Error file_error(std::string_view call, const std::filesystem::path& path, const std::error_code& code);
// Errors: file_error.
base::Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace bao::config
