// What the tests of the SQLite store share.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "adapters/adapters.hpp"
#include "unit/adapters/temporary_directory.hpp"

namespace akko::test {

struct SetClock final : Clock {
  UnixMillis now() const override { return moment; }
  std::atomic<UnixMillis> moment = 1794441600000;  // 12 Nov 2026
};

inline CatalogName named(const std::string& text) { return CatalogName::parse(text).value(); }

inline Catalog draft(const std::string& name, std::uint64_t secret_revision = 1) {
  return {.spec = {.name = named(name),
                   .connector = "postgresql",
                   .properties = {{"connection-url", "jdbc:postgresql://db:5432/sales"}, {"q\"'\\", "ü\n"}},
                   .options = {{"probe_table", "shop.orders"}},
                   .description = "the \"sales\" database",
                   .allow_roles = {"akko-admin", "akko-analyst"}},
          .phase = Phase::registering,
          .health = {Health::registering, "", "", 0},
          .secrets = {{"connection-password", {1794441600000, "alice"}}},
          .secret_revision = secret_revision,
          .revision = 0,
          .operation_id = "op-" + name,
          .created_at = 1794441600000,
          .created_by = "alice",
          .updated_at = 1794441600000,
          .updated_by = "alice"};
}

inline OperationRecord operation(const std::string& name, Plan::Kind kind = Plan::Kind::register_catalog) {
  return {.id = "op-" + name,
          .kind = kind,
          .name = named(name),
          .step = 0,
          .undoing = false,
          .principal = "alice",
          .started_at = 1794441600000};
}

inline SecretValues password(const std::string& value) {
  SecretValues values;
  values.emplace("connection-password", Secret(value));
  return values;
}

class SqliteStoreTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void close() { store_ = {}; }
  void reopen() {
    close();
    auto opened = open_sqlite_store(home_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  // Why the store does not open; "opened" when it does.
  Error refusal() {
    close();
    auto opened = open_sqlite_store(home_, clock_);
    if (!opened) return opened.error();
    Error none;
    none.reason = "opened";
    return none;
  }

  CatalogStore& catalogs() { return *store_.catalogs; }
  IdempotencyStore& answers() { return *store_.idempotency; }
  AuditTrail& trail() { return *store_.trail; }
  const Catalog* find(const std::string& name) {
    seen_ = catalogs().snapshot();
    return seen_->find(name);
  }
  Result<Catalog> reserve(const std::string& name, const std::string& value = "s3cr3t") {
    return catalogs().reserve(draft(name), password(value), operation(name));
  }
  Result<Catalog> make_ready(Catalog catalog) {
    const auto id = catalog.operation_id;
    catalog.phase = Phase::ready;
    catalog.health = {Health::healthy, "", "", 1794441600500};
    return catalogs().update(catalog, nullptr, &id);
  }

  // Changes the file behind the store's back, while it is closed.
  void tamper(const std::string& sql) {
    close();
    SQLite::Database database(home_ + "/akko.db", SQLite::OPEN_READWRITE);
    database.exec("PRAGMA foreign_keys = OFF");
    database.exec(sql);
  }

  // Every byte of the state directory.
  std::string all_bytes() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(home_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }

  TemporaryDirectory directory_;
  std::string home_ = directory_ / "state/home";
  SetClock clock_;
  SqliteStore store_;
  std::shared_ptr<const CatalogSnapshot> seen_;
};

inline void expect_same(const Catalog& actual, const Catalog& expected) {
  EXPECT_EQ(actual.spec.name, expected.spec.name);
  EXPECT_EQ(actual.spec.connector, expected.spec.connector);
  EXPECT_EQ(actual.spec.properties, expected.spec.properties);
  EXPECT_EQ(actual.spec.description, expected.spec.description);
  EXPECT_EQ(actual.spec.allow_roles, expected.spec.allow_roles);
  EXPECT_EQ(actual.phase, expected.phase);
  EXPECT_EQ(actual.health, expected.health);
  EXPECT_EQ(actual.secrets, expected.secrets);
  EXPECT_EQ(actual.secret_revision, expected.secret_revision);
  EXPECT_EQ(actual.revision, expected.revision);
  EXPECT_EQ(actual.operation_id, expected.operation_id);
  EXPECT_EQ(actual.created_at, expected.created_at);
  EXPECT_EQ(actual.created_by, expected.created_by);
  EXPECT_EQ(actual.updated_at, expected.updated_at);
  EXPECT_EQ(actual.updated_by, expected.updated_by);
}

}  // namespace akko::test
