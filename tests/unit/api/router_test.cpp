#include "api/router.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.hpp"
#include "fakes/identity.hpp"

namespace akko::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

Principal principal(std::string name, std::vector<std::string> roles) {
  Principal out;
  out.subject = "id-of-" + name;
  out.name = std::move(name);
  out.roles = std::move(roles);
  return out;
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() : router_(settings(), verifier_, audit_, metrics_) {
    verifier_.add("of-alice", principal("alice", {"akko-admin"}));
    verifier_.add("of-bob", principal("bob", {"akko-analyst"}));
    add(Method::get, "/healthz", Access::open, "open");
    add(Method::get, "/api/me", Access::authenticated, "me");
    add(Method::get, "/api/catalogs", Access::admin, "list");
    add(Method::post, "/api/catalogs", Access::admin, "create");
    add(Method::get, "/api/catalogs/{name}", Access::admin, "one");
    add(Method::delete_, "/api/catalogs/{name}", Access::admin, "remove", "CATALOG_DELETE_DENIED");
    add(Method::post, "/api/catalogs/test", Access::admin, "test");
  }

  Response ask(Method method, std::string path, const std::string& authorization = "Bearer of-alice") {
    request_ = Request{};
    request_.method = method;
    request_.path = std::move(path);
    request_.peer = "192.0.2.7";
    request_.request_id = "00112233445566778899aabbccddeeff";
    if (!authorization.empty()) request_.headers.emplace_back("authorization", authorization);
    return router_.handle(request_);
  }

  void add(Method method, std::string path, Access access, std::string answer, std::string event = "") {
    router_.add(Route{method, std::move(path), access, Runs::quick, std::move(event),
                      [answer](const Request&) { return Response::text(200, "text/plain", answer); }});
  }

  static Router::Settings settings() {
    Router::Settings out;
    out.admin_role = "akko-admin";
    return out;
  }

  fakes::FakeVerifier verifier_;
  fakes::RecordingAudit audit_;
  Metrics metrics_;
  Router router_;
  Request request_;
};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST_F(RouterTest, finds_a_route_and_its_parameters) {
  EXPECT_EQ(*ask(Method::get, "/api/catalogs").body, "list");
  EXPECT_EQ(*ask(Method::get, "/api/catalogs/client-pg-01").body, "one");
  EXPECT_THAT(request_.path_parameters, ElementsAre(Pair("name", "client-pg-01")));
  EXPECT_EQ(request_.path_parameter("name"), "client-pg-01");
  EXPECT_EQ(request_.principal.name, "alice");
}

TEST_F(RouterTest, prefers_the_literal_path_where_it_has_the_method) {
  EXPECT_EQ(*ask(Method::post, "/api/catalogs/test").body, "test");
  EXPECT_EQ(*ask(Method::get, "/api/catalogs/test").body, "one");
  EXPECT_EQ(request_.path_parameter("name"), "test");
  EXPECT_EQ(*ask(Method::delete_, "/api/catalogs/test").body, "remove");
}

TEST_F(RouterTest, answers_head_as_get) {
  const auto answer = ask(Method::head, "/healthz", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(*answer.body, "open");
}

TEST_F(RouterTest, knows_no_other_paths) {
  for (const auto* path : {"/", "/api", "/api/", "/api/catalogs/", "/api/catalogs/a/", "//api/catalogs",
                           "/api//catalogs", "/api/catalogs/..", "/api/catalogs/.", "/api/catalogs/a/b",
                           "/api/./catalogs", "/API/catalogs", "/api/catalogs/../catalogs"}) {
    EXPECT_EQ(ask(Method::get, path).status, 404) << path;
  }
  EXPECT_THAT(*ask(Method::get, "/nothing").body, HasSubstr("\"code\":\"route_not_found\""));
}

TEST_F(RouterTest, a_token_is_not_needed_to_learn_that_there_is_nothing) {
  EXPECT_EQ(ask(Method::get, "/nothing", "").status, 404);
  EXPECT_EQ(ask(Method::put, "/api/catalogs", "").status, 405);
  EXPECT_THAT(audit_.events(), IsEmpty());
}

TEST_F(RouterTest, refuses_a_method_and_says_which_are_right) {
  const auto list = ask(Method::put, "/api/catalogs");
  EXPECT_EQ(list.status, 405);
  EXPECT_EQ(header(list, "Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(header(ask(Method::patch, "/api/catalogs/a"), "Allow"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(header(ask(Method::put, "/api/catalogs/test"), "Allow"), "GET, HEAD, POST, DELETE, OPTIONS");
  EXPECT_EQ(ask(Method::other, "/healthz").status, 405);
}

TEST_F(RouterTest, answers_options) {
  const auto answer = ask(Method::options, "/api/catalogs/a", "");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(header(answer, "Allow"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(ask(Method::options, "/nothing", "").status, 404);
}

TEST_F(RouterTest, needs_a_token) {
  const auto answer = ask(Method::get, "/api/me", "");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(header(answer, "WWW-Authenticate"), "Bearer realm=\"akko\"");
  EXPECT_EQ(ask(Method::get, "/api/me", "Basic YTpi").status, 401);
  EXPECT_EQ(ask(Method::get, "/api/me", "Bearer").status, 401);
  EXPECT_EQ(ask(Method::get, "/api/me", "of-alice").status, 401);
  EXPECT_EQ(ask(Method::get, "/api/me", "bEaReR  of-alice").status, 200);
}

TEST_F(RouterTest, takes_one_token_only) {
  Request request;
  request.path = "/api/me";
  request.headers = {{"authorization", "Bearer of-alice"}, {"authorization", "Bearer of-bob"}};
  EXPECT_EQ(router_.handle(request).status, 401);
}

TEST_F(RouterTest, the_user_header_is_no_identity) {
  Request request;
  request.path = "/api/me";
  request.headers = {{"x-user-id", "alice"}};
  EXPECT_EQ(router_.handle(request).status, 401);
}

TEST_F(RouterTest, says_why_a_token_is_refused) {
  const auto answer = ask(Method::get, "/api/catalogs", "Bearer forged");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(header(answer, "WWW-Authenticate"),
            "Bearer realm=\"akko\", error=\"invalid_token\", error_description=\"the 'token' is not known\"");
  EXPECT_THAT(*answer.body, HasSubstr("\"code\":\"token_unknown\""));
}

TEST_F(RouterTest, needs_the_role_of_the_route) {
  EXPECT_EQ(ask(Method::get, "/api/me", "Bearer of-bob").status, 200);
  const auto answer = ask(Method::get, "/api/catalogs", "Bearer of-bob");
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(*answer.body, HasSubstr("\"code\":\"insufficient_role\""));
  EXPECT_THAT(*answer.body, HasSubstr("akko-admin"));
}

TEST_F(RouterTest, audits_and_counts_who_was_denied) {
  ask(Method::get, "/api/catalogs", "");
  ask(Method::delete_, "/api/catalogs/client-pg-01", "Bearer of-bob");
  const auto events = audit_.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].event, "ACCESS_DENIED");
  EXPECT_EQ(events[0].user, "");
  EXPECT_EQ(events[0].detail, "GET /api/catalogs: token_missing");
  EXPECT_EQ(events[0].client, "192.0.2.7");
  EXPECT_EQ(events[0].request_id, "00112233445566778899aabbccddeeff");
  EXPECT_EQ(events[1].event, "CATALOG_DELETE_DENIED");
  EXPECT_EQ(events[1].name, "client-pg-01");
  EXPECT_EQ(events[1].user, "bob");
  EXPECT_EQ(events[1].result, "denied");
  EXPECT_EQ(events[1].code, "insufficient_role");
  EXPECT_THAT(metrics_.text(), HasSubstr("akko_access_denied_total{reason=\"insufficient_role\"} 1"));
}

TEST_F(RouterTest, nobody_is_denied_while_keys_are_missing) {
  verifier_.go_down();
  const auto answer = ask(Method::get, "/api/catalogs");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(header(answer, "Retry-After"), "");
  EXPECT_THAT(audit_.events(), IsEmpty());
  EXPECT_EQ(ask(Method::get, "/healthz", "").status, 200);
}

TEST_F(RouterTest, a_handler_that_throws_is_a_500_without_its_words) {
  router_.add(Route{Method::get, "/throws", Access::open, Runs::quick, "",
                    [](const Request&) -> Response { throw std::runtime_error("password hunter2"); }});
  router_.add(Route{Method::get, "/throws-a-number", Access::open, Runs::quick, "",
                    [](const Request&) -> Response { throw 42; }});
  testing::internal::CaptureStdout();
  const auto answer = ask(Method::get, "/throws");
  EXPECT_EQ(ask(Method::get, "/throws-a-number").status, 500);
  const auto log = testing::internal::GetCapturedStdout();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(*answer.body, HasSubstr("\"reference\":\"00112233445566778899aabbccddeeff\""));
  EXPECT_THAT(*answer.body, Not(HasSubstr("hunter2")));
  EXPECT_THAT(log, HasSubstr("std::runtime_error"));
  EXPECT_THAT(log, HasSubstr("00112233445566778899aabbccddeeff"));
  EXPECT_THAT(log, Not(HasSubstr("hunter2")));
}

TEST_F(RouterTest, counts_by_pattern_never_by_path) {
  ask(Method::get, "/api/catalogs/client-pg-01");
  ask(Method::get, "/surprise");
  const auto text = metrics_.text();
  EXPECT_THAT(text, HasSubstr("route=\"/api/catalogs/{name}\""));
  EXPECT_THAT(text, HasSubstr("route=\"unmatched\""));
  EXPECT_THAT(text, Not(HasSubstr("client-pg-01")));
  EXPECT_THAT(text, Not(HasSubstr("surprise")));
}

TEST_F(RouterTest, says_where_a_request_runs) {
  router_.add(Route{Method::put, "/waits", Access::open, Runs::worker, "",
                    [](const Request&) { return Response::empty(204); }});
  const auto runs = [this](Method method, std::string path) {
    Request request;
    request.method = method;
    request.path = std::move(path);
    return router_.runs(request);
  };
  EXPECT_EQ(runs(Method::put, "/waits"), Runs::worker);
  EXPECT_EQ(runs(Method::get, "/waits"), Runs::quick);
  EXPECT_EQ(runs(Method::head, "/healthz"), Runs::quick);
  EXPECT_EQ(runs(Method::get, "/nothing"), Runs::quick);
}

}  // namespace
}  // namespace akko::api
