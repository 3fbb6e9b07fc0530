// sys/pprof, for who has a token (openbao-api.md 2.1). Of this node alone.
#include "internal/core/system/pprof.h"

#include <string>
#include <utility>

#include "internal/core/system/process_view.h"

namespace bao::core::sys {
namespace {

using logical::Call;
using logical::FieldType;
using logical::Path;
using Takes = ProcessView::Takes;

int64_t number(const Call& call, std::string_view field) {
  const codec::Json* given = call.fields.find(field);
  return given == nullptr ? 0 : call.fields.integer(field);
}

// Of a query like "0x55d0c2a01234+0x55d0c2a05678", in which the plus signs were read as spaces.
std::string addresses_of(const Call& call) {
  std::string out;
  for (const auto& [asked, value] : call.request.data.members()) (out += asked) += ' ';
  return out;
}

std::vector<logical::Field> fields_of(const ProcessView& view) {
  const logical::Field seconds{.name = "seconds", .type = FieldType::integer, .description = "For how long.", .query = true};
  const logical::Field debug{.name = "debug", .type = FieldType::integer,
                             .description = "0 for a profile that pprof reads, 1 for text, 2 for more of it where there is more.", .query = true};
  switch (view.takes) {
    case Takes::debug: return {debug, seconds};
    case Takes::seconds: return {seconds};
    case Takes::nothing: break;
  }
  return {};
}

Path path_of(const ProcessView& view) {
  Path path;
  path.pattern = view.name[0] == '\0' ? "pprof/?" : "pprof/" + std::string(view.name);
  path.fields = fields_of(view);
  path.handlers = {{.operation = logical::Operation::read,
                    .effect = logical::Reads{[&view](const Call& call, const storage::ReadView&) {
                      return view.tell(view, {number(call, "debug"), number(call, "seconds"), addresses_of(call)});
                    }},
                    .summary = view.summary}};
  path.synopsis = view.summary;
  path.description = "Of this node alone.";
  return path;
}

}  // namespace

std::vector<Path> pprof_paths() {
  std::vector<Path> paths;
  for (const ProcessView& view : process_views()) paths.push_back(path_of(view));
  return paths;
}

}  // namespace bao::core::sys
