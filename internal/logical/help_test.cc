#include "internal/logical/help.h"

#include <gtest/gtest.h>

namespace bao::logical {
namespace {

using codec::Json;

Reply nothing_read(const Call&, const storage::ReadView&) { return Response::none(); }
Reply nothing_written(const Call&, storage::WriteView&) { return Response::none(); }

class Roles final : public Backend {
 public:
  Roles() {
    Path path;
    path.pattern = "roles/{name}[/{part}]";
    path.fields = {{"name", FieldType::string, "Name of the role."},
                   {"part", FieldType::string, "A part of it."},
                   {"ttl", FieldType::duration, "How long it lives.", Json(60), true},
                   {"old", FieldType::comma_list, "", {}, false, true}};
    path.handlers = {{Operation::read, Reads{nothing_read}, "Reads it."},
                     {Operation::list, Reads{nothing_read}},
                     {Operation::create, Writes{nothing_written}},
                     {Operation::update, Writes{nothing_written}},
                     {Operation::remove, Writes{nothing_written}}};
    path.access = Access::sudo;
    path.synopsis = "Roles.";
    path.description = "About roles.";
    Path hidden;
    hidden.pattern = "{path:all}";
    hidden.fields = {{"path", FieldType::string, ""}};
    hidden.handlers = {{Operation::read, Reads{nothing_read}}};
    hidden.published = false;
    set_paths({path, hidden});
  }
  std::string help() const override { return "Keeps roles."; }
};

Json help_of(const std::string& relative) {
  Request request;
  request.mount_point = "mount/";
  request.path = "mount/" + relative;
  return path_help(Roles(), request);
}

TEST(Help, OfAPathShowsRequestRouteAndParameters) {
  EXPECT_EQ(help_of("roles/a")["help"].as_string(),
            "Request:        roles/a\n"
            "Matching Route: ^roles/(?P<name>\\w(([\\w-.]+)?\\w)?)(/(?P<part>\\w(([\\w-.]+)?\\w)?))?$\n\n"
            "Roles.\n\n"
            "## PARAMETERS\n\n"
            "    name (string)\n\n        Name of the role.\n\n"
            "    old (slice)\n\n        (DEPRECATED) <no description>\n\n"
            "    part (string)\n\n        A part of it.\n\n"
            "    ttl (duration (sec))\n\n        How long it lives.\n\n"
            "## DESCRIPTION\n\nAbout roles.\n");
}

TEST(Help, OfAMountListsItsPaths) {
  const std::string text = help_of("")["help"].as_string();
  EXPECT_TRUE(text.starts_with("## DESCRIPTION\n\nKeeps roles.\n\n## PATHS\n\n")) << text;
  EXPECT_NE(text.find("    ^roles/"), std::string::npos);
  EXPECT_NE(text.find("        Roles.\n"), std::string::npos);
}

TEST(OpenApi, EachFormOfAPathHasItsOperations) {
  Json document;
  add_openapi(document, Roles(), "mount/");
  const Json& paths = document["paths"];
  EXPECT_NE(paths.find("/mount/roles/{name}"), nullptr);
  const Json& item = paths["/mount/roles/{name}/{part}"];
  EXPECT_EQ(item["parameters"].size(), 2u);
  EXPECT_TRUE(item["x-vault-sudo"].as_bool());
  EXPECT_EQ(item["get"]["operationId"].as_string(), "mount-read-roles-name-part");
  EXPECT_EQ(item["get"]["parameters"].items().at(0)["name"].as_string(), "list");
  EXPECT_NE(item["delete"]["responses"].find("204"), nullptr);
  EXPECT_EQ(item["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_string(),
            "#/components/schemas/MountWriteRolesNamePartRequest");
  const Json& schema = document["components"]["schemas"]["MountWriteRolesNamePartRequest"];
  EXPECT_EQ(codec::write_json(schema["properties"]["ttl"]),
            R"({"type":"integer","description":"How long it lives.","format":"seconds","default":60})");
  EXPECT_EQ(codec::write_json(schema["required"]), R"(["ttl"])");
  EXPECT_EQ(paths["/mount/{path}"].find("get"), nullptr);
}

}  // namespace
}  // namespace bao::logical
