// A wrapped answer is read once, by whoever holds its token, and looks as it was.
#include <gtest/gtest.h>

#include "internal/core/wrapping/wrapping.h"
#include "internal/logical/render.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::core {
namespace {

using base::Status;
using base::Time;
using codec::Json;
using logical::Reply;
using logical::Response;
using std::chrono::minutes;

const Time kNow = Time(std::chrono::seconds(1'700'000'000));

class Wrap : public testing::Test {
 protected:
  Wrap() {
    barrier_.set_keyring(std::make_shared<barrier::Keyring>(barrier::Keyring::generate(kNow)));
    store_->set_listener([this](const storage::ChangeSet& changes) {
      for (const auto& key : changes.keys) tokens_.invalidate(key, changes.index);
    });
    tokens_.set_cubbyhole_mount([] { return std::string("aaaaaaaa-0000-0000-0000-000000000001"); });
    const auto done = barrier_.transact([&](barrier::Transaction& all) { return tokens_.initialize(all); });
    EXPECT_TRUE(done.ok());
    request_.id = "11111111-2222-3333-4444-555555555555";
    request_.path = "secret/data/a";
  }
  ~Wrap() override { store_->set_listener(nullptr); }

  Reply in_transaction(const std::function<Reply(storage::WriteView&)>& body) {
    Reply reply = Response::none();
    const auto done = barrier_.transact([&](barrier::Transaction& all) -> Status {
      reply = body(all);
      return reply.ok() ? Status() : Status(reply.error());
    });
    return done.ok() ? reply : Reply(done.error());
  }
  logical::WrapInfo wrapped(const Response& response) {
    const Reply reply = in_transaction([&](storage::WriteView& all) { return wrapping_.wrap(all, request_, response, minutes(5)); });
    EXPECT_TRUE(reply.ok() && reply->wrap) << (reply.ok() ? "" : reply.error().message());
    return reply.ok() && reply->wrap ? *reply->wrap : logical::WrapInfo();
  }
  Reply unwrap(const std::string& token) {
    return in_transaction([&](storage::WriteView& all) { return wrapping_.unwrap(all, token); });
  }
  bool valid(const std::string& token) { return *wrapping_.valid(barrier::Reader(barrier_), token); }
  Reply lookup(const std::string& token) { return wrapping_.lookup(barrier::Reader(barrier_), token); }

  base::FakeClock clock_{kNow};
  std::unique_ptr<storage::Backend> store_ = storage::inmem::open();
  barrier::Barrier barrier_{*store_};
  Expiration expiration_{clock_};
  TokenStore tokens_{barrier_, expiration_, clock_};
  MountTable mounts_{barrier_, {}, {}, MountDefaults(), clock_};
  Wrapping wrapping_{tokens_, mounts_, clock_};
  logical::Request request_;
};

TEST_F(Wrap, TheAnswerComesBackOnceAsItWas) {
  const Response answer = Response::of(Json::object({{"pin", "4711"}}));
  const logical::WrapInfo info = wrapped(answer);
  EXPECT_EQ(info.ttl, minutes(5));
  EXPECT_EQ(info.creation_path, "secret/data/a");
  EXPECT_TRUE(valid(info.token));
  const Reply first = unwrap(info.token);
  ASSERT_TRUE(first.ok() && first->raw) << first.error().message();
  EXPECT_EQ(first->raw->body + "\n", logical::render(answer, request_.id));
  EXPECT_FALSE(valid(info.token));
  EXPECT_FALSE(unwrap(info.token).ok());
}

TEST_F(Wrap, TheTokenIsForOneUseAndNothingElse) {
  const auto entry = *tokens_.lookup(barrier::Reader(barrier_), wrapped(Response::of(Json::object({{"a", 1}}))).token);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->policies, std::vector<std::string>{"response-wrapping"});
  EXPECT_EQ(entry->num_uses, 1);
  EXPECT_EQ(entry->explicit_max_ttl, minutes(5));
  EXPECT_EQ(entry->path, "secret/data/a");
  EXPECT_EQ(entry->parent, "");
}

TEST_F(Wrap, LookingUsesNothingUp) {
  const logical::WrapInfo info = wrapped(Response::of(Json::object({{"a", 1}})));
  for (int i = 0; i < 2; ++i) {
    const Reply seen = lookup(info.token);
    ASSERT_TRUE(seen.ok()) << seen.error().message();
    EXPECT_EQ(codec::write_json(*seen->data),
              R"({"creation_path":"secret/data/a","creation_time":"2023-11-14T22:13:20Z","creation_ttl":300})");
  }
  EXPECT_TRUE(unwrap(info.token).ok());
}

TEST_F(Wrap, RewrappingKeepsContentLifetimeAndPathUnderAnotherToken) {
  const logical::WrapInfo old = wrapped(Response::of(Json::object({{"a", "b"}})));
  clock_.advance(minutes(4));
  logical::Request request = request_;
  request.path = "sys/wrapping/rewrap";
  const Reply fresh = in_transaction([&](storage::WriteView& all) { return wrapping_.rewrap(all, request, old.token); });
  ASSERT_TRUE(fresh.ok() && fresh->wrap);
  EXPECT_EQ(fresh->wrap->creation_path, "secret/data/a");
  EXPECT_EQ(fresh->wrap->ttl, minutes(5));
  EXPECT_FALSE(valid(old.token));
  clock_.advance(minutes(3));
  EXPECT_NE(unwrap(fresh->wrap->token)->raw->body.find(R"("a":"b")"), std::string::npos);
}

TEST_F(Wrap, RawAnswersComeBackRaw) {
  Response answer;
  answer.raw = logical::RawBody{200, "application/pkix-cert", std::string("\x30\x82\0", 3)};
  const Reply back = unwrap(wrapped(answer).token);
  ASSERT_TRUE(back.ok() && back->raw);
  EXPECT_EQ(back->raw->content_type, "application/pkix-cert");
  EXPECT_EQ(back->raw->body, answer.raw->body);
}

TEST_F(Wrap, ATokenInsideShowsItsAccessorOutside) {
  Response answer;
  answer.auth.emplace().accessor = "acc";
  EXPECT_EQ(wrapped(answer).wrapped_accessor, "acc");
}

TEST_F(Wrap, OtherTokensAreNotWrappingTokensAndTimeEndsThem) {
  EXPECT_FALSE(valid("s.unknown"));
  EXPECT_EQ(unwrap("s.unknown").error().message(), "wrapping token is not valid or does not exist");
  const logical::WrapInfo info = wrapped(Response::of(Json::object({{"a", 1}})));
  clock_.advance(minutes(6));
  EXPECT_FALSE(valid(info.token));
}

TEST_F(Wrap, AnEmptyListIsNotWrapped) {
  request_.operation = logical::Operation::list;
  const Reply reply = in_transaction([&](storage::WriteView& all) {
    return wrapping_.wrap(all, request_, Response::keys({}), minutes(5));
  });
  EXPECT_EQ(reply.error().code(), base::Code::absent);
}

}  // namespace
}  // namespace bao::core
