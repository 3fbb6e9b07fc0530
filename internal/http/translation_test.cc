#include "internal/http/translation.h"

#include <gtest/gtest.h>

#include "internal/http/request_id.h"
#include "internal/http/request_parser.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

using logical::Operation;

Translated translate_text(const std::string& head, const std::string& body = "", BodyLimits limits = {}) {
  RequestParser parser({});
  std::string text = head;
  text.insert(text.find("\r\n") == std::string::npos ? text.size() : text.find("\r\n"), " HTTP/1.1");
  if (!text.ends_with("\r\n")) text += "\r\n";
  text += "Host: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  parser.feed(text);
  EXPECT_EQ(parser.state(), RequestParser::State::complete) << text;
  auto [target, fault] = parse_target(parser.request().target, {});
  EXPECT_TRUE(target);
  return translate(parser.request(), *target, {"10.0.0.1", 4711, {}}, limits);
}

logical::Request request_of(const std::string& head, const std::string& body = "") {
  Translated translated = translate_text(head, body);
  if (const auto* refused = std::get_if<Answer>(&translated)) {
    ADD_FAILURE() << head << ": " << refused->status << refused->body;
    return {};
  }
  return std::get<logical::Request>(std::move(translated));
}

std::string refusal_of(const std::string& head, const std::string& body = "", BodyLimits limits = {}) {
  Translated translated = translate_text(head, body, limits);
  const auto* refused = std::get_if<Answer>(&translated);
  return refused ? std::to_string(refused->status) + " " + refused->body : "let through";
}

TEST(Translation, MethodsBecomeOperations) {
  EXPECT_EQ(request_of("GET /v1/a").operation, Operation::read);
  EXPECT_EQ(request_of("PUT /v1/a").operation, Operation::update);
  EXPECT_EQ(request_of("DELETE /v1/a").operation, Operation::remove);
  EXPECT_EQ(request_of("HEAD /v1/a").operation, Operation::header);
  EXPECT_EQ(request_of("HELP /v1/a").operation, Operation::help);
  EXPECT_EQ(request_of("GET /v1/a?help=1").operation, Operation::help);
  EXPECT_EQ(refusal_of("TRACE /v1/a"), "405 {\"errors\":[]}\n");
}

TEST(Translation, ListsEndInASlashHoweverAskedFor) {
  for (const std::string ask : {"LIST /v1/a", "LIST /v1/a/", "GET /v1/a?list=true", "GET /v1/a/?list=1"}) {
    const logical::Request request = request_of(ask);
    EXPECT_EQ(request.operation, Operation::list) << ask;
    EXPECT_EQ(request.path, "a/") << ask;
    EXPECT_TRUE(request.data.empty()) << ask;
  }
  EXPECT_EQ(request_of("GET /v1/a?scan=true").operation, Operation::scan);
  EXPECT_EQ(request_of("GET /v1/a?list=false").operation, Operation::read);
  EXPECT_EQ(refusal_of("GET /v1/a?list=yes"), "400 {\"errors\":[]}\n");
  EXPECT_EQ(refusal_of("GET /v1/a?list=true&scan=true"), "400 {\"errors\":[]}\n");
}

TEST(Translation, QueryParametersAreDataWhereThereIsNoBody) {
  EXPECT_EQ(codec::write_json(request_of("GET /v1/a?version=2&x=1&x=2&x=3").data), R"({"version":"2","x":["1","2","3"]})");
  EXPECT_EQ(codec::write_json(request_of("DELETE /v1/a?y=z").data), R"({"y":"z"})");
  EXPECT_EQ(codec::write_json(request_of("POST /v1/a?y=z", "{}").data), "{}");
}

TEST(Translation, BodiesAreJsonOrForms) {
  EXPECT_EQ(codec::write_json(request_of("POST /v1/a", R"({"a":1.50})").data), R"({"a":1.50})");
  EXPECT_EQ(codec::write_json(request_of("POST /v1/a", "").data), "{}");
  EXPECT_EQ(codec::write_json(request_of("POST /v1/a", "null").data), "{}");
  EXPECT_EQ(codec::write_json(request_of("POST /v1/a", "{\"a\":1}{\"a\":2}").data), R"({"a":1})");
  const std::string form = "POST /v1/a\r\nContent-Type: application/x-www-form-urlencoded";
  EXPECT_EQ(codec::write_json(request_of(form, "colour=red&size=1&size=2").data), R"({"colour":"red","size":"1,2"})");
  EXPECT_EQ(codec::write_json(request_of(form, R"({"json":"in form clothes"})").data), R"({"json":"in form clothes"})");
  EXPECT_EQ(refusal_of("POST /v1/a", "{"), "400 {\"errors\":[\"failed to decode JSON input: unexpected EOF\"]}\n");
  EXPECT_EQ(refusal_of("POST /v1/a", "[1,2]"),
            "400 {\"errors\":[\"failed to decode JSON input: json: cannot unmarshal array into Go value of type "
            "map[string]interface {}\"]}\n");
}

TEST(Translation, ComplexBodiesAreRefused) {
  BodyLimits limits;
  limits.json_strings_max = 3;
  EXPECT_EQ(refusal_of("POST /v1/a", R"({"a":"b","c":"d"})", limits),
            "400 {\"errors\":[\"refused JSON input due to high complexity: exceeded maximum number of strings\"]}\n");
  EXPECT_EQ(refusal_of("POST /v1/a", "{\"a\":" + std::string(100'000, '[')).substr(0, 3), "400");
}

TEST(Translation, PatchWantsItsContentType) {
  EXPECT_EQ(request_of("PATCH /v1/a\r\nContent-Type: application/merge-patch+json", "{}").operation, Operation::patch);
  EXPECT_EQ(refusal_of("PATCH /v1/a\r\nContent-Type: text", "{}"),
            "415 {\"errors\":[\"PATCH requires Content-Type of application/merge-patch+json, provided text\"]}\n");
  EXPECT_EQ(refusal_of("PATCH /v1/a", "{}"), "400 {\"errors\":[\"mime: no media type\"]}\n");
}

TEST(Translation, TokensComeFromEitherHeader) {
  EXPECT_EQ(request_of("GET /v1/a\r\nX-Vault-Token:  root ").client_token, "root");
  EXPECT_EQ(request_of("GET /v1/a\r\nAuthorization: Bearer t").client_token, "t");
  EXPECT_EQ(request_of("GET /v1/a\r\nAuthorization: Bearer t\r\nX-Vault-Token: x").client_token, "x");
  EXPECT_EQ(request_of("GET /v1/a\r\nAuthorization: bearer t").client_token, "");
  const logical::Request request = request_of("GET /v1/a\r\nX-Vault-Token: x\r\nauthorization: Bearer y\r\nx-vault-MFA: m");
  for (const auto& [name, value] : request.headers) {
    EXPECT_NE(name, "X-Vault-Token");
    EXPECT_NE(name, "Authorization");
  }
  EXPECT_EQ(request.headers.front(), (std::pair<std::string, std::string>("X-Vault-Mfa", "m")));
}

TEST(Translation, WrapTimes) {
  EXPECT_EQ(request_of("GET /v1/a\r\nX-Vault-Wrap-TTL: 60").wrap_ttl, std::chrono::seconds(60));
  EXPECT_EQ(request_of("GET /v1/a\r\nX-Vault-Wrap-TTL: 1m").wrap_ttl, std::chrono::seconds(60));
  EXPECT_FALSE(request_of("GET /v1/a\r\nX-Vault-Wrap-TTL: 0").wrap_ttl);
  EXPECT_EQ(refusal_of("GET /v1/a\r\nX-Vault-Wrap-TTL: -5s"),
            "400 {\"errors\":[\"error parsing X-Vault-Wrap-TTL header: requested wrap ttl cannot be negative\"]}\n");
}

TEST(Status, EmptinessReadsAsTheOperationSays) {
  EXPECT_EQ(answer_of(Operation::read, "id", logical::Response::none()).status, 404);
  EXPECT_EQ(answer_of(Operation::list, "id", logical::Response::none()).status, 404);
  EXPECT_EQ(answer_of(Operation::scan, "id", logical::Response::none()).status, 204);
  EXPECT_EQ(answer_of(Operation::update, "id", logical::Response::none()).status, 204);
  EXPECT_EQ(answer_of(Operation::list, "id", logical::Response::of(codec::Json::object({{"keys", codec::Json::array()}}))).status, 404);
  logical::Response warned = logical::Response::none();
  warned.warnings = {"w"};
  EXPECT_EQ(answer_of(Operation::list, "id", warned).status, 200);
  EXPECT_EQ(answer_of(base::Error(base::Code::sealed, "barrier is sealed")).body, "{\"errors\":[\"Vault is sealed\"]}\n");
}

TEST(Answer, TextFromOutsideCannotEndAHeader) {
  Answer answer = Answer::empty(204);
  answer.headers.emplace_back("X-Echo\r\nEvil", "a\r\nSet-Cookie: b");
  std::string out;
  write_answer(out, answer, {});
  EXPECT_NE(out.find("X-EchoEvil: aSet-Cookie: b\r\n"), std::string::npos) << out;
}

// It may be larger than memory: whoever sends the head sends it next.
TEST(Answer, WhatIsSpooledFollowsItsHead) {
  auto file = base::SpoolFile::create();
  ASSERT_TRUE(file.ok() && (*file)->append("archive").ok() && (*file)->finish().ok());
  Answer answer;
  answer.spooled = std::move(*file);
  std::string out, head_only;
  EXPECT_TRUE(write_answer(out, answer, {}));
  EXPECT_NE(out.find("Content-Length: 7\r\n"), std::string::npos) << out;
  EXPECT_TRUE(out.ends_with("\r\n\r\n")) << out;
  EXPECT_FALSE(write_answer(head_only, answer, {.head = true}));
}

TEST(Answer, ConfiguredHeadersWinByClass) {
  const std::vector<StatusHeaders> custom = {{"default", {{"X-A", "all"}, {"Strict-Transport-Security", "max-age=1"}}},
                                             {"4xx", {{"X-A", "refused"}}}};
  std::string good, bad;
  const AddedHeaders added(custom);
  write_answer(good, Answer::json(200, "{}"), {.added = &added});
  write_answer(bad, Answer::error(404, ""), {.added = &added});
  EXPECT_NE(good.find("X-A: all\r\n"), std::string::npos);
  EXPECT_EQ(good.find("includeSubDomains"), std::string::npos);
  EXPECT_NE(bad.find("X-A: refused\r\n"), std::string::npos);
  EXPECT_NE(bad.find("Cache-Control: no-store\r\n"), std::string::npos);
}

TEST(Answer, WhatItBringsItselfReplacesAndIsReplaced) {
  const std::vector<StatusHeaders> custom = {{"default", {{"X-A", "configured"}}}};
  const AddedHeaders added(custom);
  const auto lines = [&](std::vector<std::pair<std::string, std::string>> headers) {
    Answer answer = Answer::json(200, "{}");
    answer.headers = std::move(headers);
    std::string out;
    write_answer(out, answer, {.added = &added});
    return out;
  };
  const std::string with_index = lines({{"X-Vault-Index", "abc"}});
  for (const char* line : {"X-Vault-Index: abc\r\n", "X-A: configured\r\n", "Cache-Control: no-store\r\n", "Strict-Transport-Security: "})
    EXPECT_NE(with_index.find(line), std::string::npos) << line << with_index;
  const std::string clashing = lines({{"x-a", "own"}, {"X-Vault-Index", "abc"}});
  EXPECT_EQ(clashing.find("own"), std::string::npos) << clashing;
  EXPECT_NE(clashing.find("X-Vault-Index: abc\r\n"), std::string::npos) << clashing;
  const std::string cached = lines({{"Cache-Control", "max-age=1"}});
  EXPECT_EQ(cached.find("no-store"), std::string::npos) << cached;
}

TEST(RequestId, IsAUuidAndNeverTheSame) {
  const std::string a = make_request_id(), b = make_request_id();
  EXPECT_NE(a, b);
  ASSERT_EQ(a.size(), 36u);
  for (const size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(a[dash], '-');
}

}  // namespace
}  // namespace bao::http
