// The tables of `akko.db`. A change appends a migration; what stands here is never edited once released.
#pragma once

#include <array>
#include <string_view>

namespace akko::sqlite {

// PRAGMA application_id: "AKKO". Tells our files from any other SQLite database.
inline constexpr int kApplicationId = 0x414B4B4F;

// Migration n brings PRAGMA user_version from n to n + 1.
inline constexpr std::array<std::string_view, 5> kMigrations = {R"sql(
-- One row: which key seals, and the counters. `revision` numbers every change of a catalog, so that no
-- two states of the store, and no two records of one name, ever share a revision.
CREATE TABLE store (
  id              INTEGER PRIMARY KEY CHECK (id = 1),
  key_id          BLOB    NOT NULL,
  revision        INTEGER NOT NULL,
  secret_revision INTEGER NOT NULL
) STRICT;

-- properties {name: value}, allow_roles [role], secrets {property: {set_at, set_by}} are JSON.
-- Times are milliseconds since 1970-01-01 UTC.
CREATE TABLE catalogs (
  name              TEXT    PRIMARY KEY,
  connector         TEXT    NOT NULL,
  properties        TEXT    NOT NULL,
  description       TEXT    NOT NULL,
  allow_roles       TEXT    NOT NULL,
  phase             TEXT    NOT NULL,
  health            TEXT    NOT NULL,
  health_code       TEXT    NOT NULL,
  health_message    TEXT    NOT NULL,
  health_checked_at INTEGER NOT NULL,
  secrets           TEXT    NOT NULL,
  secret_revision   INTEGER NOT NULL,
  revision          INTEGER NOT NULL,
  operation_id      TEXT    NOT NULL,
  created_at        INTEGER NOT NULL,
  created_by        TEXT    NOT NULL,
  updated_at        INTEGER NOT NULL,
  updated_by        TEXT    NOT NULL
) STRICT;

CREATE TABLE secrets (
  catalog  TEXT    NOT NULL REFERENCES catalogs (name) ON DELETE CASCADE,
  property TEXT    NOT NULL,
  revision INTEGER NOT NULL,
  sealed   BLOB    NOT NULL,
  PRIMARY KEY (catalog, property)
) STRICT;

-- The journal: one row per open operation, and at most one operation holds a catalog.
CREATE TABLE operations (
  id         TEXT    PRIMARY KEY,
  kind       TEXT    NOT NULL,
  catalog    TEXT    NOT NULL UNIQUE REFERENCES catalogs (name) ON DELETE CASCADE,
  step       INTEGER NOT NULL,
  undoing    INTEGER NOT NULL,
  principal  TEXT    NOT NULL,
  started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Answers kept for Idempotency-Key. `fingerprint` is a keyed hash of the request.
CREATE TABLE answers (
  principal    TEXT    NOT NULL,
  key          TEXT    NOT NULL,
  fingerprint  BLOB    NOT NULL,
  status       INTEGER NOT NULL,
  content_type TEXT    NOT NULL,
  etag         TEXT    NOT NULL,
  location     TEXT    NOT NULL,
  body         TEXT    NOT NULL,
  kept_at      INTEGER NOT NULL,
  PRIMARY KEY (principal, key)
) STRICT;
CREATE INDEX answers_by_age ON answers (kept_at);
)sql",
                                                                R"sql(
-- options {field: value}: fields of the form that no property of Trino carries.
ALTER TABLE catalogs ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
)sql",
                                                                R"sql(
-- Of health: what to do, since when (0 = not known), how long the last check took (-1 = not known).
-- health_revision is taken from the same counter as revision.
ALTER TABLE catalogs ADD COLUMN health_fix      TEXT    NOT NULL DEFAULT '';
ALTER TABLE catalogs ADD COLUMN health_since    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE catalogs ADD COLUMN health_took     INTEGER NOT NULL DEFAULT -1;
ALTER TABLE catalogs ADD COLUMN health_revision INTEGER NOT NULL DEFAULT 0;

-- The last checks of each catalog; the highest number is the newest. took is milliseconds, steps is JSON.
CREATE TABLE checks (
  catalog    TEXT    NOT NULL REFERENCES catalogs (name) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  checked_at INTEGER NOT NULL,
  reason     TEXT    NOT NULL,
  user       TEXT    NOT NULL,
  health     TEXT    NOT NULL,
  took       INTEGER NOT NULL,
  code       TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  fix        TEXT    NOT NULL,
  steps      TEXT    NOT NULL,
  PRIMARY KEY (catalog, number)
) STRICT;
)sql",
                                                                R"sql(
-- Audit events that name a catalog; the highest number is the newest. They outlive the catalog: `name` is no
-- reference.
CREATE TABLE audit_events (
  number       INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,
  event        TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  connector    TEXT    NOT NULL,
  user         TEXT    NOT NULL,
  result       TEXT    NOT NULL,
  code         TEXT    NOT NULL,
  operation_id TEXT    NOT NULL,
  request_id   TEXT    NOT NULL,
  client       TEXT    NOT NULL,
  detail       TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_events_by_name ON audit_events (name, number);
)sql",
                                                                R"sql(
-- What health_message and health_fix say, for those who say it in another language.
ALTER TABLE catalogs ADD COLUMN health_facts TEXT NOT NULL DEFAULT '[]';
)sql"};

}  // namespace akko::sqlite
