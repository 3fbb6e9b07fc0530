// sys/tools and sys/loggers over their path tables: what a caller sends and gets.
#include <gtest/gtest.h>

#include "internal/base/log.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Operation;
using logical::Reply;

class NoStorage final : public storage::ReadView {
 public:
  base::Result<std::optional<std::string>> get(std::string_view) const override { return std::optional<std::string>(); }
  base::Result<std::vector<std::string>> list(std::string_view, std::string_view, int64_t) const override {
    return std::vector<std::string>();
  }
  base::Index index() const override { return {}; }
  base::Result<std::vector<storage::IndexRow>> index_scan(std::string_view, std::string_view, int64_t) const override {
    return std::vector<storage::IndexRow>();
  }
};

Reply call(const logical::PathTable& table, Operation operation, const std::string& path, const char* body) {
  const auto match = table.match(path);
  if (!match) return logical::unsupported_path();
  const auto data = codec::parse_json(body);
  auto fields = match->path->read_fields(operation, match->captures, *data);
  if (!fields.ok()) return fields.error();
  const logical::Handler* handler = match->path->find(operation);
  if (handler == nullptr) return logical::unsupported_operation();
  logical::Request request;
  request.operation = operation;
  request.path = path;
  const logical::Call one{request, *fields, base::Time()};
  if (const auto* manages = std::get_if<logical::Manages>(&handler->effect)) return manages->run(one);
  return std::get<logical::Reads>(handler->effect).run(one, NoStorage());
}

class Tools : public testing::Test {
 protected:
  Reply post(const std::string& path, const char* body) { return call(table_, Operation::update, path, body); }
  std::string refusal(const std::string& path, const char* body) {
    const Reply reply = post(path, body);
    return reply.ok() ? "" : reply.error().message();
  }
  std::string text(const std::string& path, const char* body, const char* member) {
    const Reply reply = post(path, body);
    return reply.ok() ? (*reply->data)[member].as_string() : reply.error().message();
  }
  logical::PathTable table_{tool_paths()};
};

TEST_F(Tools, HashesByTheNameInThePathFirst) {
  EXPECT_EQ(text("tools/hash", R"({"input":"Y29uZm9ybQ=="})", "sum"),
            "7693628103f401d6b976f77ead49b519e55995a501dd394606d085575ec14ac2");
  EXPECT_EQ(text("tools/hash/sha3-256", R"({"input":"Y29uZm9ybQ==","algorithm":"sha2-512"})", "sum"),
            "461f632372fe2e8d0f28faadf07bbac62ea1755bba7ae81baa5df47b61528933");
  EXPECT_EQ(text("tools/hash/sha2-384", R"({"input":"Y29uZm9ybQ==","format":"base64"})", "sum"),
            "qwL7+V3JdiB3UOvpTs64U3qVvpiM83uq8/Nm4ZZo7O5VDl8bQ6eHFq0Hcy6xbRxN");
  EXPECT_EQ(refusal("tools/hash/md5", R"({"input":"Y29uZm9ybQ=="})"), "unsupported algorithm md5");
  EXPECT_EQ(refusal("tools/hash", R"({"input":"Y29uZm9ybQ==","format":"raw"})"),
            "unsupported encoding format raw; must be \"hex\" or \"base64\"");
}

TEST_F(Tools, GivesAsManyRandomBytesAsAsked) {
  EXPECT_EQ(text("tools/random/8", R"({"format":"hex"})", "random_bytes").size(), 16u);
  EXPECT_EQ(text("tools/random", R"({"bytes":"4","format":"hex"})", "random_bytes").size(), 8u);
  EXPECT_EQ(text("tools/random/platform/16", R"({"format":"hex"})", "random_bytes").size(), 32u);
  EXPECT_NE(text("tools/random", "{}", "random_bytes"), text("tools/random", "{}", "random_bytes"));
  EXPECT_EQ(post("tools/random/seal", R"({"bytes":4})")->warnings.size(), 1u);
}

TEST_F(Tools, BoundsRandomBytes) {
  EXPECT_EQ(refusal("tools/random/0", "{}"), "'bytes' cannot be less than 1");
  EXPECT_EQ(refusal("tools/random/-3", "{}"), "'bytes' cannot be less than 1");
  EXPECT_EQ(refusal("tools/random", R"({"bytes":200000})"), "'bytes' should be less than 131072");
  EXPECT_EQ(refusal("tools/random/moon/4", "{}"),
            "unsupported entropy source \"moon\"; must be \"platform\" or \"seal\", or \"all\"");
}

TEST(Loggers, AreOverriddenOneByOneOrAllTogether) {
  const logical::PathTable table(logger_paths());
  const auto level = [&] { return (*call(table, Operation::read, "loggers/core", "{}")->data)["core"].as_string(); };
  ASSERT_TRUE(call(table, Operation::update, "loggers/core", R"({"level":"debug"})").ok());
  EXPECT_EQ(level(), "debug");
  ASSERT_TRUE(call(table, Operation::update, "loggers", R"({"level":"error"})").ok());
  EXPECT_EQ(level(), "error");
  ASSERT_TRUE(call(table, Operation::remove, "loggers", "{}").ok());
  EXPECT_EQ(level(), "info");
  EXPECT_EQ(call(table, Operation::update, "loggers/none", R"({"level":"warn"})").error().message(),
            "logger \"none\" not found");
  EXPECT_EQ(call(table, Operation::update, "loggers/core", R"({"level":"shouting"})").error().message(),
            "invalid level provided: unknown log level: shouting");
}

TEST(Unavailable, SaysSoRatherThanPretend) {
  const logical::PathTable table(unavailable_paths());
  EXPECT_EQ(call(table, Operation::update, "namespaces/team", "{}").error().message(),
            "namespaces are not available yet in this release");
  EXPECT_EQ(call(table, Operation::list, "namespaces/", "{}").error().code(), base::Code::absent);
}

}  // namespace
}  // namespace bao::core::sys
