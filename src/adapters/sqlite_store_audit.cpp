#include "adapters/sqlite_store_audit.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

namespace akko::sqlite {
namespace {

constexpr auto kColumns =
    "at, event, name, connector, user, result, code, operation_id, request_id, client, detail";

void insert_event(SQLite::Database& database, const AuditRecord& record) {
  SQLite::Statement insert(database, std::string("INSERT INTO audit_events (") + kColumns +
                                         ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto& event = record.event;
  SQLite::bind(insert, record.at, event.event, event.name, event.connector, event.user, event.result,
               event.code, event.operation_id, event.request_id, event.client, event.detail);
  insert.exec();
}

void forget_old_ones(SQLite::Database& database, const std::string& name) {
  SQLite::Statement forget(database,
                           "DELETE FROM audit_events WHERE name = ?1 AND number <= (SELECT number FROM "
                           "audit_events WHERE name = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)");
  SQLite::bind(forget, name, static_cast<std::int64_t>(kKeptEventsOfName));
  forget.exec();
}

void forget_old_ones(SQLite::Database& database) {
  SQLite::Statement forget(database,
                           "DELETE FROM audit_events WHERE number <= (SELECT number FROM audit_events ORDER "
                           "BY number DESC LIMIT 1 OFFSET ?)");
  forget.bind(1, static_cast<std::int64_t>(kKeptEvents));
  forget.exec();
}

AuditRecord read_event(SQLite::Statement& row) {
  const auto text = [&](int column) { return row.getColumn(column).getString(); };
  AuditRecord record;
  record.at = row.getColumn(0).getInt64();
  record.event.event = text(1);
  record.event.name = text(2);
  record.event.connector = text(3);
  record.event.user = text(4);
  record.event.result = text(5);
  record.event.code = text(6);
  record.event.operation_id = text(7);
  record.event.request_id = text(8);
  record.event.client = text(9);
  record.event.detail = text(10);
  return record;
}

class SqliteTrail final : public AuditTrail {
 public:
  explicit SqliteTrail(std::shared_ptr<StoreFile> file) : file_(std::move(file)) {}

  Result<void> keep(const std::vector<AuditRecord>& events) override {
    return file_->write("keeping audit events", [&](SQLite::Database& database) -> Result<void> {
      std::set<std::string> names;
      for (const auto& record : events) {
        insert_event(database, record);
        names.insert(record.event.name);
      }
      for (const auto& name : names) forget_old_ones(database, name);
      forget_old_ones(database);
      return {};
    });
  }

  Result<std::vector<AuditRecord>> events(std::string_view name) override {
    return file_->run("reading the history of a catalog",
                      [&](SQLite::Database& database) -> Result<std::vector<AuditRecord>> {
                        SQLite::Statement select(database, std::string("SELECT ") + kColumns +
                                                               " FROM audit_events WHERE name = ? "
                                                               "ORDER BY number DESC");
                        select.bind(1, std::string(name));
                        std::vector<AuditRecord> events;
                        while (select.executeStep()) events.push_back(read_event(select));
                        return events;
                      });
  }

 private:
  const std::shared_ptr<StoreFile> file_;  // shared with the catalogs: one connection
};

}  // namespace

std::unique_ptr<AuditTrail> make_trail(std::shared_ptr<StoreFile> file) {
  return std::make_unique<SqliteTrail>(std::move(file));
}

}  // namespace akko::sqlite
