// A listener in the file system answers as any other does; who asks there has no address.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "internal/api/client.h"
#include "internal/http/server.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

TEST(UnixListener, AnswersAtItsPath) {
  const std::string path = std::filesystem::temp_directory_path() / ("unix_listener_" + std::to_string(getpid()) + ".sock");
  testing::TestCore node;
  {
    ListenerOptions options;
    options.tls = false;
    options.socket_file = net::SocketFile{path, "0600", "", ""};
    Server server(node.core(), {options});
    ASSERT_TRUE(server.start().ok());
    EXPECT_EQ(server.addresses(), std::vector<std::string>{path});
    api::ClientOptions client;
    client.address = "unix://" + path;
    client.retries_max = 0;
    api::HttpRequest request;
    request.method = "GET";
    request.path = "/v1/sys/health";
    const auto answer = api::Client(client).send(request);
    ASSERT_TRUE(answer.ok()) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace bao::http
