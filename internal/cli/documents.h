// Man pages and shell completions made from the table of commands. Pure functions; cmd/bao_docs writes them into man/ and
// completions/, where they are checked in, and documents_test.cc says when those are stale.
#pragma once

#include <map>
#include <string>

namespace bao::cli {

// File name below the source tree ("man/bao-kv.1", "completions/bao.bash") and content.
using Documents = std::map<std::string, std::string>;

Documents man_pages();
Documents completions();

}  // namespace bao::cli
