// Where settings come from: flags before environment, BAO_ before VAULT_, the token from variable, file or helper program.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "internal/cli/client_settings.h"
#include "internal/cli/environment.h"
#include "internal/cli/global_flags.h"
#include "internal/cli/session.h"
#include "internal/cli/token_helper.h"

namespace bao::cli {
namespace {

// Every test has a home of its own and an environment without variables of ours.
class Settings : public testing::Test {
 protected:
  Settings() {
    char pattern[] = "/tmp/bao-settings-XXXXXX";
    home_ = mkdtemp(pattern);
    setenv("HOME", home_.c_str(), 1);
    for (const char* name : {"ADDR", "AGENT_ADDR", "TOKEN", "TOKEN_PATH", "CONFIG_PATH", "CACERT", "CAPATH", "CLIENT_CERT", "CLIENT_KEY",
                             "SKIP_VERIFY", "CLIENT_TIMEOUT", "MAX_RETRIES", "RATE_LIMIT", "NAMESPACE", "WRAP_TTL"}) {
      unsetenv((std::string("BAO_") + name).c_str());
      unsetenv((std::string("VAULT_") + name).c_str());
    }
    setenv("SHELL", "/bin/sh", 1);
  }
  ~Settings() override { std::filesystem::remove_all(home_); }

  void write(const std::string& name, const std::string& content) const { std::ofstream(home_ + "/" + name) << content; }

  base::Result<api::ClientOptions> options(const std::vector<std::string>& arguments = {}) const {
    std::vector<const Flag*> flags;
    for (const Flag& flag : http_flags()) flags.push_back(&flag);
    FlagValues values(flags);
    TRY(values.parse(arguments));
    return client_options(values);
  }

  std::string error_of(const std::vector<std::string>& arguments = {}) const {
    const auto made = options(arguments);
    return made.ok() ? "" : made.error().message();
  }

  std::string home_;
};

TEST_F(Settings, BaoVariablesGoBeforeVaultOnesEvenWhenEmpty) {
  setenv("VAULT_ADDR", "http://v", 1);
  EXPECT_EQ(environment("BAO_ADDR"), "http://v");
  setenv("BAO_ADDR", "", 1);
  EXPECT_EQ(environment("BAO_ADDR"), "");
  EXPECT_EQ(options()->address, "https://127.0.0.1:8200");  // empty: the default
  setenv("BAO_ADDR", "http://b", 1);
  EXPECT_EQ(options()->address, "http://b");
  EXPECT_EQ(options({"-address=http://f"})->address, "http://f");
  EXPECT_EQ(options({"-address=http://f", "-agent-address=http://a"})->address, "http://a");
}

TEST_F(Settings, NamespacesAreCanonical) {
  setenv("BAO_NAMESPACE", "blue", 1);
  EXPECT_EQ(options()->namespace_path, "blue/");
  EXPECT_EQ(options({"-namespace=/team/one/"})->namespace_path, "team/one/");
  EXPECT_EQ(options({"-namespace=team", "-ns=root"})->namespace_path, "");
  EXPECT_EQ(options({"-namespace="})->namespace_path, "");
}

TEST_F(Settings, SayWhatIsWrong) {
  EXPECT_EQ(error_of({"-address=:bad:"}), "failed to create client: parse \":bad:\": missing protocol scheme");
  EXPECT_EQ(error_of({"-header=X-Vault-Token=a"}),
            "failed to setup Headers[X-Vault-Token]: Header starting by 'X-Vault-' are for internal usage only");
  EXPECT_EQ(error_of({"-ca-cert=absent.pem"}),
            "failed to setup TLS config: Error loading CA File: open absent.pem: no such file or directory");
  EXPECT_EQ(error_of({"-client-cert=a.pem"}), "failed to setup TLS config: both client cert and client key must be provided");
  setenv("BAO_MAX_RETRIES", "many", 1);
  EXPECT_EQ(error_of(), "failed to read environment: strconv.ParseInt: parsing \"many\": invalid syntax");
  setenv("BAO_MAX_RETRIES", "3", 1);
  EXPECT_EQ(options()->retries_max, 3);
  setenv("BAO_SKIP_VERIFY", "maybe", 1);
  EXPECT_EQ(error_of(), "failed to read environment: could not parse BAO_SKIP_VERIFY");
}

TEST_F(Settings, TokenFileIsPrivateAndTrimmed) {
  auto helper = configured_token_helper("http://x");
  ASSERT_TRUE(helper.ok());
  EXPECT_EQ(*(*helper)->get(), "");
  ASSERT_TRUE((*helper)->store("s.secret").ok());
  struct stat about{};
  ASSERT_EQ(stat((home_ + "/.vault-token").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(home_ + "/.vault-token.tmp"));
  write(".vault-token", "\n s.other \n");
  EXPECT_EQ(*(*helper)->get(), "s.other");
  setenv("BAO_TOKEN_PATH", (home_ + "/mine").c_str(), 1);
  write("mine", "s.mine");
  EXPECT_EQ(*(*configured_token_helper("http://x"))->get(), "s.mine");
}

TEST_F(Settings, HelperProgramIsAsked) {
  write("helper.sh", "#!/bin/sh\ncase $1 in\nget) cat $HOME/kept; printf %s \"@$BAO_ADDR\";;\nstore) cat > $HOME/kept;;\nesac\n");
  chmod((home_ + "/helper.sh").c_str(), 0755);
  write(".bao", "token_helper = \"" + home_ + "/helper.sh\"\n");
  auto helper = configured_token_helper("http://server");
  ASSERT_TRUE(helper.ok());
  ASSERT_TRUE((*helper)->store("s.kept").ok());
  EXPECT_EQ(*(*helper)->get(), "s.kept@http://server");
  write("helper.sh", "#!/bin/sh\necho failing >&2\nexit 3\n");
  EXPECT_EQ((*helper)->get().error().message(), "\"failing\\n\": exit status 3");
}

TEST_F(Settings, HelperConfigurationIsChecked) {
  write(".bao", "token_helper = \"/no/such/helper\"\n");
  EXPECT_EQ(configured_token_helper("").error().message(), "unknown error getting the external helper path");
  write(".bao", "other_key = \"x\"\n");
  EXPECT_NE(configured_token_helper("").error().message().find("invalid key \"other_key\" on line 1"), std::string::npos);
}

TEST_F(Settings, TokenVariableGoesBeforeTheHelper) {
  write(".vault-token", "s.file");
  std::vector<const Flag*> flags;
  for (const Flag& flag : http_flags()) flags.push_back(&flag);
  const FlagValues values(flags);
  auto session = Session::open(values);
  ASSERT_TRUE(session.ok());
  setenv("VAULT_TOKEN", "s.vault", 1);
  ASSERT_TRUE((*session)->take_token().ok());
  EXPECT_EQ((*session)->token(), "s.vault");
  setenv("BAO_TOKEN", "", 1);  // hides VAULT_TOKEN, and falls through to the file
  ASSERT_TRUE((*session)->take_token().ok());
  EXPECT_EQ((*session)->token(), "s.file");
}

}  // namespace
}  // namespace bao::cli
