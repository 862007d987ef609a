// The catalogs of a Trino coordinator, over SQL on /v1/statement.
#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include "adapters/adapters.hpp"
#include "adapters/change_queue.hpp"
#include "adapters/http_client.hpp"
#include "adapters/trino_statement.hpp"
#include "domain/sql.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSource = "akko-catalog-manager";
// A coordinator that stops answering in the middle of a statement is given this long to come back.
constexpr auto kPatience = 3s;
constexpr auto kRetryPause = 75ms;   // Trino docs: 50-100 ms between tries
constexpr auto kCancelTimeout = 2s;  // for the DELETE that cancels a query

TrinoFailure failure_of(TrinoFailure::Kind kind, std::string message) {
  TrinoFailure failure;
  failure.kind = kind;
  failure.message = std::move(message);
  return failure;
}

TrinoFailure failure_of(const http::TransportError& error, const Deadline& deadline) {
  switch (error.kind) {
    case http::TransportError::Kind::timeout:
      return failure_of(deadline.passed() ? TrinoFailure::Kind::deadline : TrinoFailure::Kind::unreachable,
                        error.message);
    case http::TransportError::Kind::cancelled:
      return failure_of(TrinoFailure::Kind::cancelled, error.message);
    case http::TransportError::Kind::too_large:
    case http::TransportError::Kind::protocol:
      return failure_of(TrinoFailure::Kind::protocol, error.message);
    case http::TransportError::Kind::connect:
    case http::TransportError::Kind::tls:
      break;
  }
  return failure_of(TrinoFailure::Kind::unreachable, error.message);
}

// "39.97m", "5.00s", "1.50h": airlift's duration text, in seconds.
double duration_seconds(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return 0;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  static constexpr std::array<std::pair<std::string_view, double>, 7> kUnits = {
      {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  const auto* known =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& u) { return u.first == unit; });
  return known == kUnits.end() ? 0 : number * known->second;
}

// Rows of system.metadata.catalogs, sorted by name. A column that this Trino lacks reads as "".
std::vector<TrinoCatalogs::Listed> read_catalogs(const std::vector<std::string>& columns,
                                                 const TrinoRows& rows) {
  const auto cell = [&](const std::vector<std::string>& row, std::string_view column) {
    const auto at =
        static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
    return at < columns.size() && at < row.size() ? row[at] : std::string();
  };
  std::vector<TrinoCatalogs::Listed> catalogs;
  for (const auto& row : rows) {
    auto name = cell(row, "catalog_name");
    if (!name.empty())
      catalogs.push_back({std::move(name), cell(row, "connector_name"), cell(row, "state") == "FAILING"});
  }
  std::sort(catalogs.begin(), catalogs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return catalogs;
}

class TrinoOverSql final : public TrinoCatalogs {
 public:
  explicit TrinoOverSql(TrinoSettings settings) : settings_(std::move(settings)) {
    while (settings_.url.ends_with('/')) settings_.url.pop_back();
  }

  TrinoResult<void> create(const TrinoCatalogSpec& spec, const CallContext& context) override {
    return change(create_catalog_statement(spec.name, spec.connector, spec.properties, context.operation_id),
                  context);
  }

  TrinoResult<void> drop(const CatalogName& name, const CallContext& context) override {
    return change(drop_catalog_statement(name), context);
  }

  TrinoResult<TrinoRows> run(std::string_view statement, const CallContext& context) override {
    return execute(statement, context);
  }

  TrinoResult<Listing> list(const CallContext& context) override {
    Told told;
    // All columns: Trino 480 has one more than 476, `state`.
    auto rows = execute("SELECT * FROM system.metadata.catalogs", context, &told);
    if (!rows) return tl::make_unexpected(std::move(rows).error());
    Listing listing;
    listing.catalogs = read_catalogs(told.columns, *rows);
    for (const auto& catalog : listing.catalogs) listing.names.push_back(catalog.name);
    const auto& query_id = told.query_id;
    // 20261122_101010_00001_abcde: the last part is new at each start of the coordinator.
    listing.coordinator_run = query_id.substr(query_id.rfind('_') + 1);
    return listing;
  }

  TrinoResult<CoordinatorState> state(const CallContext& context) override {
    http::Request request;
    request.url = settings_.url + "/v1/info";
    request.ca_file = settings_.ca_file;
    const auto answer = http::send(request, context.deadline, context.stop);
    if (!answer) return tl::make_unexpected(failure_of(answer.error(), context.deadline));
    if (answer->status != 200) {
      return tl::make_unexpected(failure_of(TrinoFailure::Kind::unreachable,
                                            "the coordinator answered " + std::to_string(answer->status)));
    }
    return read_state(answer->body);
  }

  TrinoResult<std::optional<bool>> created_by_us(const TrinoCatalogSpec& spec,
                                                 const CallContext& context) override {
    const auto statement =
        create_catalog_statement(spec.name, spec.connector, spec.properties, context.operation_id);
    auto rows = execute("SELECT state FROM system.runtime.queries WHERE source = " + sql_literal(kSource) +
                            " AND query = " + sql_literal(statement),
                        context);
    if (!rows) return tl::make_unexpected(std::move(rows).error());
    if (rows->empty()) return std::optional<bool>();
    const bool finished = std::any_of(rows->begin(), rows->end(), [](const auto& row) {
      return !row.empty() && row.front() != "FAILED";  // a running one may still end well
    });
    return std::optional<bool>(finished);
  }

  TrinoResult<std::vector<std::string>> connectors(const CallContext& context) override {
    // Asking for a connector that cannot exist is answered with the list of those that do.
    const auto answer = change("CREATE CATALOG \"akko-probe-1\" USING akko_no_such_connector", context);
    if (answer)
      return tl::make_unexpected(
          failure_of(TrinoFailure::Kind::protocol, "a connector akko_no_such_connector exists"));
    static constexpr std::string_view kBefore = "Available factories: [";
    const auto& message = answer.error().message;
    const auto begin = message.find(kBefore);
    const auto end = message.find(']', begin == std::string::npos ? 0 : begin);
    if (answer.error().kind != TrinoFailure::Kind::statement || begin == std::string::npos ||
        end == std::string::npos) {
      return tl::make_unexpected(answer.error());
    }
    return split_list(std::string_view(message).substr(begin + kBefore.size(), end - begin - kBefore.size()));
  }

  std::size_t queue_depth() const override { return queue_.depth(); }

 private:
  static std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const auto comma = text.find(", ");
      parts.emplace_back(text.substr(0, comma));
      if (comma == std::string_view::npos) break;
      text.remove_prefix(comma + 2);
    }
    return parts;
  }

  static TrinoResult<CoordinatorState> read_state(std::string_view body) {
    boost::system::error_code error;
    const auto info = boost::json::parse(body, error);
    if (error || !info.is_object()) {
      return tl::make_unexpected(failure_of(TrinoFailure::Kind::protocol, "/v1/info is not Trino's"));
    }
    const auto& object = info.get_object();
    const auto text = [](const boost::json::value* value) {
      return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    CoordinatorState state;
    if (const auto* version = object.if_contains("nodeVersion"); version != nullptr && version->is_object()) {
      state.version = text(version->get_object().if_contains("version"));
    }
    state.coordinator_id = text(object.if_contains("coordinatorId"));
    state.uptime_seconds = duration_seconds(text(object.if_contains("uptime")));
    const auto* starting = object.if_contains("starting");
    state.starting = starting != nullptr && starting->is_bool() && starting->get_bool();
    return state;
  }

  // What an answer says beside its rows.
  struct Told {
    std::string query_id;
    std::vector<std::string> columns;
  };

  TrinoResult<void> change(std::string_view statement, const CallContext& context) {
    const auto turn = queue_.enter(context.deadline, context.stop);
    if (!turn) {
      const bool stopped = context.stop.stop_requested();
      return tl::make_unexpected(
          failure_of(stopped ? TrinoFailure::Kind::cancelled : TrinoFailure::Kind::deadline,
                     "other catalog changes were still running in Trino"));
    }
    auto rows = execute(statement, context);
    if (!rows) return tl::make_unexpected(std::move(rows).error());
    return {};
  }

  // Runs a statement to its end. On every other way out the query is cancelled.
  TrinoResult<TrinoRows> execute(std::string_view statement, const CallContext& context,
                                 Told* told = nullptr) {
    StatementPager pager(settings_.url);
    auto request = post(statement, context);
    auto answer = http::send(request, context.deadline, context.stop);
    if (!answer) return tl::make_unexpected(failure_of(answer.error(), context.deadline));

    request = get(context);
    auto lost_at = Deadline::Clock::time_point::max();  // since when the coordinator has not answered
    auto state = pager.feed(*answer);
    while (state == StatementPager::State::next || state == StatementPager::State::retry) {
      if (state == StatementPager::State::retry || !answer) std::this_thread::sleep_for(kRetryPause);
      request.url = pager.next_url();
      answer = http::send(request, context.deadline, context.stop);
      if (answer) {
        state = pager.feed(*answer);
        lost_at = Deadline::Clock::time_point::max();
        continue;
      }
      lost_at = std::min(lost_at, Deadline::Clock::now());
      auto failure = failure_of(answer.error(), context.deadline);
      failure.query_id = pager.query_id();
      const bool lost =
          failure.kind == TrinoFailure::Kind::unreachable && Deadline::Clock::now() < lost_at + kPatience;
      if (lost && !context.deadline.passed()) continue;
      cancel(pager.next_url(), context);
      return tl::make_unexpected(std::move(failure));
    }
    if (told != nullptr) *told = {pager.query_id(), pager.columns()};
    if (state == StatementPager::State::done) return pager.rows();
    return tl::make_unexpected(pager.failure());
  }

  void cancel(const std::string& url, const CallContext& context) const {
    http::Request request = get(context);
    request.method = "DELETE";
    request.url = url;
    // Best effort, and not stopped by what stopped the statement: Trino gives an abandoned query up after
    // five minutes by itself.
    static_cast<void>(http::send(request, Deadline::after(kCancelTimeout)));
  }

  http::Request post(std::string_view statement, const CallContext& context) const {
    http::Request request = get(context);
    request.method = "POST";
    request.url = settings_.url + "/v1/statement";
    request.body = statement;
    // The session limit is a second line only: Trino does not hold it while a query is analysed (measured).
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(context.deadline.left()).count();
    request.headers.emplace_back(
        "X-Trino-Session", "query_max_run_time=" + std::to_string(std::max<std::int64_t>(seconds, 1)) + "s");
    return request;
  }

  http::Request get(const CallContext& context) const {
    http::Request request;
    request.ca_file = settings_.ca_file;
    request.headers = {{"X-Trino-User", settings_.user},
                       {"X-Trino-Source", std::string(kSource)},
                       {"X-Trino-Client-Tags", context.operation_id}};
    return request;
  }

  TrinoSettings settings_;
  ChangeQueue queue_;
};

}  // namespace

std::unique_ptr<TrinoCatalogs> make_trino(TrinoSettings settings) {
  return std::make_unique<TrinoOverSql>(std::move(settings));
}

}  // namespace akko
