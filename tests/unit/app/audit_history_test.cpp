// The audit log that also keeps histories: order, grouping, and that nobody pays for it.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/audit_history.hpp"

namespace akko {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct CountingClock final : Clock {
  UnixMillis now() const override { return ++moment; }
  mutable std::atomic<UnixMillis> moment = 0;
};

struct MemoryLog final : AuditLog {
  void write(const AuditEvent& event) override {
    const std::lock_guard lock(mutex);
    lines.push_back(event.event + ' ' + event.name);
  }
  std::mutex mutex;
  std::vector<std::string> lines;
};

// Keeps in memory; can be held, and can refuse.
struct MemoryTrail final : AuditTrail {
  Result<void> keep(const std::vector<AuditRecord>& events) override {
    std::unique_lock lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(lock, [&] { return !held; });
    batches.push_back(events.size());
    if (refuses) return fail(ErrorCode::unavailable, "store_unavailable", "the disk is full");
    kept.insert(kept.end(), events.begin(), events.end());
    return {};
  }
  Result<std::vector<AuditRecord>> events(std::string_view name) override {
    const std::lock_guard lock(mutex);
    std::vector<AuditRecord> found;
    for (auto record = kept.rbegin(); record != kept.rend(); ++record) {
      if (record->event.name == name) found.push_back(*record);
    }
    return found;
  }
  void wait_until_entered() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return entered; });
  }
  void release() {
    const std::lock_guard lock(mutex);
    held = false;
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool held = false;
  bool entered = false;
  bool refuses = false;
  std::vector<std::size_t> batches;
  std::vector<AuditRecord> kept;
};

AuditEvent event(const std::string& name, const std::string& what = "CATALOG_TESTED") {
  AuditEvent event;
  event.event = what;
  event.name = name;
  event.result = "success";
  event.allow_roles = {"akko-admin"};
  return event;
}

class AuditHistoryTest : public testing::Test {
 protected:
  std::vector<std::string> words(const std::string& name) {
    std::vector<std::string> found;
    const auto events = history_->events(name);
    for (const auto& record : *events) found.push_back(record.event.event);
    return found;
  }

  CountingClock clock_;
  MemoryLog log_;
  MemoryTrail trail_;
  std::optional<AuditHistory> history_{std::in_place, log_, trail_, clock_};
};

TEST_F(AuditHistoryTest, WhoReadsSeesAllThatWasWrittenBefore) {
  for (const auto* what : {"CATALOG_CREATED", "CATALOG_TESTED", "CATALOG_DELETED"}) {
    history_->write(event("pg", what));
    EXPECT_EQ(words("pg").front(), what);
  }
  EXPECT_THAT(words("pg"), ElementsAre("CATALOG_DELETED", "CATALOG_TESTED", "CATALOG_CREATED"));
  EXPECT_THAT(words("other"), IsEmpty());
  EXPECT_THAT(log_.lines, ElementsAre("CATALOG_CREATED pg", "CATALOG_TESTED pg", "CATALOG_DELETED pg"));
}

TEST_F(AuditHistoryTest, TheMomentIsThatOfTheEvent) {
  history_->write(event("pg"));
  history_->write(event("pg"));
  const auto found = history_->events("pg").value();
  EXPECT_EQ(found.at(0).at, 2);
  EXPECT_EQ(found.at(1).at, 1);
}

TEST_F(AuditHistoryTest, RefusedAccessesAndNamelessEventsAreInTheLogOnly) {
  auto denied = event("pg", "ACCESS_DENIED");
  denied.result = "denied";
  history_->write(denied);
  history_->write(event("", "CATALOG_DELETE_FAILED"));
  history_->stop();
  EXPECT_THAT(trail_.kept, IsEmpty());
  EXPECT_THAT(log_.lines, SizeIs(2));
}

TEST_F(AuditHistoryTest, ABurstIsOneTransaction) {
  for (int i = 0; i < 50; ++i) history_->write(event("pg"));
  history_->stop();
  EXPECT_THAT(trail_.kept, SizeIs(50));
  EXPECT_LE(trail_.batches.size(), 2U);
}

TEST_F(AuditHistoryTest, AStopKeepsWhatWasWrittenAndTheLogGoesOn) {
  history_->write(event("pg"));
  history_->stop();
  EXPECT_THAT(trail_.kept, SizeIs(1));
  history_->write(event("pg"));
  EXPECT_THAT(log_.lines, SizeIs(2));
  EXPECT_THAT(words("pg"), SizeIs(1));
}

TEST_F(AuditHistoryTest, AStoreThatIsStuckHoldsNobodyAndTheQueueIsBounded) {
  trail_.held = true;
  history_->write(event("first"));
  trail_.wait_until_entered();
  testing::internal::CaptureStdout();
  for (std::size_t i = 0; i < AuditHistory::kWaiting + 7; ++i) history_->write(event("pg"));
  EXPECT_THAT(log_.lines, SizeIs(AuditHistory::kWaiting + 8));
  trail_.release();
  EXPECT_THAT(words("pg"), SizeIs(AuditHistory::kWaiting));
  EXPECT_THAT(words("first"), SizeIs(1));
  history_->stop();
  const auto said = testing::internal::GetCapturedStdout();
  EXPECT_THAT(said, HasSubstr(R"("level":"warn")"));
  EXPECT_THAT(said, HasSubstr(R"("events":7)"));
}

TEST_F(AuditHistoryTest, AStoreThatRefusesIsWarnedOfAndFailsNobody) {
  testing::internal::CaptureStdout();
  trail_.refuses = true;
  history_->write(event("pg"));
  EXPECT_THAT(words("pg"), IsEmpty());
  trail_.refuses = false;
  history_->write(event("pg"));
  EXPECT_THAT(words("pg"), SizeIs(1));
  EXPECT_THAT(log_.lines, SizeIs(2));
  history_->stop();
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("the disk is full"));
}

TEST_F(AuditHistoryTest, ManyThreadsLoseNothing) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, name = "n-" + std::to_string(i)] {
      for (int n = 0; n < 50; ++n) {
        history_->write(event(name));
        if (n % 10 != 0) continue;
        EXPECT_EQ(history_->events(name)->size(), static_cast<std::size_t>(n + 1));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  history_->stop();
  EXPECT_THAT(trail_.kept, SizeIs(200));
}

}  // namespace
}  // namespace akko
