#include "app/health_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace akko {
namespace {

using namespace std::chrono_literals;
using Time = HealthSchedule::Time;
using std::chrono::milliseconds;

constexpr milliseconds kInterval = 60s;

class HealthScheduleTest : public testing::Test {
 protected:
  static Catalog catalog(const std::string& name, const std::string& code = "") {
    return {.spec = {.name = *CatalogName::parse(name),
                     .connector = "postgresql",
                     .properties = {},
                     .options = {},
                     .description = "",
                     .allow_roles = {}},
            .phase = Phase::ready,
            .health = {code.empty() ? Health::healthy : Health::failing, code, "", 1},
            .secrets = {},
            .operation_id = "",
            .created_by = "",
            .updated_by = ""};
  }
  void put(const Catalog& one) { catalogs.insert_or_assign(one.spec.name.text(), one); }
  void put_many(int count) {
    for (int i = 0; i < count; ++i) put(catalog("c" + std::to_string(i)));
  }
  CatalogSnapshot snapshot() const {
    CatalogSnapshot all;
    for (const auto& [name, one] : catalogs) all.catalogs.push_back(std::make_shared<const Catalog>(one));
    return all;
  }

  // Lets the schedule run for `span` in steps of `tick`; each check takes no time. Notes when each began.
  void run(HealthSchedule& schedule, milliseconds span, milliseconds tick = 100ms,
           const std::string& code = "") {
    for (const auto end = now + span; now < end; now += tick) {
      schedule.observe(snapshot(), now);
      while (const auto name = schedule.take(now)) {
        auto& one = catalogs.at(name->text());
        one.health.code = code;
        one.health.checked_at = ++checked_at;
        began[name->text()].push_back(now);
        schedule.ended(*name, {true, code, checked_at}, now);
      }
    }
  }

  std::map<std::string, Catalog> catalogs;
  std::map<std::string, std::vector<Time>> began;
  Time now{1h};
  UnixMillis checked_at = 1000;
};

TEST_F(HealthScheduleTest, TheFirstChecksAreSpreadEvenly) {
  put_many(200);
  HealthSchedule schedule(kInterval, 7);
  run(schedule, kInterval + 100ms);
  ASSERT_EQ(began.size(), 200U);
  std::map<std::int64_t, int> by_second;
  for (const auto& [name, times] : began) {
    ++by_second[std::chrono::floor<std::chrono::seconds>(times.front().time_since_epoch()).count()];
  }
  for (const auto& [second, count] : by_second) EXPECT_LE(count, 6) << second;  // 200 in 60 s: 3.3
}

TEST_F(HealthScheduleTest, OncePerIntervalAndNotInStep) {
  put_many(50);
  HealthSchedule schedule(kInterval, 7);
  run(schedule, 10 * kInterval);
  std::set<milliseconds> gaps;
  for (const auto& [name, times] : began) {
    ASSERT_GE(times.size(), 9U) << name;
    for (std::size_t i = 1; i < times.size(); ++i) {
      const auto gap = std::chrono::duration_cast<milliseconds>(times[i] - times[i - 1]);
      EXPECT_GE(gap, kInterval) << name;
      EXPECT_LE(gap, kInterval * 11 / 10 + 100ms) << name;
      gaps.insert(gap);
    }
  }
  EXPECT_GT(gaps.size(), 20U);  // the jitter differs
}

TEST_F(HealthScheduleTest, RefusedSignInsDoubleTheWaitUpToAQuarterOfAnHour) {
  put(catalog("one"));
  HealthSchedule schedule(kInterval, 7);
  run(schedule, 2h, 100ms, "auth_refused");
  const auto& times = began.at("one");
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) {
    gaps.push_back(std::chrono::duration<double>(times[i] - times[i - 1]) / kInterval);
  }
  ASSERT_GE(gaps.size(), 6U);
  for (const auto& [at, factor] : std::map<std::size_t, double>{{0, 2}, {1, 4}, {2, 8}, {3, 15}, {5, 15}}) {
    EXPECT_GE(gaps[at], factor) << at;
    EXPECT_LE(gaps[at], factor + 0.11) << at;
  }
  // It signs in again: back to the interval.
  now = times.back();
  began.clear();
  run(schedule, 1h);
  const auto& good = began.at("one");
  EXPECT_GE(good.size(), 40U);
}

TEST_F(HealthScheduleTest, OtherFailuresDoNotSlowItDown) {
  put(catalog("one"));
  HealthSchedule schedule(kInterval, 7);
  run(schedule, 1h, 100ms, "tcp_refused");
  EXPECT_GE(began.at("one").size(), 54U);
}

TEST_F(HealthScheduleTest, ARefusalFromBeforeARestartStillCounts) {
  put(catalog("locked", "auth_locked"));
  HealthSchedule schedule(kInterval, 7);
  run(schedule, 2 * kInterval - 200ms);
  EXPECT_FALSE(began.contains("locked"));
  run(schedule, kInterval);
  EXPECT_TRUE(began.contains("locked"));
}

TEST_F(HealthScheduleTest, ACheckByOthersCountsAsOne) {
  HealthSchedule schedule(kInterval, 7);
  schedule.observe(snapshot(), now);
  put(catalog("fresh"));  // its registration has just checked it
  run(schedule, kInterval - 100ms);
  EXPECT_FALSE(began.contains("fresh"));
  catalogs.at("fresh").health.checked_at = 2;  // and an admin now
  run(schedule, kInterval - 100ms);
  EXPECT_FALSE(began.contains("fresh"));
  run(schedule, kInterval);
  EXPECT_EQ(began.at("fresh").size(), 1U);
}

TEST_F(HealthScheduleTest, OnlyWhatIsReadyIsChecked) {
  put(catalog("leaving"));
  HealthSchedule schedule(kInterval, 7);
  schedule.observe(snapshot(), now);
  catalogs.at("leaving").phase = Phase::removing;
  run(schedule, 2 * kInterval);
  EXPECT_TRUE(began.empty());
  catalogs.clear();
  schedule.observe(snapshot(), now);
  EXPECT_FALSE(schedule.next());
}

TEST_F(HealthScheduleTest, ARunningCheckIsNotTakenTwice) {
  put(catalog("one"));
  HealthSchedule schedule(1ms, 7);
  schedule.observe(snapshot(), now);
  now += 10ms;
  const auto taken = schedule.take(now);
  ASSERT_TRUE(taken);
  EXPECT_FALSE(schedule.take(now + 1h));
  schedule.ended(*taken, {}, now);  // could not be asked: soon again
  EXPECT_TRUE(schedule.take(now + 5s));
}

TEST_F(HealthScheduleTest, AfterAnOutageTheyDoNotComeAtOnce) {
  put_many(100);
  HealthSchedule schedule(kInterval, 7);
  schedule.observe(snapshot(), now);
  now += 10min;  // nobody asked meanwhile
  schedule.spread(now);
  int at_once = 0;
  while (schedule.take(now)) ++at_once;
  EXPECT_LE(at_once, 2);
  run(schedule, kInterval);
  EXPECT_GE(began.size(), 98U);
}

}  // namespace
}  // namespace akko
