#include <gtest/gtest.h>

#include "internal/logical/path.h"
#include "internal/logical/path_pattern.h"

namespace bao::logical {
namespace {

// "no", or the captures as "name=text;".
std::string matched(std::string_view pattern, std::string_view path) {
  Captures captures;
  if (!match_pattern(compile_pattern(pattern), path, captures)) return "no";
  std::string text;
  for (const auto& [name, value] : captures) text += name + "=" + value + ";";
  return text;
}

TEST(Pattern, LiteralsAreAnchoredAtBothEnds) {
  EXPECT_EQ(matched("config", "config"), "");
  EXPECT_EQ(matched("config", "config/"), "no");
  EXPECT_EQ(matched("config", "xconfig"), "no");
  EXPECT_EQ(matched("roles/?", "roles"), "");
  EXPECT_EQ(matched("roles/?", "roles/"), "");
  EXPECT_EQ(matched("roles/?", "roles//"), "no");
}

TEST(Pattern, AllTakesEverythingIncludingNothing) {
  EXPECT_EQ(matched("data/{path:all}", "data/"), "path=;");
  EXPECT_EQ(matched("data/{path:all}", "data/a/b c/"), "path=a/b c/;");
  EXPECT_EQ(matched("data/{path:all}", "data"), "no");
  EXPECT_EQ(matched("mounts/{path:any}", "mounts/"), "no");
  EXPECT_EQ(matched("mounts/{path:any}", "mounts/a/"), "path=a/;");
  EXPECT_EQ(matched("mounts/{path:any}/tune", "mounts/a/tune/tune"), "path=a/tune;");
}

TEST(Pattern, NamesBeginAndEndWithWordCharacters) {
  EXPECT_EQ(matched("roles/{name}", "roles/a.b-c"), "name=a.b-c;");
  EXPECT_EQ(matched("roles/{name}", "roles/-a"), "no");
  EXPECT_EQ(matched("roles/{name}", "roles/a."), "no");
  EXPECT_EQ(matched("roles/{name}", "roles/a/b"), "no");
  EXPECT_EQ(matched("roles/{name}", "roles/"), "no");
  EXPECT_EQ(matched("roles/{name}", "roles/a@b"), "no");
  EXPECT_EQ(matched("roles/{name:name_at}", "roles/a@b"), "name=a@b;");
  EXPECT_EQ(matched("{name}.pem", "a.pem"), "name=a;");
  EXPECT_EQ(matched("x/{ref:segment}", "x/{ü}"), "ref={ü};");
  EXPECT_EQ(matched("x/{ref:segment}", "x/a/b"), "no");
}

TEST(Pattern, OptionalPartsCaptureNothingWhenMissing) {
  EXPECT_EQ(matched("hash[/{algorithm}]", "hash"), "algorithm=;");
  EXPECT_EQ(matched("hash[/{algorithm}]", "hash/sha2-256"), "algorithm=sha2-256;");
  EXPECT_EQ(matched("random[/{source}][/{bytes}]", "random/32"), "source=32;bytes=;");
  EXPECT_EQ(matched("a[/{b}[/{c}]]", "a/x/y"), "b=x;c=y;");
  EXPECT_EQ(matched("a[/{b}[/{c}]]", "a"), "b=;c=;");
  EXPECT_EQ(matched("ca[/{format:der|pem}]", "ca/pem"), "format=pem;");
  EXPECT_EQ(matched("ca[/{format:der|pem}]", "ca/txt"), "no");
}

TEST(PathTable, FirstMatchCounts) {
  Path exact{.pattern = "a/b", .fields = {}, .handlers = {}};
  Path any{.pattern = "{path:all}", .fields = {}, .handlers = {}};
  const PathTable table({exact, any});
  EXPECT_EQ(table.match("a/b")->path->pattern, "a/b");
  EXPECT_EQ(table.match("a/c")->path->pattern, "{path:all}");
  EXPECT_FALSE(PathTable({exact}).match("z").has_value());
}

TEST(Path, UpdateServesCreate) {
  const Path path{.pattern = "a", .fields = {}, .handlers = {{Operation::update, Reads{}, ""}}};
  EXPECT_NE(path.find(Operation::create), nullptr);
  EXPECT_EQ(path.find(Operation::read), nullptr);
}

TEST(Path, FieldErrorsHaveThePrefixThatGoesWithTheOperation) {
  Path path{.pattern = "a", .fields = {{"ttl", FieldType::duration, ""}}, .handlers = {}};
  codec::Json data = codec::Json::object();
  data.set("ttl", "soon");
  const std::string bare = "error converting input for field \"ttl\": time: invalid duration \"soon\"";
  EXPECT_EQ(path.read_fields(Operation::update, {}, data).error().message(), "Field validation failed: " + bare);
  path.exists = [](const Call&, const storage::ReadView&) { return base::Result<bool>(true); };
  EXPECT_EQ(path.read_fields(Operation::update, {}, data).error().message(), bare);
  EXPECT_EQ(path.read_fields(Operation::patch, {}, data).error().message(), "Field validation failed: " + bare);
}

}  // namespace

}  // namespace bao::logical
