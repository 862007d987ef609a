#include "api/operation_views.hpp"

#include <array>
#include <utility>

#include "api/problem.hpp"
#include "api/views.hpp"
#include "app/refusals.hpp"
#include "base/json_writer.hpp"
#include "base/utf8.hpp"

namespace akko::api {
namespace {

// The steps of an operation beside those of a connection check.
constexpr std::array<StepWords, 7> kWords = {{
    {"reserve_name", "Reserve the name", "manager"},
    {"write_secrets", "Store the secrets", "manager"},
    {"create_in_trino", "Add to Trino", "trino"},
    {"mark_ready", "Mark as ready", "manager"},
    {"drop_from_trino", "Drop from Trino", "trino"},
    {"remove_secrets", "Remove the secrets", "manager"},
    {"erase_record", "Erase the record", "manager"},
}};

StepWords words_of(const std::string& id) {
  for (const auto& words : kWords) {
    if (words.id == id) return words;
  }
  for (const auto step :
       {CheckStep::dns, CheckStep::tcp, CheckStep::tls, CheckStep::sign_in, CheckStep::metadata}) {
    if (akko::to_string(step) == id) return api::words_of(step);
  }
  return {id, id, "manager"};
}

// Why a name is not free.
struct NameProblem {
  std::string code;
  std::string message;
  std::string registered_by = {};
  UnixMillis registered_at = 0;
};

std::optional<NameProblem> problem_of(std::string_view name, const CatalogSnapshot& record,
                                      const TrinoListing& trino, Operations& operations) {
  if (const auto* holder = record.find(name)) {
    return NameProblem{"name_taken", name_taken(*holder).value().message, holder->created_by,
                       holder->created_at};
  }
  if (const auto running = operations.running_for(name)) {
    return NameProblem{"name_taken", running->user + " is registering this name at this moment",
                       running->user, running->started_at};
  }
  if (const auto parsed = CatalogName::parse(name); !parsed) {
    const auto& violation = parsed.error().violations.front();
    // Nothing at all is no name by the pattern either.
    return NameProblem{violation.code == "reserved" ? "reserved" : "pattern", violation.message};
  }
  if (const auto* listed = trino.find(name)) {
    return NameProblem{"name_taken_in_trino", "Trino has a catalog of this name already (" +
                                                  listed->connector + "), which was not registered here"};
  }
  return std::nullopt;
}

}  // namespace

std::string operation_json(const Operation& operation) {
  JsonWriter json;
  json.begin_object()
      .member("id", operation.id)
      .member("kind", akko::to_string(operation.kind))
      .member("catalog", operation.catalog)
      .member("connector", operation.connector)
      .member("user", operation.user)
      .member("status", akko::to_string(operation.status))
      .key("started_at")
      .moment(operation.started_at)
      .key("ended_at");
  if (operation.ended_at) {
    json.moment(*operation.ended_at);
  } else {
    json.null();
  }
  json.key("steps").begin_array();
  for (const auto& step : operation.steps) write_step(json, words_of(step.id), step);
  json.end_array();
  write_texts(json, "undone", operation.undone);
  write_texts(json, "left", operation.left);
  write_facts(json, operation.left_facts, "left_facts");
  json.key("problem");
  if (operation.problem) {
    json.raw(problem_json(*operation.problem, operation.request_id,
                          operation.checked.empty() ? "" : steps_json(operation.checked)));
  } else {
    json.null();
  }
  json.end_object();
  return json.take();
}

std::string operation_step_json(const OperationStep& step) {
  JsonWriter json;
  write_step(json, words_of(step.id), step);
  return json.take();
}

std::string name_json(std::string_view name, const CatalogSnapshot& record, const TrinoListing& trino,
                      Operations& operations) {
  const auto problem = problem_of(name, record, trino, operations);
  JsonWriter json;
  json.begin_object().member("name", utf8::printable(name, 256)).member("available", !problem).key("code");
  if (!problem) {
    json.null().member("message", "").key("registered_by").null().key("registered_at").null().end_object();
    return json.take();
  }
  json.value(problem->code).member("message", problem->message).key("registered_by");
  if (problem->registered_by.empty()) {
    json.null().key("registered_at").null();
  } else {
    json.value(problem->registered_by).key("registered_at").moment(problem->registered_at);
  }
  json.end_object();
  return json.take();
}

std::string foreign_catalogs_json(const CatalogSnapshot& record, const TrinoListing& trino) {
  JsonWriter json;
  json.begin_object().key("catalogs").begin_array();
  for (const auto& listed : trino.catalogs) {
    if (CatalogName::is_reserved(listed.name) || record.find(listed.name) != nullptr) continue;
    json.begin_object()
        .member("name", utf8::printable(listed.name, 256))
        .member("connector", utf8::printable(listed.connector, 256))
        .member("state", listed.failed ? "failed" : "loaded")
        .member("message",
                listed.failed ? "Trino could not load this catalog; the coordinator's log says why." : "")
        .end_object();
  }
  json.end_array().key("read_at");
  if (trino.read_at == 0) {
    json.null();
  } else {
    json.moment(trino.read_at);
  }
  json.end_object();
  return json.take();
}

}  // namespace akko::api
