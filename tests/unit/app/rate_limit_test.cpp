#include "app/rate_limit.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace akko {
namespace {

using namespace std::chrono_literals;

class RateLimit : public testing::Test {
 protected:
  const RateLimiter::Clock::time_point start_ = RateLimiter::Clock::now();
};

TEST_F(RateLimit, lets_as_many_through_as_a_minute_may_have) {
  RateLimiter limiter(3);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.refusal("alice", start_));
  EXPECT_EQ(limiter.refusal("alice", start_), 20s);
}

TEST_F(RateLimit, says_after_how_long_to_try_again_and_keeps_its_word) {
  RateLimiter limiter(60);
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(limiter.refusal("alice", start_));
  EXPECT_EQ(limiter.refusal("alice", start_), 1s);
  EXPECT_EQ(limiter.refusal("alice", start_ + 500ms), 1s) << "a refusal costs nothing";
  EXPECT_FALSE(limiter.refusal("alice", start_ + 1s));
  EXPECT_TRUE(limiter.refusal("alice", start_ + 1s));
}

TEST_F(RateLimit, fills_up_within_a_minute_and_no_further) {
  RateLimiter limiter(2);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(limiter.refusal("alice", start_));
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(limiter.refusal("alice", start_ + 1h));
  EXPECT_TRUE(limiter.refusal("alice", start_ + 1h));
}

TEST_F(RateLimit, gives_each_user_a_share_of_their_own) {
  RateLimiter limiter(1);
  EXPECT_FALSE(limiter.refusal("alice", start_));
  EXPECT_FALSE(limiter.refusal("bob", start_));
  EXPECT_EQ(limiter.refusal("alice", start_), 60s);
}

TEST_F(RateLimit, a_clock_reading_from_before_gives_nothing) {
  RateLimiter limiter(1);
  EXPECT_FALSE(limiter.refusal("alice", start_));
  EXPECT_TRUE(limiter.refusal("alice", start_ - 1h));
  EXPECT_TRUE(limiter.refusal("alice", start_ + 1s)) << "the reading must not have turned the bucket back";
}

TEST_F(RateLimit, forgets_the_fullest_bucket_when_it_knows_too_many) {
  RateLimiter limiter(2, 2);
  EXPECT_FALSE(limiter.refusal("alice", start_));
  EXPECT_FALSE(limiter.refusal("alice", start_));
  EXPECT_FALSE(limiter.refusal("bob", start_));
  EXPECT_FALSE(limiter.refusal("carol", start_));  // in place of bob
  EXPECT_TRUE(limiter.refusal("alice", start_)) << "who has used up the share is remembered";
}

TEST_F(RateLimit, counts_right_from_many_threads) {
  RateLimiter limiter(100);
  std::atomic<int> through{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) through += limiter.refusal("alice", start_) ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(through, 100);
}

}  // namespace
}  // namespace akko
