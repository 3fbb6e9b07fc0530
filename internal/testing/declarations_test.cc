// Operations say beforehand whether they write (ARCHITECTURE D7). What a wrong declaration comes to, with planted engines;
// and every operation of every built-in backend run under the rule.
#include <gtest/gtest.h>

#include "internal/base/metrics.h"
#include "internal/codec/encoding.h"
#include "internal/core/life_cycle.h"
#include "internal/core/parts.h"
#include "internal/core/request_handler.h"
#include "internal/core/revoker.h"
#include "internal/logical/path_pattern.h"
#include "internal/storage/inmem/inmem.h"
#include "internal/testing/test_core.h"

namespace bao::testing {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::PatternPart;
using logical::Reply;
using logical::Response;

int64_t wrong_declarations() { return base::counter("core.wrong_declarations").value(); }

// An engine with one path, "x", that reads by this effect.
class PlantedBackend final : public logical::Backend {
 public:
  explicit PlantedBackend(logical::Effect effect) {
    logical::Path path;
    path.pattern = "x";
    path.handlers = {{Operation::read, std::move(effect)}};
    set_paths({std::move(path)});
  }
};

logical::BackendFactory planted(logical::Effect effect) {
  return [effect](const logical::BackendConfig&) -> base::Result<std::unique_ptr<logical::Backend>> {
    return std::unique_ptr<logical::Backend>(std::make_unique<PlantedBackend>(effect));
  };
}

// A node whose parts the test can reach, with something named "a" of every kind.
class Node {
 public:
  explicit Node(core::MountTable::Factories more = {}) : parts_(*storage_, options(std::move(more)), clock_) {
    EXPECT_TRUE(parts_.life_cycle->start().ok());
    core::InitRequest init;
    init.secret_shares = init.secret_threshold = 1;
    const auto made = parts_.life_cycle->initialize(init);
    EXPECT_TRUE(made.ok());
    root_token_ = made->root_token;
    EXPECT_TRUE(parts_.life_cycle->unseal(codec::to_hex(made->shares.front().reveal()), core::Core::Migrate::no).ok());
  }
  core::Core::Parts& parts() { return parts_; }
  base::Index written() const { return storage_->snapshot()->index(); }
  Reply ask(Operation operation, std::string path, Json data = Json::object()) {
    logical::Request request;
    request.id = "00000000-0000-0000-0000-000000000000";
    request.operation = operation;
    request.path = std::move(path);
    request.data = std::move(data);
    request.client_token = root_token_;
    request.connection.remote_address = "127.0.0.1";
    return parts_.handler->handle(std::move(request), {}, nullptr);
  }
  void fill() {
    const auto make = [this](const char* path, Json data) {
      const auto reply = ask(Operation::update, path, std::move(data));
      ASSERT_TRUE(reply.ok()) << path << ": " << reply.error().message();
    };
    make("sys/mounts/a", Json::object({{"type", "kv"}}));
    make("sys/mounts/b", Json::object({{"type", "kv"}, {"options", Json::object({{"version", "2"}})}}));
    make("a/a", Json::object({{"v", 1}}));
    make("b/data/a", Json::object({{"data", Json::object({{"v", 1}})}}));
    make("cubbyhole/a", Json::object({{"v", 1}}));
    make("sys/policies/acl/a", Json::object({{"policy", R"(path "a/*" { capabilities = ["read"] })"}}));
    make("sys/policies/password/a", Json::object({{"policy", "length = 9\nrule \"charset\" { charset = \"abc\" }"}}));
    make("auth/token/roles/a", Json::object({{"orphan", true}}));
    const auto token = ask(Operation::update, "auth/token/create", Json::object({{"ttl", "1h"}}));
    ASSERT_TRUE(token.ok() && token->auth);
    token_ = token->auth->client_token;
    accessor_ = token->auth->accessor;
    const auto leases = ask(Operation::list, "sys/leases/lookup/auth/token/create/");
    ASSERT_TRUE(leases.ok() && leases->data) << leases.error().message();
    lease_ = "auth/token/create/" + (*leases->data)["keys"].items().front().as_string();
  }
  // What operations ask for, whatever they call it.
  Json generous_body() const {
    return Json::object({{"token", token_}, {"accessor", accessor_}, {"lease_id", lease_}, {"path", "a/a"},
                         {"paths", Json::strings({"a/a", "sys/mounts"})}, {"input", "YWJj"}, {"name", "a"}, {"type", "kv"},
                         {"data", Json::object({{"v", 2}})}, {"versions", Json::array({1})}, {"version", "1"},
                         {"policy", R"(path "c/*" { capabilities = ["read"] })"}, {"from", "a"}, {"to", "c"}, {"value", "x"}});
  }

 private:
  static core::CoreOptions options(core::MountTable::Factories more) {
    core::CoreOptions made;
    made.strict = made.raw_storage_endpoint = made.introspection_endpoint = true;
    made.version = "2.6.2";
    made.more_secret_types = std::move(more);
    return made;
  }

  base::FakeClock clock_{base::Time(std::chrono::hours(24 * 365 * 56))};
  std::unique_ptr<storage::Backend> storage_ = storage::inmem::open();
  core::Core::Parts parts_;
  std::string root_token_, token_, accessor_, lease_;
};

// R-18: an engine that reworded the read-only error lost the forwarding
TEST(WrongDeclarations, AReadThatWritesIsFoundOutEvenWhenItHidesThat) {
  core::Core::Parts* parts = nullptr;
  const auto writes_and_hides_it = [&parts](const Call&, const storage::ReadView&) -> Reply {
    const auto written = parts->barrier.transact(
        [](barrier::Transaction& all) { return all.put("sys/config/planted", "written by a read"); });
    return Response::of(Json::object({{"wrote", written.ok()}}));
  };
  Node node({{"planted", planted(logical::Reads{writes_and_hides_it})}});
  parts = &node.parts();
  ASSERT_TRUE(node.ask(Operation::update, "sys/mounts/planted", Json::object({{"type", "planted"}})).ok());
  const int64_t before = wrong_declarations();
  const auto reply = node.ask(Operation::read, "planted/x");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_TRUE((*reply->data)["wrote"].as_bool()) << "it ran once more, as what it is";
  EXPECT_EQ(wrong_declarations(), before + 1);
}

TEST(WrongDeclarations, TheLocalHalfOfAnOperationOnlyReadsToo) {
  core::Core::Parts* parts = nullptr;
  const auto local = [&parts](const Call&, const storage::ReadView&) -> Reply {
    TRY(parts->barrier.transact([](barrier::Transaction& all) { return all.put("sys/config/planted", "x"); }));
    return Response::none();
  };
  const auto here = [](const Call&, const storage::ReadView&) -> base::Result<logical::Where> { return logical::Where::local; };
  const auto active = [](const Call&, storage::WriteView& view) -> Reply {
    TRY(view.put("k", "v"));
    return Response::of(Json::object({{"ran", "as a write"}}));
  };
  Node node({{"planted", planted(logical::ReadsUnless{here, local, active})}});
  parts = &node.parts();
  ASSERT_TRUE(node.ask(Operation::update, "sys/mounts/planted", Json::object({{"type", "planted"}})).ok());
  const int64_t before = wrong_declarations();
  const auto reply = node.ask(Operation::read, "planted/x");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ((*reply->data)["ran"].as_string(), "as a write");
  EXPECT_EQ(wrong_declarations(), before + 1);
}

Reply answers_with_a_lease(const Call&, const storage::ReadView&) {
  Response response = Response::of(Json::object({{"password", "x"}}));
  response.lease = logical::SecretLease{};
  return response;
}

// What a test sees that used TestCore: the whole program ends, and the line says why.
TEST(WrongDeclarationsDeathTest, TheTestThatMetOneFails) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        core::CoreOptions options;
        options.more_secret_types["planted"] = planted(logical::Reads{answers_with_a_lease});
        TestCore node(TestCore::State::unsealed, std::move(options));
        (void)node.write("sys/mounts/planted", R"({"type":"planted"})");
        (void)node.read("planted/x");
      },
      "declared as reading but writes");
}

TEST(WrongDeclarations, ATransactionThatWritesNothingIsARead) {
  core::Core::Parts* parts = nullptr;
  const auto looks = [&parts](const Call&, const storage::ReadView&) -> Reply {
    const auto looked = parts->barrier.transact([](barrier::Transaction& all) -> base::Status {
      const auto found = all.get("sys/config/planted");
      return found.ok() ? base::Status() : base::Status(found.error());
    });
    if (!looked.ok()) return looked.error();
    return Response::none();
  };
  Node node({{"planted", planted(logical::Reads{looks})}});
  parts = &node.parts();
  ASSERT_TRUE(node.ask(Operation::update, "sys/mounts/planted", Json::object({{"type", "planted"}})).ok());
  const int64_t before = wrong_declarations();
  EXPECT_TRUE(node.ask(Operation::read, "planted/x").ok());
  EXPECT_EQ(wrong_declarations(), before);
}

// A path that the pattern takes, whose captures name what Node::fill made.
std::string sample_of(const std::vector<PatternPart>& pattern) {
  std::string path;
  for (const PatternPart& part : pattern) {
    switch (part.kind) {
      case PatternPart::Kind::literal: path += part.text; break;
      case PatternPart::Kind::words: path += part.words.front(); break;
      case PatternPart::Kind::optional: path += sample_of(part.inner); break;
      case PatternPart::Kind::maybe_slash: break;
      default: path += part.text == "urlbytes" ? "8" : part.text == "urlalgorithm" ? "sha2-256" : part.text == "source" ? "platform" : "a";
    }
  }
  return path;
}

struct Declared {
  std::string mount;  // "sys/"
  const logical::Path* path;
  const logical::Handler* handler;
  std::string sample;  // whole path of a request
  bool reads() const {
    return std::holds_alternative<logical::Reads>(handler->effect) || std::holds_alternative<logical::ReadsUnless>(handler->effect);
  }
  std::string name() const { return std::string(logical::operation_name(handler->operation)) + " " + sample; }
};

std::vector<Declared> declared_operations(Node& node) {
  std::vector<Declared> all;
  for (const auto& mount : node.parts().mounts->router()->mounts()) {
    for (const logical::Path& path : mount->backend->paths().paths()) {
      // Storage keys must have an owner, or a strict core ends.
      const bool raw = path.pattern.starts_with("raw");
      const std::string sample = raw ? "raw/sys/config/a" : sample_of(logical::compile_pattern(path.pattern));
      for (const logical::Handler& handler : path.handlers) {
        all.push_back({mount->mount_point, &path, &handler, mount->mount_point + sample});
      }
    }
  }
  return all;
}

// The node's own threads write now and then (the keyring's keeper); what the operation does it does each time.
bool leaves_storage_alone(Node& node, const Declared& operation, const Json& body) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    const base::Index index = node.written();
    (void)node.ask(operation.handler->operation, operation.sample, body);
    if (node.written() == index) return true;
  }
  return false;
}

// R-16: a salt made by the first read, within a transaction: deadlock
TEST(Declarations, EveryReadOfEveryBackendLeavesTheStorageAlone) {
  Node node;
  node.fill();
  const int64_t before = wrong_declarations();
  std::map<std::string, int> read_by_mount;
  for (const Declared& operation : declared_operations(node)) {
    if (!operation.reads()) continue;
    const auto& router = *node.parts().mounts->router();
    const auto match = (*router.find(operation.sample))->backend->paths().match(operation.sample.substr(operation.mount.size()));
    const bool stands_aside = match && match->path != operation.path && !operation.path->published;  // for what is there
    if (stands_aside) continue;
    ASSERT_TRUE(match && match->path == operation.path) << operation.sample << " does not lead to " << operation.path->pattern;
    for (const Json& body : {Json::object(), node.generous_body()}) {
      EXPECT_TRUE(leaves_storage_alone(node, operation, body)) << operation.name();
      EXPECT_EQ(wrong_declarations(), before) << operation.name();
    }
    ++read_by_mount[operation.mount];
  }
  for (const char* mount : {"sys/", "a/", "b/", "cubbyhole/", "auth/token/"}) EXPECT_GT(read_by_mount[mount], 0) << mount;
}

// What writes can't be declared too carefully; it must end in an answer, alone on a fresh node.
TEST(Declarations, EveryWriteOfEveryBackendEndsInAnAnswer) {
  Node first;
  first.fill();
  const int64_t before = wrong_declarations();
  int asked = 0;
  for (const Declared& operation : declared_operations(first)) {
    if (operation.reads()) continue;
    Node node;
    node.fill();
    for (const Json& body : {Json::object(), node.generous_body()}) {
      const auto reply = node.ask(operation.handler->operation, operation.sample, body);
      EXPECT_TRUE(reply.ok() || reply.error().code() != base::Code::needs_active) << operation.name();
    }
    ++asked;
  }
  EXPECT_GT(asked, 50);
  EXPECT_EQ(wrong_declarations(), before);
}

}  // namespace
}  // namespace bao::testing
