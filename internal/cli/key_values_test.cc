// Data on the command line: what scripts give as k=v, from files and from stdin.
#include "internal/cli/key_values.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace bao::cli {
namespace {

class KeyValues : public testing::Test {
 protected:
  KeyValues() {
    char pattern[] = "/tmp/bao-key-values-XXXXXX";
    folder_ = mkdtemp(pattern);
    write("value", "from file\n");
    write("doc.json", R"({"k":"doc","n":1.50})");
    write("list.json", "[1]");
  }
  ~KeyValues() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& content) const { std::ofstream(folder_ + "/" + name) << content; }

  std::string parsed(const std::vector<std::string>& arguments) const {
    const auto values = parse_key_values(arguments, true);
    return values.ok() ? codec::write_json(*values) : values.error().message();
  }

  std::string folder_;
};

TEST_F(KeyValues, AreTextsUnlessRepeatedOrFromJson) {
  EXPECT_EQ(parsed({}), "null");
  EXPECT_EQ(parsed({"a=1", "b=x=y", "c="}), R"({"a":"1","b":"x=y","c":""})");
  EXPECT_EQ(parsed({"a=1", "a=2", "a=3"}), R"({"a":["1","2","3"]})");
  EXPECT_EQ(parsed({"=v"}), R"({"":"v"})");
  EXPECT_EQ(parsed({"a=@" + folder_ + "/value"}), R"({"a":"from file\n"})");
  EXPECT_EQ(parsed({"a=\\@x"}), R"({"a":"@x"})");
  EXPECT_EQ(parsed({"a=-"}), R"({"a":""})");  // stdin, which is closed to it here
}

TEST_F(KeyValues, DocumentsReplaceAndArgumentsAdd) {
  const std::string document = "@" + folder_ + "/doc.json";
  EXPECT_EQ(parsed({document}), R"({"k":"doc","n":1.50})");
  EXPECT_EQ(parsed({"k=cli", document}), R"({"k":"doc","n":1.50})");
  EXPECT_EQ(parsed({document, "k=cli", "k=more"}), R"({"k":["doc","cli","more"],"n":1.50})");
}

TEST_F(KeyValues, SayWhatIsWrong) {
  EXPECT_EQ(parsed({"x"}), "invalid key/value pair \"x\": format must be key=value");
  EXPECT_EQ(parsed({"a=@none"}), "invalid key/value pair \"a=@none\": error reading file: open none: no such file or directory");
  EXPECT_EQ(parsed({"@none"}), "invalid key/value pair \"@none\": open none: no such file or directory");
  EXPECT_EQ(parsed({"a=-", "b=-"}), "invalid key/value pair \"b=-\": stdin already consumed");
  EXPECT_FALSE(parse_key_values({"@" + folder_ + "/list.json"}, true).ok());
}

TEST_F(KeyValues, BecomeQueryParameters) {
  const auto query = parse_query_arguments({"a=1", "a=2", "b=3"}, true);
  ASSERT_TRUE(query.ok());
  const std::vector<std::pair<std::string, std::string>> wanted = {{"a", "1"}, {"a", "2"}, {"b", "3"}};
  EXPECT_EQ(*query, wanted);
}

}  // namespace
}  // namespace bao::cli
