#include "base/metrics.hpp"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// The value of the one series that begins with `series`.
double value_of(const std::string& text, const std::string& series) {
  const auto at = text.find("\n" + series + " ");
  if (at == std::string::npos) return -1;
  return std::strtod(text.c_str() + at + series.size() + 2, nullptr);
}

TEST(MetricsTest, CountsOperationsByResultFromZero) {
  Metrics metrics;
  EXPECT_EQ(value_of(metrics.text(), R"(akko_catalog_operations_total{operation="delete",result="failed"})"),
            0);
  metrics.operation("create", true, 180ms);
  metrics.operation("create", true, 1500ms);
  metrics.operation("create", false, 20s);
  const auto text = metrics.text();
  EXPECT_EQ(value_of(text, R"(akko_catalog_operations_total{operation="create",result="success"})"), 2);
  EXPECT_EQ(value_of(text, R"(akko_catalog_operations_total{operation="create",result="failed"})"), 1);
  EXPECT_EQ(value_of(text, R"(akko_catalog_operation_duration_seconds_count{operation="create"})"), 3);
  EXPECT_NEAR(value_of(text, R"(akko_catalog_operation_duration_seconds_sum{operation="create"})"), 21.68,
              1e-9);
  EXPECT_EQ(value_of(text, R"(akko_catalog_operation_duration_seconds_bucket{operation="create",le="0.15"})"),
            0);
  EXPECT_EQ(value_of(text, R"(akko_catalog_operation_duration_seconds_bucket{operation="create",le="0.2"})"),
            1);
  EXPECT_EQ(value_of(text, R"(akko_catalog_operation_duration_seconds_bucket{operation="create",le="2"})"),
            2);
  EXPECT_EQ(value_of(text, R"(akko_catalog_operation_duration_seconds_bucket{operation="create",le="60"})"),
            3);
}

TEST(MetricsTest, CountsRequestsByRoutePattern) {
  Metrics metrics;
  metrics.http_request("/api/admin/catalogs/{name}", "GET", 200, 700us);
  metrics.http_request("/api/admin/catalogs/{name}", "GET", 200, 700us);
  metrics.http_request("/api/admin/catalogs/{name}", "BREW\"\n", 405, 1ms);
  const auto text = metrics.text();
  EXPECT_EQ(
      value_of(text,
               R"(akko_http_requests_total{method="GET",route="/api/admin/catalogs/{name}",status="200"})"),
      2);
  EXPECT_EQ(
      value_of(text,
               R"(akko_http_requests_total{method="other",route="/api/admin/catalogs/{name}",status="405"})"),
      1);
  EXPECT_EQ(
      value_of(text,
               R"(akko_http_request_duration_seconds_bucket{route="/api/admin/catalogs/{name}",le="0.001"})"),
      3);
  EXPECT_THAT(text, Not(HasSubstr("BREW")));
}

TEST(MetricsTest, CountsDenials) {
  Metrics metrics;
  metrics.access_denied("token_expired");
  EXPECT_EQ(value_of(metrics.text(), R"(akko_access_denied_total{reason="token_expired"})"), 1);
}

TEST(MetricsTest, AsksForGaugesAtEachScrape) {
  Metrics metrics;
  double depth = 1;
  metrics.gauge("akko_trino_change_queue_depth", "Changes waiting.", [&] { return depth; });
  EXPECT_EQ(value_of(metrics.text(), "akko_trino_change_queue_depth"), 1);
  depth = 5;
  EXPECT_EQ(value_of(metrics.text(), "akko_trino_change_queue_depth"), 5);
}

TEST(MetricsTest, MakesCountersAtFirstUse) {
  Metrics metrics;
  EXPECT_THAT(metrics.text(), Not(HasSubstr("akko_trino_restarts_total")));
  metrics.count("akko_trino_restarts_total", "Restarts of the coordinator.");
  metrics.count("akko_trino_restarts_total", "Restarts of the coordinator.", 2);
  EXPECT_EQ(value_of(metrics.text(), "akko_trino_restarts_total"), 3);
  EXPECT_THAT(metrics.text(), HasSubstr("# HELP akko_trino_restarts_total Restarts of the coordinator.\n"
                                        "# TYPE akko_trino_restarts_total counter\n"));
}

TEST(MetricsTest, ASeriesShowsWhatIsToldAndNothingElse) {
  Metrics metrics;
  std::vector<Metrics::Sample> samples = {{{{"catalog", "a"}, {"connector", "po\"st\\g\nres"}}, 0.5}};
  metrics.series("akko_catalog_health", "Health.", [&] { return samples; });
  EXPECT_THAT(metrics.text(),
              HasSubstr("# HELP akko_catalog_health Health.\n# TYPE akko_catalog_health gauge\n"
                        R"(akko_catalog_health{catalog="a",connector="po\"st\\g\nres"} 0.5)"));
  samples.clear();
  EXPECT_EQ(metrics.text().find("akko_catalog_health"), std::string::npos);
}

TEST(MetricsTest, ChecksAreCountedFromZero) {
  Metrics metrics;
  const auto* failing = R"(akko_catalog_checks_total{result="failing",trigger="scheduled"})";
  EXPECT_EQ(value_of(metrics.text(), failing), 0);
  metrics.catalog_check("failing", "scheduled");
  EXPECT_EQ(value_of(metrics.text(), failing), 1);
}

TEST(MetricsTest, TellsTheBuildAndTheProcess) {
  Metrics metrics;
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("akko_build_info{compiler=\""));
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GE(value_of(text, "process_open_fds"), 3);
  EXPECT_LT(value_of(text, "process_open_fds"), 200);
  EXPECT_GE(value_of(text, "process_cpu_seconds_total"), 0);
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(value_of(text, "process_start_time_seconds"), now, 300);
}

TEST(MetricsTest, ManyThreadsLoseNothing) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        metrics.http_request("/healthz", "GET", 200, 1ms);
        metrics.count("akko_things_total", "Things.");
        if (i % 100 == 0) static_cast<void>(metrics.text());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(
      value_of(metrics.text(), R"(akko_http_requests_total{method="GET",route="/healthz",status="200"})"),
      2000);
  EXPECT_EQ(value_of(metrics.text(), "akko_things_total"), 2000);
}

}  // namespace
}  // namespace akko
