#include <gtest/gtest.h>

#include "internal/logical/render.h"
#include "internal/logical/request.h"

namespace bao::logical {
namespace {

using codec::Json;

TEST(Render, EveryMemberOfTheEnvelopeInOrder) {
  EXPECT_EQ(render({}, "id-1"),
            "{\"request_id\":\"id-1\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":0,\"data\":null,"
            "\"wrap_info\":null,\"warnings\":null,\"auth\":null}\n");
}

TEST(Render, StoredTextIsSpliced) {
  Response response = Response::of(Json::raw("{\"n\":1.50}"));
  response.lease_duration = std::chrono::seconds(60);
  response.warnings = {"<w>"};
  EXPECT_EQ(render(response, ""),
            "{\"request_id\":\"\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":60,\"data\":{\"n\":1.50},"
            "\"wrap_info\":null,\"warnings\":[\"\\u003cw\\u003e\"],\"auth\":null}\n");
}

TEST(Render, SpreadDataStandsAtTopLevelToo) {
  Json data = Json::object();
  data.set("a", 1);
  Response response = Response::of(data);
  response.spread_data = true;
  EXPECT_TRUE(render(response, "").starts_with("{\"a\":1,\"request_id\":"));
  response.data = Json::object();
  EXPECT_TRUE(render(response, "").starts_with("{\"request_id\":"));
}

TEST(Render, AuthLeavesEmptyPolicyListsOut) {
  Response response;
  response.auth.emplace();
  response.auth->client_token = "s.x";
  response.auth->policies = {"default"};
  response.auth->token_policies = {"default"};
  response.auth->metadata.emplace();
  response.auth->ttl = std::chrono::hours(1);
  const std::string text = render(response, "");
  EXPECT_NE(text.find("\"auth\":{\"client_token\":\"s.x\",\"accessor\":\"\",\"policies\":[\"default\"],"
                      "\"token_policies\":[\"default\"],\"metadata\":{},\"lease_duration\":3600,\"renewable\":false,"
                      "\"entity_id\":\"\",\"token_type\":\"service\",\"orphan\":false,\"mfa_requirement\":null,"
                      "\"num_uses\":0}}\n"),
            std::string::npos);
  response.auth->metadata = {{"a", "b"}, {"c", "d"}};
  EXPECT_NE(render(response, "").find("\"metadata\":{\"a\":\"b\",\"c\":\"d\"},"), std::string::npos);
}

TEST(Render, ALoginThatWaitsForASecondFactorHasNoPoliciesYet) {
  Response response;
  response.auth.emplace();
  response.auth->mfa_requirement = Json::record({{"mfa_request_id", "id"}});
  EXPECT_NE(render(response, "").find("\"policies\":null,\"metadata\""), std::string::npos);
}

TEST(Render, AWrappedAnswerShowsNothingOfItsContent) {
  Response response = Response::of(Json::raw("{\"secret\":1}"));
  response.wrap = WrapInfo{"s.w", "acc", std::chrono::seconds(60), base::Time(), "secret/a", ""};
  EXPECT_EQ(render(response, "id"),
            "{\"request_id\":\"\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":0,\"data\":null,\"wrap_info\":"
            "{\"token\":\"s.w\",\"accessor\":\"acc\",\"ttl\":60,\"creation_time\":\"1970-01-01T00:00:00Z\","
            "\"creation_path\":\"secret/a\"},\"warnings\":null,\"auth\":null}\n");
}

TEST(Render, Errors) {
  EXPECT_EQ(render_errors(""), "{\"errors\":[]}\n");
  EXPECT_EQ(render_errors(unsupported_operation().message()),
            "{\"errors\":[\"1 error occurred:\\n\\t* unsupported operation\\n\\n\"]}\n");
}

TEST(Response, EmptyListsAreNothing) {
  EXPECT_TRUE(Response::keys({}).lists_nothing());
  EXPECT_FALSE(Response::keys({"a"}).lists_nothing());
  Response warned = Response::keys({});
  warned.warnings = {"w"};
  EXPECT_FALSE(warned.lists_nothing());
}

TEST(Operation, Names) {
  EXPECT_EQ(operation_name(Operation::remove), "delete");
  EXPECT_EQ(operation_name(Operation::scan), "scan");
}

}  // namespace
}  // namespace bao::logical
