#include "internal/testing/test_core.h"

#include "internal/base/ensure.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"
#include "internal/logical/render.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::testing {
namespace {

constexpr base::Duration kStart = std::chrono::hours(24 * 365 * 56);  // in 2025

int64_t wrong_declarations() { return base::counter("core.wrong_declarations").value(); }

core::CoreOptions strict(core::CoreOptions options) {
  options.strict = true;
  if (options.version.empty()) options.version = "2.6.2";
  if (options.commit_date.empty()) options.commit_date = "2026-08-18T00:00:00Z";
  return options;
}

}  // namespace

TestCore::TestCore(State state, core::CoreOptions options)
    : clock_(base::Time(kStart)), backend_(storage::inmem::open()), wrong_declarations_(wrong_declarations()) {
  const bool shares = options.auto_seal == nullptr;
  core_ = std::make_unique<core::Core>(*backend_, strict(std::move(options)), clock_);
  ENSURE(core_->start().ok(), "an empty core starts");
  if (state == State::empty) return;
  core::InitRequest init;
  if (shares) init.secret_shares = init.secret_threshold = 1;
  const auto made = core_->initialize(init);
  ENSURE(made.ok(), made.ok() ? "" : made.error().message().c_str());
  root_token_ = made->root_token;
  if (!made->shares.empty()) share_ = codec::to_hex(made->shares.front().reveal());
  if (state == State::unsealed && shares) unseal();
}

TestCore::~TestCore() {
  core_.reset();
  ENSURE(expects_wrong_declarations_ || wrong_declarations() == wrong_declarations_,
         "an operation is declared as reading but writes; the log names it");
}

void TestCore::restart(core::CoreOptions options) {
  core_.reset();
  core_ = std::make_unique<core::Core>(*backend_, strict(std::move(options)), clock_);
  const auto started = core_->start();
  ENSURE(started.ok(), started.ok() ? "" : started.error().message().c_str());
}

void TestCore::unseal() {
  const auto status = core_->unseal(share_);
  ENSURE(status.ok(), status.ok() ? "" : status.error().message().c_str());
  ENSURE(!status->sealed, "one share unseals");
}

logical::Request TestCore::request(logical::Operation operation, std::string_view path, std::string_view body,
                                   std::string_view token) const {
  logical::Request made;
  made.id = crypto::random_uuid();
  made.operation = operation;
  made.path = path;
  made.connection.remote_address = "127.0.0.1";
  if (token != kNoToken) made.client_token = token.empty() ? root_token_ : std::string(token);
  if (!body.empty()) {
    auto data = codec::parse_json(body);
    ENSURE(data.ok(), "the test's body is JSON");
    made.data = std::move(*data);
  }
  return made;
}

logical::Reply TestCore::read(std::string_view path, std::string_view token) {
  return handle(request(logical::Operation::read, path, "", token));
}
logical::Reply TestCore::write(std::string_view path, std::string_view body, std::string_view token) {
  return handle(request(logical::Operation::update, path, body, token));
}
logical::Reply TestCore::list(std::string_view path, std::string_view token) {
  return handle(request(logical::Operation::list, path, "", token));
}
logical::Reply TestCore::remove(std::string_view path, std::string_view token) {
  return handle(request(logical::Operation::remove, path, "", token));
}

std::string TestCore::create_token(std::string_view body) {
  const auto reply = write("auth/token/create", body);
  ENSURE(reply.ok() && reply->auth, reply.ok() ? "no token" : reply.error().message().c_str());
  return reply->auth->client_token;
}

std::string TestCore::text_of(const logical::Reply& reply) {
  if (!reply.ok()) return std::string(base::code_name(reply.error().code())) + ": " + reply.error().message();
  if (reply->raw) return reply->raw->body;
  return reply->empty() ? "empty" : logical::render(*reply, "");
}

}  // namespace bao::testing
