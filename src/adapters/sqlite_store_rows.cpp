#include "adapters/sqlite_store_rows.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/VariadicBind.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/strict_json.hpp"

namespace akko::sqlite {
namespace {

namespace json = boost::json;

constexpr std::array kPhases = {Phase::registering, Phase::ready, Phase::removing};
constexpr std::array kHealths = {Health::healthy, Health::slow,   Health::failing,
                                 Health::unknown, Health::paused, Health::registering};
constexpr std::array kTriggers = {CheckTrigger::scheduled, CheckTrigger::registration, CheckTrigger::manual};
constexpr std::array kCheckSteps = {CheckStep::dns, CheckStep::tcp, CheckStep::tls, CheckStep::sign_in,
                                    CheckStep::metadata};
constexpr std::array kStepStatuses = {StepReport::Status::not_run, StepReport::Status::running,
                                      StepReport::Status::passed, StepReport::Status::skipped,
                                      StepReport::Status::failed};
constexpr std::array kKinds = {Plan::Kind::register_catalog, Plan::Kind::deregister_catalog};

// The word's value, by the same table that wrote it.
template <typename Word, std::size_t size>
std::optional<Word> word_of(std::string_view text, const std::array<Word, size>& words) {
  for (const auto word : words) {
    if (to_string(word) == text) return word;
  }
  return std::nullopt;
}

std::string to_json(const Properties& properties) {
  json::object object;
  for (const auto& [name, value] : properties) object[name] = value;
  return json::serialize(object);
}

std::string to_json(const std::vector<std::string>& texts) {
  return json::serialize(json::array(texts.begin(), texts.end()));
}

std::string to_json(const std::map<std::string, SecretStatus>& secrets) {
  json::object object;
  for (const auto& [property, status] : secrets) {
    object[property] = {{"set_at", status.set_at}, {"set_by", status.set_by}};
  }
  return json::serialize(object);
}

json::array to_value(const Facts& facts) {
  json::array array;
  for (const auto& fact : facts) {
    json::object values;
    for (const auto& [name, value] : fact.values) values[name] = value;
    array.push_back(
        {{"code", fact.code}, {"values", std::move(values)}, {"message", fact.message}, {"fix", fact.fix}});
  }
  return array;
}

std::string to_json(const Facts& facts) { return json::serialize(to_value(facts)); }

std::string to_json(const std::vector<StepReport>& steps) {
  json::array array;
  for (const auto& step : steps) {
    array.push_back({{"step", to_string(step.step)},
                     {"status", to_string(step.status)},
                     {"took", step.took.count()},
                     {"message", step.message},
                     {"code", step.code},
                     {"fix", step.fix},
                     {"facts", to_value(step.facts)}});
  }
  return json::serialize(array);
}

std::string text_of(const json::string& text) { return {text.data(), text.size()}; }

// Each reads its column or tells that it cannot.
bool from_json(const json::value& value, Properties& out) {
  const auto* object = value.if_object();
  if (object == nullptr) return false;
  for (const auto& [name, member] : *object) {
    if (!member.is_string()) return false;
    out.emplace(name, text_of(member.get_string()));
  }
  return true;
}

bool from_json(const json::value& value, std::vector<std::string>& out) {
  const auto* array = value.if_array();
  if (array == nullptr) return false;
  for (const auto& item : *array) {
    if (!item.is_string()) return false;
    out.push_back(text_of(item.get_string()));
  }
  return true;
}

bool from_json(const json::value& value, std::map<std::string, SecretStatus>& out) {
  const auto* object = value.if_object();
  if (object == nullptr) return false;
  for (const auto& [property, member] : *object) {
    const auto* status = member.if_object();
    if (status == nullptr || status->size() != 2) return false;
    const auto* set_at = status->if_contains("set_at");
    const auto* set_by = status->if_contains("set_by");
    if (set_at == nullptr || !set_at->is_int64() || set_by == nullptr || !set_by->is_string()) return false;
    out.emplace(property, SecretStatus{set_at->get_int64(), text_of(set_by->get_string())});
  }
  return true;
}

// A member that is a text; null when it is missing or something else.
const json::string* text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_string();
}

// Facts kept before they had sentences have none.
bool read_sentence(const json::object& fact, std::string_view name, std::string& out) {
  if (!fact.contains(name)) return true;
  const auto* text = text_member(fact, name);
  if (text != nullptr) out = text_of(*text);
  return text != nullptr;
}

bool from_json(const json::value& value, Facts& out) {
  const auto* array = value.if_array();
  if (array == nullptr) return false;
  for (const auto& item : *array) {
    const auto* object = item.if_object();
    const auto* code = object == nullptr ? nullptr : text_member(*object, "code");
    const auto* values = object == nullptr ? nullptr : object->if_contains("values");
    if (code == nullptr || values == nullptr || !values->is_object()) return false;
    auto& fact = out.emplace_back();
    fact.code = text_of(*code);
    for (const auto& [name, text] : values->get_object()) {
      if (!text.is_string()) return false;
      fact.values[std::string(name)] = text_of(text.get_string());
    }
    if (!read_sentence(*object, "message", fact.message) || !read_sentence(*object, "fix", fact.fix))
      return false;
  }
  return true;
}

bool from_json(const json::value& value, std::vector<StepReport>& out) {
  const auto* array = value.if_array();
  if (array == nullptr) return false;
  for (const auto& item : *array) {
    const auto* object = item.if_object();
    if (object == nullptr) return false;
    const auto* step = text_member(*object, "step");
    const auto* status = text_member(*object, "status");
    const auto* took = object->if_contains("took");
    const auto* message = text_member(*object, "message");
    const auto* code = text_member(*object, "code");
    const auto* fix = text_member(*object, "fix");
    const bool whole = step != nullptr && status != nullptr && took != nullptr && took->is_int64() &&
                       message != nullptr && code != nullptr && fix != nullptr;
    if (!whole) return false;
    const auto which = word_of(*step, kCheckSteps);
    const auto how = word_of(*status, kStepStatuses);
    const auto* said = object->if_contains("facts");  // null: kept before there were facts
    Facts facts;
    if (!which || !how || (said != nullptr && !from_json(*said, facts))) return false;
    out.push_back({*which, *how, std::chrono::milliseconds(took->get_int64()), text_of(*message),
                   text_of(*code), text_of(*fix), std::move(facts)});
  }
  return true;
}

// Reads the columns of one row in turn; remembers the first that is broken.
class RowReader {
 public:
  explicit RowReader(const SQLite::Statement& row) : row_(row) {}

  std::string text() { return row_.getColumn(column_++).getString(); }
  std::int64_t number() { return row_.getColumn(column_++).getInt64(); }
  std::uint64_t count() {
    const auto value = number();
    if (value < 0) broken();
    return static_cast<std::uint64_t>(value);
  }
  std::uint32_t count32() {
    const auto value = count();
    if (value > std::numeric_limits<std::uint32_t>::max()) broken();
    return static_cast<std::uint32_t>(value);
  }
  std::optional<std::chrono::milliseconds> span() {
    const auto value = number();
    if (value < 0) return std::nullopt;
    return std::chrono::milliseconds(value);
  }
  template <typename Word, std::size_t size>
  Word word(const std::array<Word, size>& words) {
    const auto found = word_of(text(), words);
    if (!found) broken();
    return found.value_or(words.front());
  }
  template <typename Value>
  Value from_json_text() {
    Value value;
    const auto parsed = parse_strict_json(text());
    if (!parsed || !from_json(*parsed, value)) broken();
    return value;
  }

  const std::string& broken_column() const { return broken_; }

 private:
  void broken() {
    if (broken_.empty()) broken_ = row_.getColumnName(column_ - 1);
  }

  const SQLite::Statement& row_;
  int column_ = 0;
  std::string broken_;
};

tl::unexpected<Error> corrupt(const std::string& table, const std::string& key, const std::string& column) {
  return fail(
      ErrorCode::internal, "store_corrupt",
      "the row \"" + key + "\" of the table " + table + " in akko.db is damaged, column " + column,
      "Restore akko.db and store.key together from a backup, or remove this row (sqlite3 akko.db) and "
      "register the catalog again.");
}

}  // namespace

void bind_catalog(SQLite::Statement& statement, const Catalog& catalog) {
  const auto& spec = catalog.spec;
  const auto& health = catalog.health;
  SQLite::bind(statement, spec.name.text(), spec.connector, to_json(spec.properties), to_json(spec.options),
               spec.description, to_json(spec.allow_roles), std::string(to_string(catalog.phase)),
               std::string(to_string(health.health)), health.code, health.message, health.checked_at,
               to_json(catalog.secrets), static_cast<std::int64_t>(catalog.secret_revision),
               static_cast<std::int64_t>(catalog.revision), catalog.operation_id, catalog.created_at,
               catalog.created_by, catalog.updated_at, catalog.updated_by, health.fix, health.since,
               static_cast<std::int64_t>(health.took ? health.took->count() : -1),
               static_cast<std::int64_t>(catalog.health_revision), to_json(health.facts));
}

// The columns are read in the order of the braces.
Result<Catalog> read_catalog(const SQLite::Statement& row) {
  RowReader columns(row);
  const auto key = columns.text();
  auto name = CatalogName::parse(key);
  if (!name) return corrupt("catalogs", key, "name");
  Catalog catalog{.spec = {.name = std::move(*name),
                           .connector = columns.text(),
                           .properties = columns.from_json_text<Properties>(),
                           .options = columns.from_json_text<Properties>(),
                           .description = columns.text(),
                           .allow_roles = columns.from_json_text<std::vector<std::string>>()},
                  .phase = columns.word(kPhases),
                  .health = {.health = columns.word(kHealths),
                             .code = columns.text(),
                             .message = columns.text(),
                             .checked_at = columns.number()},
                  .secrets = columns.from_json_text<std::map<std::string, SecretStatus>>(),
                  .secret_revision = columns.count(),
                  .revision = columns.count(),
                  .operation_id = columns.text(),
                  .created_at = columns.number(),
                  .created_by = columns.text(),
                  .updated_at = columns.number(),
                  .updated_by = columns.text()};
  catalog.health.fix = columns.text();
  catalog.health.since = columns.number();
  catalog.health.took = columns.span();
  catalog.health_revision = columns.count();
  catalog.health.facts = columns.from_json_text<Facts>();
  if (!columns.broken_column().empty()) return corrupt("catalogs", key, columns.broken_column());
  return catalog;
}

void bind_operation(SQLite::Statement& statement, const OperationRecord& operation) {
  SQLite::bind(statement, operation.id, std::string(to_string(operation.kind)), operation.name.text(),
               static_cast<std::int64_t>(operation.step), operation.undoing ? 1 : 0, operation.principal,
               operation.started_at);
}

Result<OperationRecord> read_operation(const SQLite::Statement& row) {
  RowReader columns(row);
  auto id = columns.text();
  const auto kind = columns.word(kKinds);
  auto name = CatalogName::parse(columns.text());
  if (!name) return corrupt("operations", id, "catalog");
  OperationRecord operation{.id = std::move(id),
                            .kind = kind,
                            .name = std::move(*name),
                            .step = columns.count32(),
                            .undoing = columns.number() != 0,
                            .principal = columns.text(),
                            .started_at = columns.number()};
  if (!columns.broken_column().empty()) return corrupt("operations", operation.id, columns.broken_column());
  return operation;
}

void bind_check(SQLite::Statement& statement, const CatalogName& catalog, std::int64_t number,
                const CheckRecord& check) {
  SQLite::bind(statement, catalog.text(), number, check.checked_at, std::string(to_string(check.trigger)),
               check.user, std::string(to_string(check.health)),
               static_cast<std::int64_t>(check.took.count()), check.code, check.message, check.fix,
               to_json(check.steps));
}

Result<CheckRecord> read_check(const SQLite::Statement& row) {
  RowReader columns(row);
  const auto key = columns.text() + '/' + std::to_string(columns.number());
  CheckRecord check{.checked_at = columns.number(),
                    .trigger = columns.word(kTriggers),
                    .user = columns.text(),
                    .health = columns.word(kHealths),
                    .took = std::chrono::milliseconds(columns.number()),
                    .code = columns.text(),
                    .message = columns.text(),
                    .fix = columns.text(),
                    .steps = columns.from_json_text<std::vector<StepReport>>()};
  if (!columns.broken_column().empty()) return corrupt("checks", key, columns.broken_column());
  return check;
}

}  // namespace akko::sqlite
