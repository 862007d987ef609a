// The histories of catalogs in the SQLite store.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/adapters/sqlite_store_fixture.hpp"

namespace akko::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteAuditTest : public SqliteStoreTest {
 protected:
  static AuditRecord event(const std::string& name, UnixMillis at) {
    AuditRecord record;
    record.at = at;
    record.event = {"CATALOG_TESTED", name,       "postgresql", "alice",    {},         "failed",
                    "auth_refused",   "op-\"1\"", "req-1",      "10.0.0.9", "db ü:5432"};
    return record;
  }
  static std::vector<AuditRecord> events_of(const std::string& name, UnixMillis first, UnixMillis last) {
    std::vector<AuditRecord> records;
    for (auto at = first; at <= last; ++at) records.push_back(event(name, at));
    return records;
  }
  std::vector<UnixMillis> times(const std::string& name) {
    std::vector<UnixMillis> found;
    const auto events = trail().events(name);
    for (const auto& record : *events) found.push_back(record.at);
    return found;
  }
};

TEST_F(SqliteAuditTest, EveryMemberSurvivesAReopen) {
  ASSERT_TRUE(trail().keep({event("pg", 1794441600123)}));
  reopen();
  const auto kept = trail().events("pg").value();
  ASSERT_THAT(kept, SizeIs(1));
  const auto& [at, found] = kept.front();
  EXPECT_EQ(at, 1794441600123);
  EXPECT_EQ(found.event, "CATALOG_TESTED");
  EXPECT_EQ(found.name, "pg");
  EXPECT_EQ(found.connector, "postgresql");
  EXPECT_EQ(found.user, "alice");
  EXPECT_EQ(found.result, "failed");
  EXPECT_EQ(found.code, "auth_refused");
  EXPECT_EQ(found.operation_id, "op-\"1\"");
  EXPECT_EQ(found.request_id, "req-1");
  EXPECT_EQ(found.client, "10.0.0.9");
  EXPECT_EQ(found.detail, "db ü:5432");
}

// By the order in which they were filed: the clock of a machine may be set back.
TEST_F(SqliteAuditTest, NewestFirstAndOfThisNameOnly) {
  ASSERT_TRUE(trail().keep({event("a", 5), event("b", 6), event("a", 7)}));
  reopen();
  ASSERT_TRUE(trail().keep({event("a", 3)}));
  EXPECT_THAT(times("a"), ElementsAre(3, 7, 5));
  EXPECT_THAT(times("b"), ElementsAre(6));
  EXPECT_THAT(times("c"), IsEmpty());
}

TEST_F(SqliteAuditTest, TheyOutliveTheCatalog) {
  ASSERT_TRUE(reserve("pg"));
  ASSERT_TRUE(trail().keep({event("pg", 1)}));
  ASSERT_TRUE(catalogs().erase(named("pg"), "op-pg"));
  EXPECT_THAT(times("pg"), ElementsAre(1));
  ASSERT_TRUE(reserve("pg"));
  ASSERT_TRUE(trail().keep({event("pg", 2)}));
  EXPECT_THAT(times("pg"), ElementsAre(2, 1));
}

TEST_F(SqliteAuditTest, TheNewestHundredOfANameAreKept) {
  ASSERT_TRUE(trail().keep({event("quiet", 1)}));
  ASSERT_TRUE(trail().keep(events_of("busy", 1, 60)));
  ASSERT_TRUE(trail().keep(events_of("busy", 61, 130)));
  const auto kept = times("busy");
  ASSERT_THAT(kept, SizeIs(100));
  EXPECT_EQ(kept.front(), 130);
  EXPECT_EQ(kept.back(), 31);
  EXPECT_THAT(times("quiet"), ElementsAre(1));
}

TEST_F(SqliteAuditTest, TheNewestTenThousandOfAllAreKept) {
  ASSERT_TRUE(trail().keep(events_of("first", 1, 100)));
  std::vector<AuditRecord> many;
  for (int name = 0; name < 99; ++name) {
    for (const auto& record : events_of("n-" + std::to_string(name), 1, 100)) many.push_back(record);
  }
  ASSERT_TRUE(trail().keep(many));
  EXPECT_THAT(times("first"), SizeIs(100));  // ten thousand with it
  ASSERT_TRUE(trail().keep({event("one-more", 1)}));
  EXPECT_THAT(times("first"), SizeIs(99));
  EXPECT_EQ(times("first").back(), 2);
  EXPECT_THAT(times("n-0"), SizeIs(100));
}

TEST_F(SqliteAuditTest, AllOrNone) {
  tamper(
      "CREATE TRIGGER broken BEFORE INSERT ON audit_events WHEN NEW.name = 'b' BEGIN SELECT RAISE(ABORT, "
      "'no'); END");
  reopen();
  EXPECT_FALSE(trail().keep({event("a", 1), event("b", 1)}));
  EXPECT_THAT(times("a"), IsEmpty());
}

}  // namespace
}  // namespace akko::test
