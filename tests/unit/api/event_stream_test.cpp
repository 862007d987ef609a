#include "api/event_stream.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace akko::api {
namespace {

TEST(FormatEvent, writes_what_there_is) {
  EXPECT_EQ(format_event({"", "", "hello"}), "data: hello\n\n");
  EXPECT_EQ(format_event({"step", "7", "{}"}), "event: step\nid: 7\ndata: {}\n\n");
  EXPECT_EQ(format_event({"done", "", ""}), "event: done\ndata: \n\n");
}

TEST(FormatEvent, splits_data_at_every_kind_of_line_end) {
  EXPECT_EQ(format_event({"", "", "a\nb\r\nc\rd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(format_event({"", "", "a\n"}), "data: a\ndata: \n\n");
  EXPECT_EQ(format_event({"", "", "\n\nevent: forged"}), "data: \ndata: \ndata: event: forged\n\n");
}

TEST(FormatEvent, type_and_id_cannot_add_lines) {
  EXPECT_EQ(format_event({"a\ndata: x", "1\r\n\r\nid", ""}), "event: a data: x\nid: 1    id\ndata: \n\n");
}

TEST(EventStream, gives_what_was_pushed_and_then_its_end) {
  EventStream stream;
  EXPECT_TRUE(stream.push({"", "", "1"}));
  EXPECT_TRUE(stream.push({"", "", "2"}));
  auto taken = stream.take();
  EXPECT_EQ(taken.bytes, "data: 1\n\ndata: 2\n\n");
  EXPECT_FALSE(taken.ended);
  EXPECT_TRUE(stream.push({"", "", "3"}));
  stream.close();
  EXPECT_TRUE(stream.closed());
  EXPECT_FALSE(stream.push({"", "", "4"}));
  taken = stream.take();
  EXPECT_EQ(taken.bytes, "data: 3\n\n");
  EXPECT_TRUE(taken.ended);
  EXPECT_FALSE(taken.cut);
  EXPECT_FALSE(stream.stop_token().stop_requested());
}

TEST(EventStream, an_overflow_is_the_end) {
  EventStream stream(20);
  EXPECT_TRUE(stream.push({"", "", "1"}));
  EXPECT_TRUE(stream.push({"", "", "2"}));
  EXPECT_FALSE(stream.push({"", "", "3"}));
  EXPECT_TRUE(stream.stop_token().stop_requested());
  EXPECT_TRUE(stream.closed());
  const auto taken = stream.take();
  EXPECT_TRUE(taken.cut);
  EXPECT_EQ(taken.bytes, "");
}

TEST(EventStream, taking_makes_room) {
  EventStream stream(10);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(stream.push({"", "", "1"}));
    EXPECT_EQ(stream.take().bytes.size(), 9U);
  }
}

TEST(EventStream, last_words_are_possible_after_a_stop) {
  EventStream stream;
  stream.request_stop();
  EXPECT_TRUE(stream.stop_token().stop_requested());
  EXPECT_TRUE(stream.push({"", "", "cancelled"}));
  stream.abandon();
  EXPECT_FALSE(stream.push({"", "", "nobody reads"}));
}

TEST(EventStream, wakes_once_until_somebody_takes) {
  EventStream stream;
  int woken = 0;
  stream.attach([&] { ++woken; });
  for (int i = 0; i < 3; ++i) stream.push({"", "", "x"});
  EXPECT_EQ(woken, 1);
  stream.take();
  stream.close();
  EXPECT_EQ(woken, 2);
  stream.detach();
  stream.take();
  stream.abandon();
  EXPECT_EQ(woken, 2);
}

TEST(EventStream, what_a_stop_calls_may_push) {
  EventStream stream(10);
  std::stop_callback on_stop(stream.stop_token(), [&] { stream.push({"", "", "x"}); });
  stream.push({"", "", "1"});
  EXPECT_FALSE(stream.push({"", "", "2"}));
}

TEST(EventStream, takes_events_from_many_threads) {
  EventStream stream;
  std::atomic<int> pushed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) pushed += stream.push({"", "", "x"}) ? 1 : 0;
    });
  }
  std::size_t bytes = 0;
  while (bytes < 400 * 9) bytes += stream.take().bytes.size();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(pushed, 400);
  EXPECT_EQ(bytes, 400U * 9);
}

}  // namespace
}  // namespace akko::api
