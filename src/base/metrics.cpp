#include "base/metrics.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include "base/version.hpp"

namespace akko {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

// A method is the client's text: labels must not grow with what strangers send.
std::string method_label(std::string_view method) {
  constexpr std::array<std::string_view, 7> kKnown = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
  const bool known = std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end();
  return known ? std::string(method) : "other";
}

// What /proc tells about this process; nothing where it does not exist.
struct ProcessUse {
  double resident_bytes = 0;
  double cpu_seconds = 0;
  double start_seconds = 0;  // since 1970-01-01 UTC
  double open_fds = 0;
};

std::optional<double> boot_time() {
  std::ifstream stat("/proc/stat");
  for (std::string word; stat >> word;) {
    double seconds = 0;
    if (word == "btime" && stat >> seconds) return seconds;
  }
  return std::nullopt;
}

// proc(5), /proc/<pid>/stat: fields counted from 1; the second, the name, is in parentheses and may hold
// blanks, so reading begins behind it with field 3.
std::optional<ProcessUse> process_use() {
  static const auto boot = boot_time();
  std::ifstream file("/proc/self/stat");
  const std::string stat((std::istreambuf_iterator<char>(file)), {});
  const auto name_end = stat.rfind(')');
  if (!boot || name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(stat.substr(name_end + 1));
  const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
  const auto field = [&](std::size_t number) { return std::stod(fields.at(number - 3)); };
  if (fields.size() < 22) return std::nullopt;

  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  ProcessUse use;
  use.cpu_seconds = (field(14) + field(15)) / ticks;
  use.start_seconds = *boot + field(22) / ticks;
  use.resident_bytes = field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  std::error_code error;
  const std::filesystem::directory_iterator fds("/proc/self/fd", error);
  if (!error) use.open_fds = static_cast<double>(std::distance(begin(fds), end(fds))) - 1;  // less our own
  return use;
}

}  // namespace

struct Metrics::Registry {
  // Seconds. An operation is a few statements in Trino: 20 ms at best, a class load of 16 s or a deadline at
  // worst; a request of the edge is answered from memory, unless it carries an operation.
  const Histogram::BucketBoundaries operation_buckets = {0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75,
                                                         1,    1.5,  2,   5,    10,  15,  30,  60};
  const Histogram::BucketBoundaries http_buckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                    0.1,    0.25,  0.5,    1,     2.5,  5,     10};

  prometheus::Registry all;
  Family<Counter>& operations =
      counter("akko_catalog_operations_total", "Operations on catalogs that have ended.");
  Family<Histogram>& operation_seconds =
      histogram("akko_catalog_operation_duration_seconds", "How long an operation on a catalog took.");
  Family<Counter>& requests = counter("akko_http_requests_total", "HTTP requests answered.");
  Family<Histogram>& request_seconds =
      histogram("akko_http_request_duration_seconds", "Time from a request's last byte to its answer.");
  Family<Counter>& denied = counter("akko_access_denied_total", "Requests refused with 401 or 403.");

  Family<Counter>& checks =
      counter("akko_catalog_checks_total", "Checks of registered catalogs that have ended.");

  Gauge& start = gauge("process_start_time_seconds", "Start of the process, seconds since 1970-01-01 UTC.");
  Gauge& resident = gauge("process_resident_memory_bytes", "Resident memory.");
  Gauge& fds = gauge("process_open_fds", "Open file descriptors.");
  Counter& cpu = counter("process_cpu_seconds_total", "CPU time used, user and system.").Add({});

  struct Asked {
    Gauge* gauge = nullptr;  // owned by `all`
    std::function<double()> read;
  };
  std::mutex mutex;  // guards what stands below
  std::map<std::string, Asked, std::less<>> asked;
  std::map<std::string, Counter*, std::less<>> counts;
  struct Series {
    std::string name, help;
    std::function<std::vector<Sample>()> read;
  };
  std::vector<Series> series;

  Family<Counter>& counter(std::string name, std::string help) {
    return prometheus::BuildCounter().Name(std::move(name)).Help(std::move(help)).Register(all);
  }
  Family<Histogram>& histogram(std::string name, std::string help) {
    return prometheus::BuildHistogram().Name(std::move(name)).Help(std::move(help)).Register(all);
  }
  Gauge& gauge(std::string name, std::string help) {
    return prometheus::BuildGauge().Name(std::move(name)).Help(std::move(help)).Register(all).Add({});
  }

  std::vector<prometheus::MetricFamily> collect() {
    auto families = all.Collect();
    const std::scoped_lock lock(mutex);
    for (const auto& one : series) {
      prometheus::MetricFamily family;
      family.name = one.name;
      family.help = one.help;
      family.type = prometheus::MetricType::Gauge;
      for (const auto& sample : one.read()) {
        auto& metric = family.metric.emplace_back();
        metric.gauge.value = sample.value;
        for (const auto& [label, value] : sample.labels) metric.label.push_back({label, value});
      }
      if (!family.metric.empty()) families.push_back(std::move(family));
    }
    return families;
  }

  void refresh() {
    const std::scoped_lock lock(mutex);
    for (auto& [name, entry] : asked) entry.gauge->Set(entry.read());
    const auto use = process_use();
    if (!use) return;
    start.Set(use->start_seconds);
    resident.Set(use->resident_bytes);
    fds.Set(use->open_fds);
    cpu.Increment(std::max(0.0, use->cpu_seconds - cpu.Value()));
  }
};

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {
  // A series that begins with its first failure cannot be alerted on: rate() needs the zero before it.
  for (const auto* operation : {"create", "delete", "test"}) {
    registry_->operation_seconds.Add({{"operation", operation}}, registry_->operation_buckets);
    for (const auto* result : {"success", "failed"}) {
      registry_->operations.Add({{"operation", operation}, {"result", result}});
    }
  }
  for (const auto* trigger : {"scheduled", "registration", "manual"}) {
    for (const auto* result : {"healthy", "slow", "failing", "undecided"}) {
      registry_->checks.Add({{"result", result}, {"trigger", trigger}});
    }
  }
  prometheus::BuildGauge()
      .Name("akko_build_info")
      .Help("Which build runs; always 1.")
      .Register(registry_->all)
      .Add({{"version", std::string(version())},
            {"revision", std::string(revision())},
            {"compiler", std::string(compiler())}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::operation(std::string_view operation, bool success, std::chrono::duration<double> took) {
  const std::string name(operation);
  registry_->operations.Add({{"operation", name}, {"result", success ? "success" : "failed"}}).Increment();
  registry_->operation_seconds.Add({{"operation", name}}, registry_->operation_buckets).Observe(took.count());
}

void Metrics::http_request(std::string_view route, std::string_view method, int status,
                           std::chrono::duration<double> took) {
  const std::string path(route);
  registry_->requests
      .Add({{"route", path}, {"method", method_label(method)}, {"status", std::to_string(status)}})
      .Increment();
  registry_->request_seconds.Add({{"route", path}}, registry_->http_buckets).Observe(took.count());
}

void Metrics::access_denied(std::string_view reason) {
  registry_->denied.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::catalog_check(std::string_view result, std::string_view trigger) {
  registry_->checks.Add({{"result", std::string(result)}, {"trigger", std::string(trigger)}}).Increment();
}

void Metrics::series(std::string_view name, std::string_view help,
                     std::function<std::vector<Sample>()> read) {
  const std::scoped_lock lock(registry_->mutex);
  registry_->series.push_back({std::string(name), std::string(help), std::move(read)});
}

void Metrics::gauge(std::string_view name, std::string_view help, std::function<double()> read) {
  auto& made = registry_->gauge(std::string(name), std::string(help));
  const std::scoped_lock lock(registry_->mutex);
  registry_->asked.insert_or_assign(std::string(name), Registry::Asked{&made, std::move(read)});
}

void Metrics::count(std::string_view name, std::string_view help, double by) {
  const std::scoped_lock lock(registry_->mutex);
  auto found = registry_->counts.find(name);
  if (found == registry_->counts.end()) {
    auto& made = registry_->counter(std::string(name), std::string(help)).Add({});
    found = registry_->counts.emplace(name, &made).first;
  }
  found->second->Increment(by);
}

std::string Metrics::text() const {
  registry_->refresh();
  return prometheus::TextSerializer().Serialize(registry_->collect());
}

}  // namespace akko
