// A core for tests: storage in memory, a fake clock, initialised with one share and unsealed in one line.
//
//   testing::TestCore node;
//   node.write("sys/mounts/kv", R"({"type":"kv"})");
//   EXPECT_EQ(node.read("kv/a").error().code(), base::Code::absent);
//
// Requests carry the root token unless another is given. When it ends, a wrong declaration (an operation that is declared
// as reading but writes) since it was made is a test failure. Owned by one thread; requests may come from many.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "internal/core/core.h"
#include "internal/storage/backend.h"

namespace bao::testing {

class TestCore {
 public:
  enum class State : uint8_t { empty, sealed, unsealed };
  explicit TestCore(State state = State::unsealed, core::CoreOptions options = {});
  ~TestCore();
  TestCore(const TestCore&) = delete;
  TestCore& operator=(const TestCore&) = delete;

  core::Core& core() { return *core_; }
  storage::Backend& backend() { return *backend_; }
  base::FakeClock& clock() { return clock_; }
  const std::string& root_token() const { return root_token_; }
  const std::string& share() const { return share_; }  // hex, of the one unseal share

  // A new process on the same storage: sealed, unless `options` hold an auto seal.
  void restart(core::CoreOptions options = {});
  void unseal();
  // For the next end of life: wrong declarations are what the test is about.
  void expect_wrong_declarations() { expects_wrong_declarations_ = true; }

  // `body` is JSON text; "" for none. `token` "" stands for the root token, kNoToken for none.
  static constexpr std::string_view kNoToken = "-";
  logical::Request request(logical::Operation operation, std::string_view path, std::string_view body = "",
                           std::string_view token = "") const;
  logical::Reply handle(logical::Request r) { return core_->handle(std::move(r)); }
  logical::Reply read(std::string_view path, std::string_view token = "");
  logical::Reply write(std::string_view path, std::string_view body = "{}", std::string_view token = "");
  logical::Reply list(std::string_view path, std::string_view token = "");
  logical::Reply remove(std::string_view path, std::string_view token = "");
  // A new token by auth/token/create; ENSURE: it is made.
  std::string create_token(std::string_view body);

  // The envelope as text, or the error as `CODE: message`; for comparing whole answers.
  static std::string text_of(const logical::Reply& reply);

 private:
  base::FakeClock clock_;
  std::unique_ptr<storage::Backend> backend_;
  std::unique_ptr<core::Core> core_;
  std::string root_token_, share_;
  const int64_t wrong_declarations_;
  bool expects_wrong_declarations_ = false;
};

}  // namespace bao::testing
