#include "api/page.hpp"

#include <array>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "api/security_headers.hpp"
#include "base/metrics.hpp"
#include "fakes/identity.hpp"

namespace akko::api {
namespace {

using testing::HasSubstr;

constexpr std::array kFiles = {
    embedded::File{"index.html", "<!doctype html>"},
    embedded::File{"index.html.gz", "packed page"},
    embedded::File{"favicon.svg", "<svg/>"},
    embedded::File{"assets/index-B2x.js", "let a"},
    embedded::File{"assets/index-B2x.js.gz", "packed script"},
    embedded::File{"assets/index-B2x.css", "a{}"},
    embedded::File{"assets/fonts/f.woff2", "font"},
};

class PageTest : public testing::Test {
 protected:
  explicit PageTest(std::span<const embedded::File> files = kFiles)
      : router_({"akko-admin"}, verifier_, audit_, metrics_) {
    add_page_routes(router_, {files, "http://127.0.0.1:8480/dev-issuer", "akko-cockpit", true});
  }

  Response get(std::string path, std::string_view accept_encoding = "", std::string_view none_match = "") {
    Request request;
    request.path = std::move(path);
    if (!accept_encoding.empty()) request.headers.emplace_back("accept-encoding", accept_encoding);
    if (!none_match.empty()) request.headers.emplace_back("if-none-match", none_match);
    return router_.handle(request);
  }

  fakes::FakeVerifier verifier_;
  fakes::RecordingAudit audit_;
  Metrics metrics_;
  Router router_;
};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST_F(PageTest, ServesEachFileUnderItsPath) {
  const auto page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(*page.body, "<!doctype html>");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
  const auto script = get("/assets/index-B2x.js");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(script, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/assets/index-B2x.css").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(get("/assets/fonts/f.woff2").content_type, "font/woff2");
  EXPECT_EQ(get("/favicon.svg").content_type, "image/svg+xml");
  EXPECT_EQ(header(get("/favicon.svg"), "Cache-Control"), "no-cache");
}

TEST_F(PageTest, HasNothingBehindOtherPaths) {
  for (const auto* path : {"/index.html", "/assets", "/assets/", "/assets/x.js", "/assets/index-B2x.js/",
                           "/assets/index-B2x.js.gz", "/favicon.svg.gz", "//", "/assets/../index.html",
                           "/assets/fonts/../../index.html", "/assets//index-B2x.js", "/ASSETS/index-B2x.js",
                           "/catalogs", "/assets/fonts", "/assets/index-B2x.js ", "/./"})
    EXPECT_EQ(get(path).status, 404) << path;
  EXPECT_EQ(get("/assets/" + std::string(60'000, 'a')).status, 404);
  EXPECT_EQ(get(std::string("/favicon.svg\0", 13)).status, 404);
}

TEST_F(PageTest, SendsThePackedFormToWhoTakesIt) {
  const auto packed = get("/", "gzip, deflate, br");
  EXPECT_EQ(*packed.body, "packed page");
  EXPECT_EQ(packed.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
  const auto plain = get("/", "br");
  EXPECT_EQ(*plain.body, "<!doctype html>");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
  EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  EXPECT_NE(header(plain, "ETag"), header(packed, "ETag"));
  EXPECT_EQ(header(get("/favicon.svg", "gzip"), "Vary"), "");
}

TEST_F(PageTest, SaysWhatHasNotChanged) {
  const auto tag = header(get("/", "gzip"), "ETag");
  const auto same = get("/", "gzip", tag);
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, nullptr);
  EXPECT_EQ(header(same, "ETag"), tag);
  EXPECT_NE(header(same, "Content-Security-Policy"), "");
  EXPECT_EQ(get("/", "", tag).status, 200);
}

TEST_F(PageTest, BindsTheBrowser) {
  const auto page = get("/");
  EXPECT_EQ(
      header(page, "Content-Security-Policy"),
      "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self' http://127.0.0.1:8480; "
      "frame-src http://127.0.0.1:8480; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
      "frame-ancestors 'none'; form-action 'self'; object-src 'none'");
  EXPECT_EQ(header(page, "X-Frame-Options"), "DENY");
  EXPECT_EQ(header(page, "Referrer-Policy"), "same-origin");
  EXPECT_EQ(header(page, "Cross-Origin-Opener-Policy"), "same-origin");
}

TEST_F(PageTest, TellsThePageWhereToSignIn) {
  const auto answer = get("/ui-config.json");
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(header(answer, "Cache-Control"), "no-cache");
  const auto configuration = boost::json::parse(*answer.body).as_object();
  EXPECT_EQ(configuration.at("authority"), "http://127.0.0.1:8480/dev-issuer");
  EXPECT_EQ(configuration.at("client_id"), "akko-cockpit");
  EXPECT_EQ(configuration.at("scope"), "openid profile");
  EXPECT_EQ(configuration.at("development"), true);
  EXPECT_EQ(configuration.at("languages"), (boost::json::array{"en", "fr"}));
}

class NoPageTest : public PageTest {
 protected:
  NoPageTest() : PageTest(std::span<const embedded::File>()) {}
};

TEST_F(NoPageTest, ABinaryWithoutPageSaysSo) {
  const auto answer = get("/");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(*answer.body, HasSubstr("page_not_built"));
  EXPECT_EQ(get("/ui-config.json").status, 200);
}

TEST(AcceptEncodingTest, ReadsWeights) {
  for (const auto* taken :
       {"gzip", "GZIP", "br;q=1.0, gzip;q=0.8", "*", "gzip;q=0.001", "x-gzip", "br ,\tgzip"})
    EXPECT_TRUE(takes_gzip(taken)) << taken;
  for (const auto* refused :
       {"", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *", "gzipped", "br", ",;,"})
    EXPECT_FALSE(takes_gzip(refused)) << refused;
}

TEST(SecurityHeadersTest, OriginsAndSources) {
  EXPECT_EQ(origin_of("https://idp.example/realms/akko"), "https://idp.example");
  EXPECT_EQ(origin_of("http://127.0.0.1:8480"), "http://127.0.0.1:8480");
  EXPECT_EQ(origin_of("nothing"), "");
  EXPECT_EQ(policy_source("https://idp.example:8443"), "https://idp.example:8443");
  EXPECT_EQ(policy_source("http://[::1]:8480"), "http:");
}

}  // namespace
}  // namespace akko::api
