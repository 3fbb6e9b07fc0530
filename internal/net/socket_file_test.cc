// A listener in the file system: who may connect is as asked for, what stands there is not lost, nothing stays behind.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "internal/net/listening_socket.h"

namespace bao::net {
namespace {

struct SocketFiles : ::testing::Test {
  SocketFiles() {
    char name[] = "/tmp/socket-file-XXXXXX";
    folder = mkdtemp(name);
    path = folder + "/bao.sock";
  }
  ~SocketFiles() override { std::filesystem::remove_all(folder); }
  mode_t mode() const {
    struct stat info = {};
    return stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
  }
  bool connects() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const bool done = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return done;
  }
  std::string folder, path;
};

TEST_F(SocketFiles, AcceptsAndGoesWithTheListener) {
  {
    const auto socket = ListeningSocket::open_file({path, "0640", "", ""});
    ASSERT_TRUE(socket.ok()) << socket.error().message();
    EXPECT_EQ((*socket)->address(), path);
    EXPECT_EQ(mode(), 0640u);
    EXPECT_TRUE(connects());
    const auto accepted = (*socket)->accept();
    ASSERT_TRUE(accepted.ok());
    EXPECT_EQ(accepted->address, "") << "who connects here has no address";
    ::close(accepted->descriptor);
    std::thread waiting([&] { EXPECT_FALSE((*socket)->accept().ok()); });
    (*socket)->wake();
    waiting.join();
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SocketFiles, OneLeftBehindIsReplacedAndOneInUseIsNot) {
  const auto first = ListeningSocket::open_file({path, "", "", ""});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(ListeningSocket::open_file({path, "", "", ""}).error().message(), "listen unix " + path + ": bind: address already in use");
  EXPECT_TRUE(connects());
  const std::string killed = folder + "/killed.sock";
  std::filesystem::rename(path, killed);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(descriptor);
  EXPECT_TRUE(ListeningSocket::open_file({path, "", "", ""}).ok());
}

TEST_F(SocketFiles, WhatIsNoSocketStays) {
  std::ofstream(path) << "somebody's";
  EXPECT_FALSE(ListeningSocket::open_file({path, "", "", ""}).ok());
  EXPECT_EQ(std::filesystem::file_size(path), 10u);
}

TEST_F(SocketFiles, WhatCannotBe) {
  const auto message = [&](const SocketFile& file) { return ListeningSocket::open_file(file).error().message(); };
  EXPECT_EQ(message({path, "0999", "", ""}), "socket_mode: 0999 is no octal number of up to 0777");
  EXPECT_EQ(message({path, "", "nobody-of-this-name", ""}), "socket_user: there is no user nobody-of-this-name");
  EXPECT_EQ(message({path, "", "", "no-such-group"}), "socket_group: there is no group no-such-group");
  EXPECT_EQ(message({"/nowhere/x.sock", "", "", ""}), "listen unix /nowhere/x.sock: bind: No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(path));
  const std::string own = std::to_string(geteuid());
  EXPECT_TRUE(ListeningSocket::open_file({path, "", own, std::to_string(getegid())}).ok());
}

}  // namespace
}  // namespace bao::net
