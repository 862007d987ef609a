// CatalogStore over one SQLite file. Writes go through one connection and one lock; reads of catalogs come
// from an immutable snapshot in memory that each write replaces.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "adapters/adapters.hpp"
#include "adapters/sqlite_store_answers.hpp"
#include "adapters/sqlite_store_audit.hpp"
#include "adapters/sqlite_store_file.hpp"
#include "adapters/sqlite_store_rows.hpp"
#include "app/refusals.hpp"

namespace akko {
namespace {

using sqlite::StoreFile;

constexpr std::uint64_t kRevisionBlock = 64;

using Catalogs = std::vector<std::shared_ptr<const Catalog>>;

tl::unexpected<Error> conflict(const CatalogName& name) {
  return fail(ErrorCode::already_exists, "conflict",
              "the catalog " + name.text() + " was changed by someone else meanwhile",
              "Read it again and repeat the change.");
}

tl::unexpected<Error> not_on_record(const CatalogName& name) {
  return fail(ErrorCode::not_found, "catalog_not_found", "there is no catalog " + name.text());
}

std::uint64_t advance(SQLite::Database& database, const std::string& counter, std::uint64_t by = 1) {
  SQLite::Statement update(database,
                           "UPDATE store SET " + counter + " = " + counter + " + ? RETURNING " + counter);
  update.bind(1, static_cast<std::int64_t>(by));
  update.executeStep();
  return static_cast<std::uint64_t>(update.getColumn(0).getInt64());
}

// "(?, ?, …)"
std::string parameters(int count) {
  std::string text = "(?";
  for (int i = 1; i < count; ++i) text += ", ?";
  return text + ")";
}

void insert_catalog(SQLite::Database& database, const Catalog& catalog) {
  SQLite::Statement insert(database, "INSERT INTO catalogs (" + std::string(sqlite::kCatalogColumns) +
                                         ") VALUES " + parameters(sqlite::kCatalogColumnCount));
  sqlite::bind_catalog(insert, catalog);
  insert.exec();
}

// False when the row does not have this revision (any more).
bool replace_catalog(SQLite::Database& database, const Catalog& catalog, std::uint64_t expected_revision) {
  SQLite::Statement update(database, "UPDATE catalogs SET (" + std::string(sqlite::kCatalogColumns) +
                                         ") = " + parameters(sqlite::kCatalogColumnCount) +
                                         " WHERE name = ? AND revision = ?");
  sqlite::bind_catalog(update, catalog);
  update.bind(sqlite::kCatalogColumnCount + 1, catalog.spec.name.text());
  update.bind(sqlite::kCatalogColumnCount + 2, static_cast<std::int64_t>(expected_revision));
  return update.exec() == 1;
}

void insert_secrets(SQLite::Database& database, const SealedBox& box, const Catalog& catalog,
                    const SecretValues& secrets) {
  const auto& name = catalog.spec.name.text();
  for (const auto& [property, value] : secrets) {
    const auto sealed = box.seal(value, {name, property, catalog.secret_revision});
    SQLite::Statement insert(database, "INSERT INTO secrets VALUES (?, ?, ?, ?)");
    SQLite::bind(insert, name, property, static_cast<std::int64_t>(catalog.secret_revision));
    insert.bind(4, sealed.data(), static_cast<int>(sealed.size()));
    insert.exec();
  }
}

void insert_operation(SQLite::Database& database, const OperationRecord& operation) {
  SQLite::Statement insert(database, "INSERT INTO operations (" + std::string(sqlite::kOperationColumns) +
                                         ") VALUES " + parameters(sqlite::kOperationColumnCount));
  sqlite::bind_operation(insert, operation);
  insert.exec();
}

bool is_held(SQLite::Database& database, const CatalogName& catalog) {
  SQLite::Statement select(database, "SELECT 1 FROM operations WHERE catalog = ?");
  select.bind(1, catalog.text());
  return select.executeStep();
}

bool remove_operation(SQLite::Database& database, const std::string& id, const CatalogName& catalog) {
  SQLite::Statement remove(database, "DELETE FROM operations WHERE id = ? AND catalog = ?");
  SQLite::bind(remove, id, catalog.text());
  return remove.exec() == 1;
}

// Files a check and forgets those beyond the newest kKeptChecks.
void file_check(SQLite::Database& database, const CatalogName& name, const CheckRecord& check) {
  SQLite::Statement last(database, "SELECT coalesce(max(number), 0) FROM checks WHERE catalog = ?");
  last.bind(1, name.text());
  last.executeStep();
  const auto number = last.getColumn(0).getInt64() + 1;
  SQLite::Statement insert(database, "INSERT INTO checks (" + std::string(sqlite::kCheckColumns) +
                                         ") VALUES " + parameters(sqlite::kCheckColumnCount));
  sqlite::bind_check(insert, name, number, check);
  insert.exec();
  SQLite::Statement forget(database, "DELETE FROM checks WHERE catalog = ? AND number <= ?");
  SQLite::bind(forget, name.text(), number - static_cast<std::int64_t>(kKeptChecks));
  forget.exec();
}

Catalogs::iterator place_of(Catalogs& catalogs, std::string_view name) {
  return std::lower_bound(
      catalogs.begin(), catalogs.end(), name,
      [](const auto& catalog, std::string_view text) { return catalog->spec.name.text() < text; });
}

class SqliteCatalogStore final : public CatalogStore {
 public:
  SqliteCatalogStore(std::shared_ptr<StoreFile> file, CatalogSnapshot loaded)
      : file_(std::move(file)), snapshot_(std::make_shared<const CatalogSnapshot>(std::move(loaded))) {}

  std::shared_ptr<const CatalogSnapshot> snapshot() const override {
    const std::scoped_lock lock(snapshot_mutex_);
    return snapshot_;
  }

  Result<Catalog> reserve(const Catalog& draft, const SecretValues& secrets,
                          const OperationRecord& operation) override {
    const std::scoped_lock lock(writing_);
    if (const auto* holder = snapshot()->find(draft.spec.name.text())) return name_taken(*holder);
    auto reserved = draft;
    AKKO_CHECK(file_->write("reserving a name", [&](SQLite::Database& database) -> Result<void> {
      reserved.health_revision = reserved.revision = advance(database, "revision");
      insert_catalog(database, reserved);
      insert_secrets(database, file_->box(), reserved, secrets);
      insert_operation(database, operation);
      return {};
    }));
    publish(reserved.spec.name, reserved.revision, std::make_shared<const Catalog>(reserved));
    return reserved;
  }

  Result<Catalog> update(const Catalog& catalog, const OperationRecord* begin,
                         const std::string* end) override {
    const std::scoped_lock lock(writing_);
    const auto& name = catalog.spec.name;
    if (snapshot()->find(name.text()) == nullptr) return not_on_record(name);
    auto updated = catalog;
    AKKO_CHECK(file_->write("updating a catalog", [&](SQLite::Database& database) -> Result<void> {
      updated.health_revision = updated.revision = advance(database, "revision");
      if (!replace_catalog(database, updated, catalog.revision)) return conflict(name);
      if (end != nullptr) remove_operation(database, *end, name);
      if (begin != nullptr && is_held(database, name)) return conflict(name);
      if (begin != nullptr) insert_operation(database, *begin);
      return {};
    }));
    publish(name, updated.revision, std::make_shared<const Catalog>(updated));
    return updated;
  }

  // The operation must be the one that holds the catalog: a late one must not erase its successor's.
  Result<void> erase(const CatalogName& name, const std::string& operation_id) override {
    const std::scoped_lock lock(writing_);
    if (snapshot()->find(name.text()) == nullptr) return {};
    std::uint64_t revision = 0;
    AKKO_CHECK(file_->write("erasing a catalog", [&](SQLite::Database& database) -> Result<void> {
      if (!remove_operation(database, operation_id, name)) return conflict(name);
      revision = advance(database, "revision");
      SQLite::Statement remove(database,
                               "DELETE FROM catalogs WHERE name = ?");  // and, by reference, its secrets
      remove.bind(1, name.text());
      remove.exec();
      return {};
    }));
    publish(name, revision, nullptr);
    return {};
  }

  Result<Catalog> record_health(const CatalogName& name, std::uint64_t revision, const HealthDetail& health,
                                const CheckRecord* check) override {
    const std::scoped_lock lock(writing_);
    const auto held = snapshot();
    const auto* current = held->find(name.text());
    if (current == nullptr) return not_on_record(name);
    if (current->revision != revision) return conflict(name);
    auto updated = *current;
    updated.health = health;
    AKKO_CHECK(
        file_->write("recording the health of a catalog", [&](SQLite::Database& database) -> Result<void> {
          updated.health_revision = advance(database, "revision");
          if (!replace_catalog(database, updated, revision)) return conflict(name);
          if (check != nullptr) file_check(database, name, *check);
          return {};
        }));
    publish(name, updated.health_revision, std::make_shared<const Catalog>(updated));
    return updated;
  }

  Result<std::vector<CheckRecord>> checks(const CatalogName& name) override {
    if (snapshot()->find(name.text()) == nullptr) return not_on_record(name);
    return file_->run("reading the checks of a catalog",
                      [&](SQLite::Database& database) -> Result<std::vector<CheckRecord>> {
                        SQLite::Statement select(database,
                                                 "SELECT " + std::string(sqlite::kCheckColumns) +
                                                     " FROM checks WHERE catalog = ? ORDER BY number DESC");
                        select.bind(1, name.text());
                        std::vector<CheckRecord> checks;
                        while (select.executeStep()) {
                          AKKO_TRY(auto check, sqlite::read_check(select));
                          checks.push_back(std::move(check));
                        }
                        return checks;
                      });
  }

  Result<void> journal(const OperationRecord& operation) override {
    return file_->write("journaling an operation", [&](SQLite::Database& database) -> Result<void> {
      SQLite::Statement update(database, "UPDATE operations SET step = ?, undoing = ? WHERE id = ?");
      SQLite::bind(update, static_cast<std::int64_t>(operation.step), operation.undoing ? 1 : 0,
                   operation.id);
      if (update.exec() == 1) return {};
      return fail(ErrorCode::not_found, "operation_not_open",
                  "the operation " + operation.id + " is not open");
    });
  }

  Result<std::vector<OperationRecord>> open_operations() override {
    return file_->run(
        "reading the journal", [](SQLite::Database& database) -> Result<std::vector<OperationRecord>> {
          SQLite::Statement select(database, "SELECT " + std::string(sqlite::kOperationColumns) +
                                                 " FROM operations ORDER BY started_at, id");
          std::vector<OperationRecord> operations;
          while (select.executeStep()) {
            AKKO_TRY(auto operation, sqlite::read_operation(select));
            operations.push_back(std::move(operation));
          }
          return operations;
        });
  }

  Result<SecretValues> secrets(const CatalogName& name) override {
    if (snapshot()->find(name.text()) == nullptr) return not_on_record(name);
    return file_->run("reading sealed secrets", [&](SQLite::Database& database) -> Result<SecretValues> {
      SQLite::Statement select(database, "SELECT property, revision, sealed FROM secrets WHERE catalog = ?");
      select.bind(1, name.text());
      SecretValues values;
      while (select.executeStep()) {
        const auto property = select.getColumn(0).getString();
        const auto revision = static_cast<std::uint64_t>(select.getColumn(1).getInt64());
        AKKO_TRY(auto value,
                 file_->box().unseal(select.getColumn(2).getString(), {name.text(), property, revision}));
        values.emplace(property, std::move(value));
      }
      return values;
    });
  }

  // Taken from the counter on the disk in blocks, so that a registration need not wait for one commit more;
  // a crash skips the rest of a block.
  Result<std::uint64_t> next_secret_revision() override {
    const std::scoped_lock lock(revisions_mutex_);
    if (next_revision_ > last_revision_) {
      AKKO_TRY(last_revision_, file_->write("taking secret revisions",
                                            [](SQLite::Database& database) -> Result<std::uint64_t> {
                                              return advance(database, "secret_revision", kRevisionBlock);
                                            }));
      next_revision_ = last_revision_ - kRevisionBlock + 1;
    }
    return next_revision_++;
  }

  Result<void> remember(std::string_view key, std::string_view value) override {
    return file_->write("remembering a fact", [&](SQLite::Database& database) -> Result<void> {
      SQLite::Statement insert(database, "INSERT OR REPLACE INTO facts VALUES (?, ?)");
      SQLite::bind(insert, std::string(key), std::string(value));
      insert.exec();
      return {};
    });
  }

  Result<std::string> recall(std::string_view key) override {
    return file_->run("recalling a fact", [&](SQLite::Database& database) -> Result<std::string> {
      SQLite::Statement select(database, "SELECT value FROM facts WHERE key = ?");
      select.bind(1, std::string(key));
      return select.executeStep() ? select.getColumn(0).getString() : std::string();
    });
  }

  Result<void> check() override { return file_->check(); }

 private:
  // Replaces (or, without a catalog, removes) one entry. Called under `writing_`, after the commit.
  void publish(const CatalogName& name, std::uint64_t generation, std::shared_ptr<const Catalog> catalog) {
    auto next = std::make_shared<CatalogSnapshot>(*snapshot());
    next->generation = generation;
    const auto place = place_of(next->catalogs, name.text());
    const bool present = place != next->catalogs.end() && (*place)->spec.name == name;
    if (catalog == nullptr) {
      next->catalogs.erase(place);
    } else if (present) {
      *place = std::move(catalog);
    } else {
      next->catalogs.insert(place, std::move(catalog));
    }
    const std::scoped_lock lock(snapshot_mutex_);
    snapshot_ = std::move(next);
  }

  const std::shared_ptr<StoreFile> file_;  // shared with the kept answers: one connection
  std::mutex writing_;                     // orders commits and the snapshots that show them
  mutable std::mutex snapshot_mutex_;      // held for a copy of the pointer only
  std::shared_ptr<const CatalogSnapshot> snapshot_;
  std::mutex revisions_mutex_;  // guards what stands below
  std::uint64_t next_revision_ = 1;
  std::uint64_t last_revision_ = 0;
};

// Reads every row once, so that a broken one stops the start and not a request.
Result<CatalogSnapshot> load(StoreFile& file) {
  return file.run("reading the catalogs", [](SQLite::Database& database) -> Result<CatalogSnapshot> {
    CatalogSnapshot snapshot;
    snapshot.generation =
        static_cast<std::uint64_t>(database.execAndGet("SELECT revision FROM store").getInt64());
    SQLite::Statement select(
        database, "SELECT " + std::string(sqlite::kCatalogColumns) + " FROM catalogs ORDER BY name");
    while (select.executeStep()) {
      AKKO_TRY(auto catalog, sqlite::read_catalog(select));
      snapshot.catalogs.push_back(std::make_shared<const Catalog>(std::move(catalog)));
    }
    return snapshot;
  });
}

}  // namespace

Result<SqliteStore> open_sqlite_store(const std::string& home, const Clock& clock) {
  AKKO_TRY(auto file, StoreFile::open(home));
  AKKO_TRY(auto snapshot, load(*file));
  SqliteStore store;
  store.catalogs = std::make_unique<SqliteCatalogStore>(file, std::move(snapshot));
  store.trail = sqlite::make_trail(file);
  store.idempotency = sqlite::make_answers(std::move(file), clock);
  AKKO_CHECK(store.catalogs->open_operations());
  return store;
}

}  // namespace akko
