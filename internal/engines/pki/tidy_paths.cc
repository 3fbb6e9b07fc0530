// tidy, tidy-cancel, tidy-status and config/auto-tidy. How the last run ended is in the active node's memory: the status counts
// as writing, so that a standby passes it on.
#include "internal/engines/pki/tidy.h"

#include "internal/logical/render.h"

namespace bao::engines::pki {
namespace {

using logical::Call;
using logical::Operation;
using logical::Reply;
using logical::Response;
using storage::ReadView;
using storage::WriteView;

// A run begins after its answer: the engine gives the whole document itself, as the reference's does, and knows no request id.
Response accepted(std::string warning) {
  Response told;
  told.warnings.push_back(std::move(warning));
  Response response;
  response.raw = logical::RawBody{202, "application/json", logical::render(told, "")};
  return response;
}

Reply begin(Tidy& tidy, const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(const TidyConfig config, tidy_of(call.fields));
  ASSIGN_OR_RETURN(const bool is_begun, tidy.start(view, config, call.now));
  if (!is_begun) {
    Response response;
    response.warnings.emplace_back("Tidy operation already in progress.");
    return response;
  }
  return accepted(
      config.does_anything()
          ? "Tidy operation successfully started. Any information from the operation will be printed to OpenBao's server logs."
          : std::string("Manual tidy requested but no tidy operations were set. Enable at least one tidy operation to be run ") + kTidyOperations + ".");
}

Reply cancel(Tidy& tidy, const Call&, WriteView& view) {
  ASSIGN_OR_RETURN(const bool is_cancelled, tidy.cancel(view));
  if (is_cancelled) return tidy.status(view);
  Response response;
  response.warnings.emplace_back("Tidy operation cannot be cancelled as none is currently running.");
  return response;
}

Reply show(Tidy& tidy, const Call&, WriteView& view) { return tidy.status(view); }

Reply read_automatic(const Call&, const ReadView& view) {
  ASSIGN_OR_RETURN(const TidyConfig config, read_auto_tidy(view));
  return Response::of(config.shown());
}

Reply write_automatic(const Call& call, WriteView& view) {
  ASSIGN_OR_RETURN(const TidyConfig before, read_auto_tidy(view));
  ASSIGN_OR_RETURN(const TidyConfig after, auto_tidy_of(before, call.fields));
  TRY(put_auto_tidy(view, after));
  return Response::of(after.shown());
}

using Endpoint = Reply (*)(Tidy&, const Call&, WriteView&);
logical::Path path_of(Tidy& tidy, const char* pattern, Operation operation, Endpoint endpoint, const char* synopsis) {
  logical::Path path;
  path.pattern = pattern;
  path.handlers = {{operation, logical::Writes{[&tidy, endpoint](const Call& call, WriteView& view) { return endpoint(tidy, call, view); }}, synopsis}};
  path.synopsis = synopsis;
  path.description = "Tidying removes what expired long enough ago, a page at a time.";
  return path;
}

}  // namespace

std::vector<logical::Path> tidy_paths(Tidy& tidy) {
  std::vector<logical::Path> paths;
  paths.push_back(path_of(tidy, "tidy", Operation::update, begin, "Tidy up the backend by removing expired certificates, revocation information, or both."));
  paths.back().fields = tidy_fields();
  paths.push_back(path_of(tidy, "tidy-cancel", Operation::update, cancel, "Cancels a currently running tidy operation."));
  paths.push_back(path_of(tidy, "tidy-status", Operation::read, show, "Returns the status of the tidy operation."));
  logical::Path automatic;
  automatic.pattern = "config/auto-tidy";
  automatic.fields = auto_tidy_fields();
  automatic.handlers = {{Operation::read, logical::Reads{read_automatic}, "Read when tidying runs by itself."},
                        {Operation::update, logical::Writes{write_automatic}, "Change when tidying runs by itself."}};
  automatic.synopsis = "Modifies the current configuration for automatic tidy execution.";
  automatic.description = "The interval counts from the end of the last run.";
  paths.push_back(std::move(automatic));
  return paths;
}

}  // namespace bao::engines::pki
