#include "internal/logical/scenario/scenario.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "internal/base/spool_file.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/logical/render.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::logical::scenario {
namespace {

using codec::Json;
using logical::Operation;
using logical::Reply;

const base::Time kStart = *base::parse_rfc3339("2026-01-02T03:04:05Z");
constexpr char kMountUuid[] = "11111111-2222-3333-4444-555555555555";
constexpr char kInnerUuid[] = "0c0c0c0c-1111-2222-3333-444444444444";

std::optional<Operation> operation_of(std::string_view method) {
  if (method == "GET") return Operation::read;
  if (method == "POST" || method == "PUT") return Operation::update;
  if (method == "PATCH") return Operation::patch;
  if (method == "DELETE") return Operation::remove;
  if (method == "LIST") return Operation::list;
  if (method == "SCAN") return Operation::scan;
  return std::nullopt;
}

int status_of(base::Code code) {
  switch (code) {
    case base::Code::invalid: return 400;
    case base::Code::denied: return 403;
    case base::Code::absent: return 404;
    case base::Code::unsupported: return 405;
    default: return 500;
  }
}

std::string error_text(const base::Error& error) {
  std::string document = logical::render_errors(error.message());
  document.pop_back();
  return std::to_string(status_of(error.code())) + " " + document;
}

std::string response_text(const logical::Response& response, Operation operation) {
  if (response.raw) {
    const auto& spooled = response.raw->spooled;
    return std::to_string(response.raw->status) + " " + (spooled ? std::string(spooled->view()) : response.raw->body);
  }
  if (response.empty()) return "204";
  if (operation == Operation::list && response.lists_nothing()) return error_text(logical::nothing());
  std::string text = std::to_string(response.status == 0 ? 200 : response.status) + " ";
  text += response.data ? codec::write_json(*response.data) : "null";
  if (!response.warnings.empty()) text += "\n  warnings " + codec::write_json(Json::strings(response.warnings));
  if (response.lease_duration != base::Duration{0}) {
    text += "\n  lease " + std::to_string(base::whole_seconds(response.lease_duration));
  }
  return text;
}

std::string_view next_word(std::string_view& line) {
  const size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

Json query_data(std::string_view text) {
  Json data = Json::object();
  const auto pairs = codec::parse_query(text);
  if (!pairs.ok()) return data;
  for (const auto& [name, value] : *pairs) data.set(name, value);
  return data;
}

}  // namespace

struct Runner::State {
  logical::BackendFactory factory;
  base::FakeClock clock{kStart};
  std::unique_ptr<storage::Backend> storage = storage::inmem::open();
  barrier::Barrier barrier{*storage};
  std::unique_ptr<logical::Backend> backend;
  std::string prefix = "logical/" + std::string(kMountUuid) + "/";
  std::string cubbyhole = "owner";

  // As the core does: an effect runs in a view of the mount.
  Reply run(const logical::Handler& handler, const logical::Call& call) {
    if (const auto* reads = std::get_if<logical::Reads>(&handler.effect)) {
      const barrier::Reader reader(barrier);
      return reads->run(call, storage::PrefixReadView(reader, prefix));
    }
    if (const auto* reads_unless = std::get_if<logical::ReadsUnless>(&handler.effect)) {
      const barrier::Reader reader(barrier);
      const storage::PrefixReadView view(reader, prefix);
      ASSIGN_OR_RETURN(const logical::Where where, reads_unless->plan(call, view));
      return where == logical::Where::local ? reads_unless->local(call, view) : write(reads_unless->active, call);
    }
    if (const auto* writes = std::get_if<logical::Writes>(&handler.effect)) return write(writes->run, call);
    return base::internal("an effect that scenarios don't run");
  }

  Reply write(const logical::WriteHandler& run, const logical::Call& call) {
    Reply reply = base::internal("nothing ran");
    const auto committed = barrier.transact([&](barrier::Transaction& transaction) -> base::Status {
      storage::PrefixWriteView view(transaction, prefix);
      reply = run(call, view);
      if (!reply.ok()) return reply.error();
      return {};
    });
    if (!committed.ok()) return committed.error();
    return reply;
  }

  Reply handle(const logical::Request& request) {
    const auto match = backend->paths().match(request.relative_path());
    if (!match) return backend->unmatched({request, {}, clock.now()});
    const logical::Handler* handler = match->path->find(request.operation);
    if (handler == nullptr) return logical::unsupported_operation();
    ASSIGN_OR_RETURN(const auto fields, match->path->read_fields(request.operation, match->captures, request.data));
    auto reply = run(*handler, {request, fields, clock.now()});
    if (reply.ok() && !reply->empty()) {
      for (std::string& warning : logical::field_warnings(fields)) reply->warnings.push_back(std::move(warning));
    }
    return reply;
  }

  base::Status upgrade() {
    for (bool done = false; !done;) {
      TRY(barrier.transact([&](barrier::Transaction& transaction) -> base::Status {
        storage::PrefixWriteView view(transaction, prefix);
        ASSIGN_OR_RETURN(done, backend->upgrade_step(view));
        return {};
      }));
    }
    return {};
  }

  std::string command(std::string_view line) {
    std::string_view rest = line;
    const std::string_view name = next_word(rest);
    if (name == "AS") {
      cubbyhole = rest;
    } else if (name == "ADVANCE") {
      const auto by = base::parse_go_duration(rest);
      if (by.ok()) clock.advance(*by);
    } else {
      return "unknown line";
    }
    return "";
  }
};

Runner::Runner(logical::BackendFactory factory) : state_(std::make_unique<State>()) {
  state_->factory = std::move(factory);
  state_->barrier.set_keyring(std::make_shared<const barrier::Keyring>(barrier::Keyring::generate(kStart)));
  state_->storage->set_listener([this](const storage::ChangeSet& change) {
    for (const std::string& key : change.keys) {
      if (state_->backend && key.starts_with(state_->prefix)) {
        state_->backend->invalidate(std::string_view(key).substr(state_->prefix.size()), change.index);
      }
    }
  });
}

Runner::~Runner() { state_->storage->set_listener(nullptr); }

base::Status Runner::put(const std::string& key, std::string_view value) {
  const auto committed = state_->barrier.transact(
      [&](barrier::Transaction& transaction) { return transaction.put(state_->prefix + key, value); });
  TRY(committed);
  return {};
}

base::Result<std::optional<std::string>> Runner::get(const std::string& key) {
  return barrier::Reader(state_->barrier).get(state_->prefix + key);
}

base::Status Runner::mount(std::map<std::string, std::string> options, std::string inner_uuid) {
  logical::BackendConfig config;
  config.mount_point = "mount/";
  config.type = "kv";
  config.uuid = kMountUuid;
  config.backend_aware_uuid = inner_uuid.empty() ? kInnerUuid : std::move(inner_uuid);
  config.options = std::move(options);
  config.default_lease_ttl = std::chrono::hours(768);
  config.max_lease_ttl = std::chrono::hours(768);
  config.clock = &state_->clock;
  ASSIGN_OR_RETURN(state_->backend, state_->factory(config));
  TRY(state_->barrier.transact([&](barrier::Transaction& transaction) {
    storage::PrefixWriteView view(transaction, state_->prefix);
    return state_->backend->initialize(view);
  }));
  return {};
}

std::string Runner::request(std::string_view line) {
  std::string_view rest = line;
  const auto operation = operation_of(next_word(rest));
  if (!operation) return state_->command(line);
  const size_t arrow = rest.find(" <- ");
  const bool has_body = arrow != rest.npos;
  std::string_view path = rest.substr(0, arrow);
  logical::Request request;
  request.operation = *operation;
  if (const size_t mark = path.find('?'); mark != path.npos && !has_body) {
    request.data = query_data(path.substr(mark + 1));
    path = path.substr(0, mark);
  }
  if (has_body) {
    auto data = codec::parse_json(rest.substr(arrow + 4));
    if (!data.ok()) return error_text(data.error());
    request.data = std::move(*data);
  }
  request.path = "mount/" + std::string(path);
  request.mount_point = "mount/";
  const bool lists = request.operation == Operation::list || request.operation == Operation::scan;
  if (lists && !request.path.ends_with('/')) request.path += '/';
  request.caller.cubbyhole_id = state_->cubbyhole;
  const auto reply = state_->handle(request);
  return reply.ok() ? response_text(*reply, request.operation) : error_text(reply.error());
}

std::string Runner::run(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool is_answer = !line.empty() && (line.front() == ' ' || (line.front() >= '0' && line.front() <= '9'));
    if (is_answer) continue;
    out.append(line).append("\n");
    if (line.empty() || line.front() == '#') continue;
    std::string answer;
    if (line.starts_with("MOUNT")) {
      const size_t equals = line.find('=');
      std::map<std::string, std::string> options;
      if (equals != line.npos) options["version"] = line.substr(equals + 1);
      const auto mounted = mount(std::move(options));
      if (!mounted.ok()) answer = error_text(mounted.error());
    } else if (line == "UPGRADE") {
      const auto upgraded = state_->upgrade();
      if (!upgraded.ok()) answer = error_text(upgraded.error());
    } else {
      answer = request(line);
    }
    if (!answer.empty()) out.append(answer).append("\n");
  }
  return out;
}

barrier::Barrier& Runner::barrier() { return state_->barrier; }
logical::Backend& Runner::backend() { return *state_->backend; }
const std::string& Runner::view_prefix() const { return state_->prefix; }

std::string check_file(logical::BackendFactory factory, const std::string& path) {
  std::ifstream file(path);
  if (!file) return path + " can't be read";
  std::stringstream expected;
  expected << file.rdbuf();
  Runner runner(std::move(factory));
  std::string answered = runner.run(expected.str());
  if (std::getenv("REWRITE") != nullptr) {
    std::ofstream(path) << answered;
    return "";
  }
  std::istringstream left(expected.str()), right(answered);
  std::string want, got;
  for (int number = 1; std::getline(left, want); ++number) {
    if (!std::getline(right, got)) got = "(nothing)";
    if (want != got) return path + ":" + std::to_string(number) + "\n  expected " + want + "\n  answered " + got;
  }
  return std::getline(right, got) ? path + ": answered more: " + got : "";
}

}  // namespace bao::logical::scenario
