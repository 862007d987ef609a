// Health and the history of checks in the SQLite store.
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/adapters/sqlite_store_fixture.hpp"

namespace akko::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteChecksTest : public SqliteStoreTest {
 protected:
  void SetUp() override {
    SqliteStoreTest::SetUp();
    ready_ = *make_ready(*reserve("client-pg-01"));
    ASSERT_TRUE(ready_);
  }

  static Fact refused() { return {"auth_refused", {{"user", "reader"}}, "{user} is \"refused\".", "Ask ü."}; }
  static HealthDetail failing(UnixMillis at) {
    HealthDetail health;
    health.health = Health::failing;
    health.code = "auth_refused";
    health.message = "PostgreSQL refused \"reader\".";
    health.fix = "Check the password.";
    health.checked_at = at;
    health.since = at;
    health.took = 84ms;
    health.facts = {refused()};
    return health;
  }
  static CheckRecord check(UnixMillis at) {
    CheckRecord record;
    record.checked_at = at;
    record.trigger = CheckTrigger::manual;
    record.user = "alice";
    record.health = Health::failing;
    record.took = 84ms;
    record.code = "auth_refused";
    record.message = "PostgreSQL refused \"reader\".";
    record.fix = "Check the password.";
    record.steps = {{CheckStep::dns,
                     StepReport::Status::passed,
                     3ms,
                     "db is 10.0.0.7",
                     "",
                     "",
                     {{"resolves_to", {{"host", "db"}, {"addresses", "10.0.0.7"}}}, {"more", {}}}},
                    {CheckStep::sign_in,
                     StepReport::Status::failed,
                     84ms,
                     "refused \\ ü",
                     "auth_refused",
                     "f",
                     {refused()}},
                    {CheckStep::metadata, StepReport::Status::not_run, 0ms, "", "", ""}};
    return record;
  }

  std::optional<Catalog> ready_;
};

TEST_F(SqliteChecksTest, HealthAndItsCheckSurviveAReopen) {
  const auto one = check(1794441700000);
  const auto recorded =
      catalogs().record_health(named("client-pg-01"), ready_->revision, failing(1794441700000), &one);
  ASSERT_TRUE(recorded) << recorded.error().message;
  EXPECT_THAT(*catalogs().checks(named("client-pg-01")), SizeIs(1));
  reopen();
  const auto* found = find("client-pg-01");
  EXPECT_EQ(found->health, failing(1794441700000));
  EXPECT_EQ(found->health_revision, recorded->health_revision);
  const auto kept = catalogs().checks(named("client-pg-01"));
  ASSERT_THAT(*kept, SizeIs(1));
  EXPECT_EQ(kept->front(), one);
}

TEST_F(SqliteChecksTest, HealthChangesWhatIsShownButNotTheRevision) {
  const auto generation = catalogs().snapshot()->generation;
  const auto recorded =
      catalogs().record_health(named("client-pg-01"), ready_->revision, failing(1794441700000), nullptr);
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->revision, ready_->revision);
  EXPECT_EQ(recorded->updated_at, ready_->updated_at);
  EXPECT_EQ(recorded->updated_by, ready_->updated_by);
  EXPECT_GT(recorded->health_revision, ready_->health_revision);
  EXPECT_GT(catalogs().snapshot()->generation, generation);
  EXPECT_THAT(*catalogs().checks(named("client-pg-01")), IsEmpty());
  // Whoever read the catalog before the check may still change it.
  auto removing = *ready_;
  removing.phase = Phase::removing;
  EXPECT_TRUE(catalogs().update(removing, nullptr, nullptr));
}

TEST_F(SqliteChecksTest, ACheckOfAnEarlierRevisionIsNotFiled) {
  auto changed = *ready_;
  changed.spec.description = "changed";
  ASSERT_TRUE(catalogs().update(changed, nullptr, nullptr));
  const auto one = check(1);
  const auto late = catalogs().record_health(named("client-pg-01"), ready_->revision, failing(1), &one);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, "conflict");
  EXPECT_EQ(find("client-pg-01")->health.health, Health::healthy);
  EXPECT_THAT(*catalogs().checks(named("client-pg-01")), IsEmpty());
  EXPECT_EQ(catalogs().record_health(named("nobody"), 1, failing(1), &one).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(catalogs().checks(named("nobody")).error().code, ErrorCode::not_found);
}

TEST_F(SqliteChecksTest, TheNewestTwentyAreKeptAndGoWithTheCatalog) {
  for (UnixMillis at = 1; at <= 27; ++at) {
    const auto one = check(at);
    ASSERT_TRUE(catalogs().record_health(named("client-pg-01"), ready_->revision, failing(at), &one));
  }
  reopen();
  const auto kept = *catalogs().checks(named("client-pg-01"));
  ASSERT_THAT(kept, SizeIs(20));
  EXPECT_EQ(kept.front().checked_at, 27);
  EXPECT_EQ(kept.back().checked_at, 8);

  auto removing = *find("client-pg-01");
  const auto removal = operation("client-pg-01", Plan::Kind::deregister_catalog);
  ASSERT_TRUE(catalogs().update(removing, &removal, nullptr));
  ASSERT_TRUE(catalogs().erase(named("client-pg-01"), removal.id));
  ASSERT_TRUE(reserve("client-pg-01"));
  EXPECT_THAT(*catalogs().checks(named("client-pg-01")), IsEmpty());
}

TEST_F(SqliteChecksTest, ABrokenRowOfTheHistoryIsNamed) {
  const auto one = check(1);
  ASSERT_TRUE(catalogs().record_health(named("client-pg-01"), ready_->revision, failing(1), &one));
  tamper("UPDATE checks SET steps = '[{\"step\":\"dance\"}]'");
  reopen();
  const auto checks = catalogs().checks(named("client-pg-01"));
  ASSERT_FALSE(checks);
  EXPECT_EQ(checks.error().reason, "store_corrupt");
  EXPECT_THAT(checks.error().message, HasSubstr("column steps"));
}

TEST(HealthAfter, TellsSinceWhenItIsSo) {
  HealthDetail found;
  found.health = Health::failing;
  found.checked_at = 10;
  const auto first = health_after({}, found);
  EXPECT_EQ(first.since, 10);
  found.checked_at = 20;
  EXPECT_EQ(health_after(first, found).since, 10);
  found.health = Health::healthy;
  EXPECT_EQ(health_after(first, found).since, 20);
}

}  // namespace
}  // namespace akko::test
