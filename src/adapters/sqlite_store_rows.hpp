// Between rows of the SQLite store and the types of the domain. Only sqlite_store*.cpp include this.
#pragma once

#include <cstdint>
#include <string_view>

#include <SQLiteCpp/Statement.h>

#include "app/ports.hpp"
#include "base/result.hpp"
#include "domain/catalog.hpp"

namespace akko::sqlite {

// The columns of `catalogs` in the order of `bind_catalog` and `read_catalog`.
inline constexpr std::string_view kCatalogColumns =
    "name, connector, properties, options, description, allow_roles, phase, health, health_code, "
    "health_message, "
    "health_checked_at, secrets, secret_revision, revision, operation_id, created_at, created_by, "
    "updated_at, "
    "updated_by, health_fix, health_since, health_took, health_revision, "
    "health_facts";
inline constexpr int kCatalogColumnCount = 24;

// Binds parameters 1 to kCatalogColumnCount.
void bind_catalog(SQLite::Statement& statement, const Catalog& catalog);

// A row selected by kCatalogColumns. Errors: internal/"store_corrupt", naming the catalog and the column.
Result<Catalog> read_catalog(const SQLite::Statement& row);

inline constexpr std::string_view kOperationColumns =
    "id, kind, catalog, step, undoing, principal, started_at";
inline constexpr int kOperationColumnCount = 7;

void bind_operation(SQLite::Statement& statement, const OperationRecord& operation);
Result<OperationRecord> read_operation(const SQLite::Statement& row);

inline constexpr std::string_view kCheckColumns =
    "catalog, number, checked_at, reason, user, health, took, code, message, fix, steps";
inline constexpr int kCheckColumnCount = 11;

void bind_check(SQLite::Statement& statement, const CatalogName& catalog, std::int64_t number,
                const CheckRecord& check);
Result<CheckRecord> read_check(const SQLite::Statement& row);

}  // namespace akko::sqlite
