#include "api/problem.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strict_json.hpp"

namespace akko::api {
namespace {

using testing::HasSubstr;
using testing::Not;

Request request() {
  Request out;
  out.request_id = "00112233445566778899aabbccddeeff";
  return out;
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Error error_of(ErrorCode code, std::string reason, std::string message) {
  return fail(code, reason, std::move(message)).value();
}

TEST(Problem, says_what_is_wrong_and_what_to_do) {
  auto error = error_of(ErrorCode::already_exists, "name_taken", "the name is taken");
  error.fix = "Choose another name.";
  error.raw = "Catalog 'a' already exists";
  const auto answer = problem(error, request());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_EQ(*answer.body, R"({"type":"urn:akko:problem:name_taken","title":"Name taken","status":409,)"
                          R"("detail":"the name is taken","code":"name_taken","fix":"Choose another name.",)"
                          R"("raw":"Catalog 'a' already exists","retryable":false,)"
                          R"("reference":"00112233445566778899aabbccddeeff"})");
}

TEST(Problem, lists_every_violation) {
  auto error = error_of(ErrorCode::invalid_argument, "validation_failed", "2 members are wrong");
  error.violations = {{"name", "pattern", "lower case"}, {"properties.x", "unknown", "no such property"}};
  EXPECT_THAT(*problem(error, request()).body,
              HasSubstr(R"("errors":[{"field":"name","code":"pattern","message":"lower case"},)"
                        R"({"field":"properties.x","code":"unknown","message":"no such property"}])"));
}

TEST(Problem, maps_every_code_to_a_status) {
  const std::vector<std::pair<ErrorCode, int>> table = {
      {ErrorCode::malformed, 400},           {ErrorCode::invalid_argument, 422},
      {ErrorCode::failed_precondition, 400}, {ErrorCode::unauthenticated, 401},
      {ErrorCode::permission_denied, 403},   {ErrorCode::not_found, 404},
      {ErrorCode::already_exists, 409},      {ErrorCode::aborted, 412},
      {ErrorCode::payload_too_large, 413},   {ErrorCode::unsupported_media, 415},
      {ErrorCode::resource_exhausted, 429},  {ErrorCode::unavailable, 503},
      {ErrorCode::deadline_exceeded, 504},   {ErrorCode::internal, 500}};
  for (const auto& [code, status] : table) {
    EXPECT_EQ(http_status(code), status);
    EXPECT_NE(reason_phrase(status), "");
  }
}

TEST(Problem, is_valid_json_whatever_the_texts_hold) {
  using namespace std::string_literals;
  const auto hostile = "a\0b\xff\xfe \"quoted\" \\ \x1b[31m \xed\xa0\x80 \n"s;
  auto error = error_of(ErrorCode::invalid_argument, "validation_failed", hostile);
  error.fix = hostile;
  error.raw = hostile;
  error.violations = {{hostile, "unknown", hostile}};
  const auto answer = problem(error, request());
  EXPECT_TRUE(parse_strict_json(*answer.body)) << *answer.body;
  EXPECT_THAT(*answer.body, Not(HasSubstr("\x1b")));
}

TEST(Problem, tells_when_to_come_back) {
  EXPECT_EQ(
      header(problem(error_of(ErrorCode::unavailable, "trino_unavailable", "…"), request()), "Retry-After"),
      "2");
  EXPECT_EQ(header(problem(503, "overloaded", "…", request()), "Retry-After"), "2");
  EXPECT_EQ(header(problem(404, "route_not_found", "…", request()), "Retry-After"), "");
  EXPECT_THAT(*problem(503, "overloaded", "…", request()).body, HasSubstr("\"retryable\":true"));
}

TEST(Problem, challenges_and_cannot_be_broken_out_of) {
  const auto missing = problem(error_of(ErrorCode::unauthenticated, "token_missing", "no token"), request());
  EXPECT_EQ(header(missing, "WWW-Authenticate"), "Bearer realm=\"akko\"");
  const auto invalid = problem(
      error_of(ErrorCode::unauthenticated, "token_invalid", "x\", y=\"\r\nSet-Cookie: a\\"), request());
  EXPECT_EQ(header(invalid, "WWW-Authenticate"),
            "Bearer realm=\"akko\", error=\"invalid_token\", error_description=\"x', y='  Set-Cookie: a'\"");
}

}  // namespace
}  // namespace akko::api
