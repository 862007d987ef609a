#include "adapters/trino_statement.hpp"

#include <gtest/gtest.h>

namespace akko {
namespace {

using State = StatementPager::State;
constexpr const char* kOrigin = "http://127.0.0.1:8481";

http::Answer page(std::string body, int status = 200) {
  http::Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

std::string next_page(const std::string& path) {
  return R"({"id":"20261122_101010_00001_abcde","nextUri":")" + std::string(kOrigin) + path +
         R"(","stats":{}})";
}

TEST(StatementPager, CollectsRowsOverPages) {
  StatementPager pager(kOrigin);
  EXPECT_EQ(pager.feed(page(next_page("/v1/statement/queued/x/1"))), State::next);
  EXPECT_EQ(pager.next_url(), std::string(kOrigin) + "/v1/statement/queued/x/1");
  EXPECT_EQ(
      pager.feed(page(R"({"id":"20261122_101010_00001_abcde","data":[["a",1],[null,true]],"nextUri":")" +
                      std::string(kOrigin) + R"(/v1/statement/executing/x/2"})")),
      State::next);
  EXPECT_EQ(pager.feed(page(R"({"id":"20261122_101010_00001_abcde","data":[["b",2]],"stats":{}})")),
            State::done);
  EXPECT_EQ(pager.rows(), (std::vector<std::vector<std::string>>{{"a", "1"}, {"", "true"}, {"b", "2"}}));
  EXPECT_EQ(pager.query_id(), "20261122_101010_00001_abcde");
}

TEST(StatementPager, TakesTheNamesOfTheColumnsOnce) {
  StatementPager pager(kOrigin);
  EXPECT_EQ(pager.feed(page(next_page("/v1/statement/queued/x/1"))), State::next);
  EXPECT_TRUE(pager.columns().empty());
  const std::string columns = R"("columns":[{"name":"catalog_name","type":"varchar"},{"name":"state"},7])";
  EXPECT_EQ(pager.feed(page(R"({"id":"q",)" + columns + R"(,"data":[["a","b","c"]],"nextUri":")" +
                            std::string(kOrigin) + R"(/v1/statement/executing/x/2"})")),
            State::next);
  EXPECT_EQ(pager.feed(page(R"({"id":"q",)" + columns + "}")), State::done);
  EXPECT_EQ(pager.columns(), (std::vector<std::string>{"catalog_name", "state", ""}));
}

TEST(StatementPager, TakesTheWholeChainOfCauses) {
  StatementPager pager(kOrigin);
  const auto state =
      pager.feed(page(R"({"id":"q","error":{"message":"The connection attempt failed.","errorCode":67108864,
    "errorName":"JDBC_ERROR","errorType":"EXTERNAL","failureInfo":{"type":"io.trino.spi.TrinoException",
    "message":"The connection attempt failed.","cause":{"type":"org.postgresql.util.PSQLException","message":"x",
    "cause":{"type":"java.net.UnknownHostException","message":"nohost"}}}}})"));
  ASSERT_EQ(state, State::failed);
  const auto& failure = pager.failure();
  EXPECT_EQ(failure.kind, TrinoFailure::Kind::statement);
  EXPECT_EQ(failure.error_name, "JDBC_ERROR");
  EXPECT_EQ(failure.error_code, 67108864);
  ASSERT_EQ(failure.causes.size(), 3U);
  EXPECT_EQ(failure.causes.back().type, "java.net.UnknownHostException");
}

TEST(StatementPager, NeverFollowsToAnotherServer) {
  for (const auto* uri : {"http://169.254.169.254/v1/statement/x", "http://127.0.0.1:84810/v1/statement/x",
                          "file:///etc/passwd", "http://127.0.0.1:8481@evil/v1/statement/x",
                          "http://127.0.0.1:8481/v1/other"}) {
    StatementPager pager(kOrigin);
    EXPECT_EQ(pager.feed(page(R"({"id":"q","nextUri":")" + std::string(uri) + "\"}")), State::failed) << uri;
    EXPECT_EQ(pager.failure().kind, TrinoFailure::Kind::protocol);
    EXPECT_TRUE(pager.next_url().empty());
  }
}

TEST(StatementPager, ABusyAnswerIsRetriedButNeverThePost) {
  StatementPager first(kOrigin);
  EXPECT_EQ(first.feed(page("", 503)), State::failed);
  EXPECT_EQ(first.failure().kind, TrinoFailure::Kind::unreachable);
  StatementPager later(kOrigin);
  ASSERT_EQ(later.feed(page(next_page("/v1/statement/queued/x/1"))), State::next);
  for (const int status : {429, 502, 503, 504}) EXPECT_EQ(later.feed(page("", status)), State::retry);
  EXPECT_EQ(later.next_url(), std::string(kOrigin) + "/v1/statement/queued/x/1");
}

TEST(StatementPager, WhatIsNotTheProtocolIsAFailure) {
  for (const auto& answer : {page("<html>"), page("[]"), page("{}"), page(R"({"id":"q","data":[1]})"),
                             page("", 500), page("x", 302)}) {
    StatementPager pager(kOrigin);
    EXPECT_EQ(pager.feed(answer), State::failed) << answer.body;
    EXPECT_EQ(pager.failure().kind, TrinoFailure::Kind::protocol);
  }
  StatementPager pager(kOrigin);
  EXPECT_EQ(pager.feed(page("", 401)), State::failed);
  EXPECT_EQ(pager.failure().kind, TrinoFailure::Kind::refused);
  // Once the statement was taken, a refusal proves nothing: it may have run.
  StatementPager taken(kOrigin);
  ASSERT_EQ(taken.feed(page(next_page("/v1/statement/queued/x/1"))), State::next);
  EXPECT_EQ(taken.feed(page("", 403)), State::failed);
  EXPECT_EQ(taken.failure().kind, TrinoFailure::Kind::unreachable);
}

}  // namespace
}  // namespace akko
