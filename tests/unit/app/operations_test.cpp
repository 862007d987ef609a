#include "app/operations.hpp"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace akko {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Status = OperationStep::Status;

// Keeps what it is told, as "number kind step status".
class Recorder final : public OperationWatcher {
 public:
  void tell(const OperationEvent& event) override {
    const std::lock_guard lock(mutex_);
    auto line = std::to_string(event.number);
    if (event.kind == OperationEvent::Kind::plan) line += " plan";
    if (event.kind == OperationEvent::Kind::step)
      line += " " + event.step.id + " " + std::string(to_string(event.step.status));
    if (event.kind == OperationEvent::Kind::result)
      line += " " + std::string(to_string(event.operation->status));
    lines_.push_back(std::move(line));
  }
  void end() override { ++ends; }
  bool gone() const override { return left; }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  std::atomic<int> ends = 0;
  std::atomic<bool> left = false;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

Operation plan(std::string id = "op", std::string catalog = "client-pg-01") {
  Operation operation;
  operation.id = std::move(id);
  operation.catalog = std::move(catalog);
  operation.started_at = 1000;
  operation.steps = {{.id = "dns"}, {.id = "reserve_name"}, {.id = "create_in_trino"}};
  return operation;
}

Error refused() { return fail(ErrorCode::unavailable, "trino_unavailable", "gone", "wait").value(); }

TEST(Operations, TellsEachStepInOrderAndThenTheEnd) {
  Operations operations;
  const auto watcher = std::make_shared<Recorder>();
  auto running = operations.begin(plan());
  ASSERT_TRUE(operations.watch("op", 0, watcher));
  EXPECT_EQ(operations.running_for("client-pg-01")->id, "op");
  running.skip("dns", "no address");
  running.begin("reserve_name");
  running.pass("reserve_name");
  EXPECT_FALSE(operations.find("op")->ended_at);
  EXPECT_EQ(watcher->ends, 0);
  running.succeed();
  EXPECT_THAT(watcher->lines(), ElementsAre("1 plan", "2 dns skipped", "3 reserve_name running",
                                            "4 reserve_name passed", "5 succeeded"));
  EXPECT_EQ(watcher->ends, 1);
  const auto ended = operations.find("op");
  EXPECT_EQ(ended->status, Operation::Status::succeeded);
  EXPECT_GE(*ended->ended_at, 1000);
  EXPECT_EQ(ended->steps[0].message, "no address");
  EXPECT_EQ(operations.running_for("client-pg-01"), nullptr);
}

TEST(Operations, ResumesAfterTheEventThatWasSeenLast) {
  Operations operations;
  auto running = operations.begin(plan());
  running.begin("dns");
  running.pass("dns");
  const auto behind = std::make_shared<Recorder>();
  ASSERT_TRUE(operations.watch("op", 2, behind));
  running.succeed();
  EXPECT_THAT(behind->lines(), ElementsAre("3 dns passed", "4 succeeded"));

  const auto late = std::make_shared<Recorder>();
  const auto at_end = std::make_shared<Recorder>();
  const auto nonsense = std::make_shared<Recorder>();
  ASSERT_TRUE(operations.watch("op", 0, late));
  ASSERT_TRUE(operations.watch("op", 4, at_end));
  ASSERT_TRUE(operations.watch("op", 99, nonsense));
  EXPECT_THAT(late->lines(), ElementsAre("1 plan", "2 dns running", "3 dns passed", "4 succeeded"));
  EXPECT_THAT(at_end->lines(), IsEmpty());
  EXPECT_EQ(nonsense->lines(), late->lines());
  for (const auto& watcher : {late, at_end, nonsense}) EXPECT_EQ(watcher->ends, 1);
  EXPECT_FALSE(operations.watch("other", 0, late));
}

TEST(Operations, AFailureEndsTheStepThatRanAndSaysWhatIsLeft) {
  Operations operations;
  auto running = operations.begin(plan());
  running.begin("reserve_name");
  running.pass("reserve_name");
  running.begin("create_in_trino");
  running.leave({"the catalog in Trino"}, {{"catalog_in_trino", {{"name", "pg"}}}});
  running.fail(refused());
  auto ended = operations.find("op");
  EXPECT_EQ(ended->status, Operation::Status::failed);
  EXPECT_EQ(ended->steps[2].status, Status::failed);
  EXPECT_EQ(ended->steps[2].code, "trino_unavailable");
  EXPECT_EQ(ended->problem->reason, "trino_unavailable");
  EXPECT_THAT(ended->left, ElementsAre("the catalog in Trino"));
  EXPECT_THAT(ended->left_facts, ElementsAre(Fact{"catalog_in_trino", {{"name", "pg"}}}));
  operations.settle("op");
  ended = operations.find("op");
  EXPECT_THAT(ended->left, IsEmpty());
  EXPECT_THAT(ended->left_facts, IsEmpty());
  EXPECT_EQ(ended->status, Operation::Status::failed);
}

TEST(Operations, OnlyAPassedStepBecomesUndone) {
  Operations operations;
  auto running = operations.begin(plan());
  running.pass("reserve_name");
  running.fail("create_in_trino", refused());
  running.undo("create_in_trino");
  running.undo("reserve_name");
  running.fail(refused());
  const auto ended = operations.find("op");
  EXPECT_THAT(ended->undone, ElementsAre("create_in_trino", "reserve_name"));
  EXPECT_EQ(ended->steps[1].status, Status::undone);
  EXPECT_EQ(ended->steps[2].status, Status::failed);
}

TEST(Operations, WhatIsGivenUpHasFailed) {
  Operations operations;
  {
    const auto running = operations.begin(plan());
  }
  EXPECT_EQ(operations.find("op")->status, Operation::Status::failed);
  EXPECT_EQ(operations.find("op")->problem->reason, "internal");
}

TEST(Operations, ForgetsTheOldestButNeverOneThatRuns) {
  Operations operations({.finished = 2, .age = std::chrono::hours(1)});
  const auto runs = operations.begin(plan("runs"));
  for (const auto* id : {"a", "b", "c"}) operations.begin(plan(id)).succeed();
  EXPECT_EQ(operations.find("a"), nullptr);
  EXPECT_NE(operations.find("b"), nullptr);
  EXPECT_NE(operations.find("c"), nullptr);
  EXPECT_NE(operations.find("runs"), nullptr);

  Operations brief({.finished = 10, .age = std::chrono::milliseconds(0)});
  brief.begin(plan("a")).succeed();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(brief.find("a"), nullptr);
}

TEST(Operations, ForgetsWatchersWhoLeft) {
  Operations operations;
  auto running = operations.begin(plan());
  const auto gone = std::make_shared<Recorder>();
  ASSERT_TRUE(operations.watch("op", 0, gone));
  gone->left = true;
  ASSERT_TRUE(operations.watch("op", 0, std::make_shared<Recorder>()));
  EXPECT_EQ(gone.use_count(), 1);
}

// Many watch while one works and others look: everybody sees the same events, whole and in order.
TEST(Operations, ManyThreadsSeeTheSame) {
  Operations operations;
  constexpr int kWatchers = 8;
  constexpr int kRounds = 200;
  std::vector<std::shared_ptr<Recorder>> watchers(kWatchers);
  std::atomic<bool> stop = false;
  std::vector<std::jthread> threads;
  auto running = operations.begin(plan());
  for (auto& watcher : watchers) {
    watcher = std::make_shared<Recorder>();
    threads.emplace_back([&operations, watcher] { operations.watch("op", 0, watcher); });
  }
  threads.emplace_back([&] {
    while (!stop) {
      const auto seen = operations.find("op");
      EXPECT_EQ(seen->steps.size(), 3U);
      operations.running_for("client-pg-01");
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    running.begin("dns");
    running.pass("dns");
  }
  running.succeed();
  stop = true;
  threads.clear();
  for (const auto& watcher : watchers) {
    EXPECT_EQ(watcher->lines().size(), 2 + 2 * kRounds);
    EXPECT_EQ(watcher->lines(), watchers.front()->lines());
    EXPECT_EQ(watcher->ends, 1);
  }
}

}  // namespace
}  // namespace akko
