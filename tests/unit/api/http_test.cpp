#include "api/http.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/wire.hpp"

namespace akko::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

Request with_headers(std::vector<std::pair<std::string, std::string>> headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

Request with_target(std::string target) {
  auto request = with_headers({{"host", "original"}});
  request.target = std::move(target);
  return request;
}

TEST(RequireJson, takes_json_in_utf8) {
  for (const auto* type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                           "application/json;charset=\"UTF-8\"", "application/json ; version=1"}) {
    EXPECT_TRUE(require_json(with_headers({{"content-type", type}}))) << type;
  }
}

TEST(RequireJson, refuses_everything_else) {
  for (const auto* type : {"", "text/plain", "application/jsonp", "application/json; charset=latin1",
                           "text/plain; application/json", "application/problem+json"}) {
    const auto result = require_json(with_headers({{"content-type", type}}));
    ASSERT_FALSE(result) << type;
    EXPECT_EQ(result.error().code, ErrorCode::unsupported_media);
  }
  EXPECT_FALSE(require_json(with_headers({})));
  EXPECT_FALSE(
      require_json(with_headers({{"content-type", "application/json"}, {"content-type", "text/plain"}})));
  EXPECT_FALSE(
      require_json(with_headers({{"content-type", "application/json"}, {"content-encoding", "gzip"}})));
}

TEST(Request, finds_headers_and_parameters) {
  auto request = with_headers({{"a", "1"}, {"b", "2"}, {"a", "3"}});
  request.path_parameters = {{"name", "x"}};
  EXPECT_EQ(request.header("a"), "1");
  EXPECT_EQ(request.header("c"), "");
  EXPECT_EQ(request.header_count("a"), 2U);
  EXPECT_EQ(request.path_parameter("name"), "x");
  EXPECT_EQ(request.path_parameter("other"), "");
}

TEST(Target, is_split_and_decoded) {
  auto request = with_target("/api/catalogs/caf%C3%A9%20x?a=1&b=two+words&flag&c=%26");
  ASSERT_TRUE(read_target(request));
  EXPECT_EQ(request.path, "/api/catalogs/café x");
  EXPECT_THAT(request.query,
              ElementsAre(Pair("a", "1"), Pair("b", "two words"), Pair("flag", ""), Pair("c", "&")));
}

TEST(Target, keeps_what_it_must_not_tidy) {
  for (const std::string path : {"/", "/a/", "//a", "/a//b", "/a/../b", "/.", "/a:b", "/a;b=c"}) {
    auto request = with_target(path);
    ASSERT_TRUE(read_target(request)) << path;
    EXPECT_EQ(request.path, path);
    EXPECT_THAT(request.query, IsEmpty());
  }
}

TEST(Target, in_absolute_form_names_the_host) {
  auto request = with_target("http://other.example:8480/healthz?x=1");
  ASSERT_TRUE(read_target(request));
  EXPECT_EQ(request.path, "/healthz");
  EXPECT_EQ(request.header("host"), "other.example:8480");
}

TEST(Target, refuses_what_has_two_meanings) {
  for (const auto* target :
       {"", "*", "api", "/a%2fb", "/a%00", "/a%0ab", "/a%7f", "/a%ff", "/a%ed%a0%80", "/a%c0%af", "/a%",
        "/a%4", "/a?x=%00", "/a?x=%ff", "/a b", "ftp://x/a", "x:443", "/a#fragment", "/caf\xc3\xa9"}) {
    auto request = with_target(target);
    const auto result = read_target(request);
    ASSERT_FALSE(result) << target;
    EXPECT_EQ(result.error().code, ErrorCode::malformed) << target;
  }
  std::string many = "/a?";
  for (int i = 0; i < 100; ++i) many += "x=1&";
  auto request = with_target(many);
  EXPECT_FALSE(read_target(request));
}

TEST(Host, is_compared_without_port_and_case) {
  const std::vector<std::string> allowed = {"loopback", "cockpit.example"};
  for (const auto* host : {"localhost", "LOCALHOST:1", "127.0.0.1:8480", "127.9.9.9", "[::1]", "[::1]:8480",
                           "cockpit.example:443"}) {
    EXPECT_TRUE(host_allowed(host, allowed)) << host;
  }
  for (const auto* host : {"", "localhost.evil", "127.evil.example", "127.0.0.1.nip.io", "[::2]",
                           "cockpit.example.evil", "10.0.0.1", "127.1"}) {
    EXPECT_FALSE(host_allowed(host, allowed)) << host;
  }
  EXPECT_TRUE(host_allowed("anything", {}));
}

TEST(TraceParent, is_held_to_the_specification) {
  EXPECT_TRUE(is_trace_parent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  for (const auto* bad : {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                          "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(is_trace_parent(bad)) << bad;
  }
}

TEST(TraceParent, is_made_when_there_is_none) {
  auto request = with_headers({});
  identify(request);
  EXPECT_TRUE(is_trace_parent(request.trace_parent)) << request.trace_parent;
  EXPECT_THAT(request.trace_parent, StartsWith("00-" + request.request_id));
}

TEST(Head, cannot_be_split) {
  Request request;
  std::string head;
  append_head(head, request, Response::empty(201).with("Location", "/a\r\nSet-Cookie: b"), {});
  EXPECT_THAT(head, HasSubstr("Location: /a  Set-Cookie: b\r\n"));
}

TEST(Head, lets_a_response_be_cached_where_it_says_so) {
  Request request;
  std::string head;
  append_head(head, request, Response::empty(200).with("cache-control", "no-cache"), {});
  EXPECT_THAT(head, HasSubstr("cache-control: no-cache\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("no-store")));
}

TEST(Head, of_304_has_no_length) {
  Request request;
  std::string head;
  append_head(head, request, Response::empty(304).with("ETag", "\"7\""), {});
  EXPECT_THAT(head, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
}

TEST(Date, is_in_the_fixed_form) { EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

}  // namespace
}  // namespace akko::api
