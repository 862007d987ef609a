// Metrics for Prometheus (text format 0.0.4). prometheus-cpp's headers stay in metrics.cpp.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akko {

// Owns every metric of the process. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // akko_catalog_operations_total{operation,result} and akko_catalog_operation_duration_seconds{operation}.
  // `operation`: "create", "delete" or "test".
  void operation(std::string_view operation, bool success, std::chrono::duration<double> took);

  // akko_http_requests_total{route,method,status} and akko_http_request_duration_seconds{route}. `route` is
  // the pattern of the route table, never the path of a request, so that labels stay few.
  void http_request(std::string_view route, std::string_view method, int status,
                    std::chrono::duration<double> took);

  // akko_access_denied_total{reason}
  void access_denied(std::string_view reason);

  // akko_catalog_checks_total{result,trigger}: checks of registered catalogs that have ended. `result`:
  // "healthy", "slow", "failing", or "undecided" where Trino kept from finding out; `trigger`: "scheduled",
  // "registration" or "manual".
  void catalog_check(std::string_view result, std::string_view trigger);

  // One value of a family of gauges.
  struct Sample {
    std::vector<std::pair<std::string, std::string>> labels;  // values may be any UTF-8
    double value = 0;
  };
  // Gauges that come and go: all are asked for at each scrape, and what is not told is not shown. `read` must
  // not wait.
  void series(std::string_view name, std::string_view help, std::function<std::vector<Sample>()> read);

  // A gauge whose value is asked for at each scrape; `read` must not wait.
  void gauge(std::string_view name, std::string_view help, std::function<double()> read);

  // akko_trino_restarts_total, akko_catalogs_recreated_total, …: counters without labels, made at first use.
  void count(std::string_view name, std::string_view help, double by = 1);

  std::string text() const;

 private:
  struct Registry;
  std::unique_ptr<Registry> registry_;
};

}  // namespace akko
