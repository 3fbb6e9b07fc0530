// Data given on the command line: k=v, k=@file, k=-, @file, - (openbao-cli.md 1.6).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::cli {

// `no_stdin` makes stdin read as empty (-non-interactive). An object; null when there are no arguments. A repeated key becomes
// a list. Errors: invalid ("invalid key/value pair \"x\": format must be key=value").
base::Result<codec::Json> parse_key_values(const std::vector<std::string>& arguments, bool no_stdin);
// The same, with every value as a list of texts, or as one text.
base::Result<std::vector<std::pair<std::string, std::string>>> parse_query_arguments(const std::vector<std::string>& arguments,
                                                                                      bool no_stdin);
base::Result<std::map<std::string, std::string>> parse_text_values(const std::vector<std::string>& arguments, bool no_stdin);

// A whole file; errors as Go words them ("open x: no such file or directory").
base::Result<std::string> read_file(const std::string& path);
std::string read_stdin();

}  // namespace bao::cli
