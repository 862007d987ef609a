#include "adapters/trino_statement.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>
#include <string>
#include <utility>

namespace akko {
namespace {

namespace json = boost::json;

// A page of a statement is never deep: rows of scalars, and a chain of causes.
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxRows = 100'000;

std::string text_of(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string cell_text(const json::value& cell) {
  if (cell.is_null()) return {};
  if (cell.is_string()) return std::string(cell.get_string());
  return json::serialize(cell);
}

// failureInfo {type, message, cause: {type, message, cause…}} as a list, top first.
std::vector<FailureCause> cause_chain(const json::object& error) {
  std::vector<FailureCause> causes;
  const auto* link = error.if_contains("failureInfo");
  while (link != nullptr && link->is_object() && causes.size() < kMaxDepth) {
    const auto& info = link->get_object();
    causes.push_back({text_of(info, "type"), text_of(info, "message")});
    link = info.if_contains("cause");
  }
  return causes;
}

// [{"name": "catalog_name", "type": …}, …]
std::vector<std::string> column_names(const json::array& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns)
    names.push_back(column.is_object() ? text_of(column.get_object(), "name") : std::string());
  return names;
}

bool is_busy(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

}  // namespace

StatementPager::State StatementPager::fail(TrinoFailure::Kind kind, std::string message) {
  failure_.kind = kind;
  failure_.message = std::move(message);
  failure_.query_id = query_id_;
  return State::failed;
}

StatementPager::State StatementPager::feed(const http::Answer& answer) {
  const bool first = !std::exchange(posted_, true);
  const std::string status = std::to_string(answer.status);
  if (is_busy(answer.status)) {
    // Whether a POST that met a busy proxy was executed is unknown, so it is not sent twice.
    if (!first) return State::retry;
    return fail(TrinoFailure::Kind::unreachable, "the coordinator answered " + status);
  }
  if (answer.status == 401 || answer.status == 403) {
    // Only a refusal of the POST proves that the statement did not run.
    return fail(first ? TrinoFailure::Kind::refused : TrinoFailure::Kind::unreachable,
                "the coordinator answered " + status);
  }
  if (answer.status == 404 || answer.status == 410) {
    return fail(
        first ? TrinoFailure::Kind::protocol : TrinoFailure::Kind::unreachable,
        first ? "there is no /v1/statement at this URL" : "the coordinator does not know the query any more");
  }
  if (answer.status != 200) return fail(TrinoFailure::Kind::protocol, "unexpected answer " + status);
  return read_page(answer.body);
}

StatementPager::State StatementPager::read_page(std::string_view body) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  const auto page = json::parse(body, error, {}, options);
  if (error || !page.is_object())
    return fail(TrinoFailure::Kind::protocol, "the answer is not a statement page");
  const auto& object = page.get_object();

  if (auto id = text_of(object, "id"); !id.empty()) query_id_ = std::move(id);
  if (const auto* columns = object.if_contains("columns"); columns != nullptr && columns->is_array()) {
    if (columns_.empty()) columns_ = column_names(columns->get_array());
  }
  if (const auto* data = object.if_contains("data"); data != nullptr && data->is_array()) {
    for (const auto& row : data->get_array()) {
      if (!row.is_array() || rows_.size() >= kMaxRows) {
        return fail(TrinoFailure::Kind::protocol, "the answer is not a statement page");
      }
      auto& cells = rows_.emplace_back();
      for (const auto& cell : row.get_array()) cells.push_back(cell_text(cell));
    }
  }
  if (const auto* problem = object.if_contains("error"); problem != nullptr && problem->is_object()) {
    const auto& details = problem->get_object();
    failure_.error_name = text_of(details, "errorName");
    failure_.error_type = text_of(details, "errorType");
    if (const auto* code = details.if_contains("errorCode"); code != nullptr && code->is_int64()) {
      failure_.error_code = static_cast<int>(code->get_int64());
    }
    failure_.causes = cause_chain(details);
    return fail(TrinoFailure::Kind::statement, text_of(details, "message"));
  }

  next_url_ = text_of(object, "nextUri");
  if (next_url_.empty()) {
    if (query_id_.empty()) return fail(TrinoFailure::Kind::protocol, "the answer is not a statement page");
    return State::done;
  }
  if (!next_url_.starts_with(origin_ + "/v1/statement/")) {
    next_url_.clear();
    return fail(TrinoFailure::Kind::protocol,
                "the coordinator points to another server for the next page; set AKKO_TRINO_URL to the URL "
                "under which it knows itself");
  }
  return State::next;
}

}  // namespace akko
