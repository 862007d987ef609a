#include "api/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

namespace akko::api {
namespace {

TEST(WorkerPool, runs_work_side_by_side) {
  WorkerPool pool(4, 0);
  std::latch all_there(4);
  std::atomic<int> done{0};
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(pool.post([&] {
      all_there.arrive_and_wait();
      ++done;
    }));
  }
  pool.drain();
  EXPECT_EQ(done, 4);
}

TEST(WorkerPool, takes_as_much_as_free_threads_and_the_queue_hold) {
  WorkerPool pool(2, 3);
  std::latch gate(1);
  int taken = 0;
  for (int i = 0; i < 10; ++i) taken += pool.post([&] { gate.wait(); }) ? 1 : 0;
  EXPECT_EQ(taken, 5);
  gate.count_down();
}

TEST(WorkerPool, uses_a_thread_again) {
  WorkerPool pool(1, 0);
  for (int i = 0; i < 50; ++i) {
    std::atomic<bool> ran{false};
    while (!pool.post([&] { ran = true; })) std::this_thread::yield();
    while (!ran) std::this_thread::yield();
  }
}

TEST(WorkerPool, finishes_what_is_queued_and_takes_no_more_when_it_drains) {
  WorkerPool pool(1, 10);
  std::atomic<int> done{0};
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(pool.post([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ++done;
    }));
  }
  pool.drain();
  EXPECT_EQ(done, 5);
  EXPECT_FALSE(pool.post([] {}));
  EXPECT_EQ(pool.queued(), 0U);
}

}  // namespace
}  // namespace akko::api
