#include "base/log.hpp"

#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/utf8.hpp"

namespace akko {
namespace {

namespace json = boost::json;

class LogTest : public testing::Test {
 protected:
  void TearDown() override { log::set_level(log::Level::info); }

  template <typename Work>
  static std::string output_of(Work work) {
    testing::internal::CaptureStdout();
    work();
    return testing::internal::GetCapturedStdout();
  }
};

TEST_F(LogTest, WritesOneObjectPerLineWithTypedFields) {
  const auto line = output_of([] {
    log::warn("Trino is slow", {{"operation_id", "op-1"}, {"took", 0.25}, {"attempt", 3}, {"retry", true}});
  });
  ASSERT_TRUE(line.ends_with("}\n"));
  const auto object = json::parse(line).as_object();
  EXPECT_EQ(object.at("level").as_string(), "warn");
  EXPECT_EQ(object.at("message").as_string(), "Trino is slow");
  EXPECT_EQ(object.at("operation_id").as_string(), "op-1");
  EXPECT_DOUBLE_EQ(object.at("took").as_double(), 0.25);
  EXPECT_EQ(object.at("attempt").as_int64(), 3);
  EXPECT_TRUE(object.at("retry").as_bool());
  EXPECT_NE(line.find("\"took\":0.25,"), std::string::npos) << line;
}

TEST_F(LogTest, TimestampIsInSecondsWithThreeDecimals) {
  const auto line = output_of([] { log::info("x"); });
  ASSERT_TRUE(line.starts_with("{\"timestamp\":1")) << line;
  const auto number = line.substr(13, line.find(',') - 13);
  EXPECT_EQ(number.size(), 14U) << number;
  EXPECT_EQ(number[10], '.');
}

TEST_F(LogTest, UnixSecondsKeepsLeadingZeros) {
  EXPECT_EQ(log::unix_seconds(1713542400123), "1713542400.123");
  EXPECT_EQ(log::unix_seconds(1713542400005), "1713542400.005");
  EXPECT_EQ(log::unix_seconds(0), "0.000");
}

TEST_F(LogTest, EscapesWhateverATextHolds) {
  const std::string nasty("quote\" back\\slash\nnew\tline \x01 nul\0 end", 37);
  const auto line = output_of([&] { log::info(nasty, {{"na\"me", std::string_view(nasty)}}); });
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto object = json::parse(line).as_object();
  EXPECT_EQ(std::string(object.at("message").as_string()), nasty);
  EXPECT_EQ(std::string(object.at("na\"me").as_string()), nasty);
}

TEST_F(LogTest, InvalidUtf8BecomesTheReplacementCharacter) {
  const auto line = output_of([] { log::info("a\xff\xc3(b \xc3\xbc"); });
  EXPECT_TRUE(utf8::is_valid(line));
  EXPECT_EQ(json::parse(line).at("message").as_string(), "a\xEF\xBF\xBD\xEF\xBF\xBD(b \xc3\xbc");
}

TEST_F(LogTest, NumbersThatJsonCannotSayAreNull) {
  const auto line = output_of([] { log::info("x", {{"ratio", std::numeric_limits<double>::quiet_NaN()}}); });
  EXPECT_TRUE(json::parse(line).at("ratio").is_null());
}

TEST_F(LogTest, LevelFiltersButNotAuditLines) {
  log::set_level(log::Level::error);
  const auto lines = output_of([] {
    log::debug("no");
    log::info("no");
    log::warn("no");
    log::write_json_line(R"({"audit_type":"CATALOG_MANAGER"})");
    log::error("yes");
  });
  EXPECT_TRUE(lines.starts_with("{\"audit_type\":\"CATALOG_MANAGER\"}\n")) << lines;
  EXPECT_EQ(lines.find("\"no\""), std::string::npos);
  EXPECT_NE(lines.find("\"yes\""), std::string::npos);
}

TEST_F(LogTest, AFinishedObjectStaysOneLine) {
  const auto line = output_of([] { log::write_json_line("{\n\"a\":1}"); });
  EXPECT_EQ(line, "{ \"a\":1}\n");
}

TEST_F(LogTest, ParsesLevels) {
  log::Level level = log::Level::info;
  EXPECT_TRUE(log::parse_level("debug", level));
  EXPECT_EQ(level, log::Level::debug);
  EXPECT_TRUE(log::parse_level("error", level));
  EXPECT_EQ(level, log::Level::error);
  EXPECT_FALSE(log::parse_level("Debug", level));
  EXPECT_FALSE(log::parse_level("", level));
  EXPECT_EQ(level, log::Level::error);
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 8;
  constexpr int kLines = 300;
  const auto lines = output_of([] {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < kLines; ++i) log::info(std::string(200, 'x'), {{"line", t * kLines + i}});
      });
    }
    for (auto& thread : threads) thread.join();
  });
  std::istringstream stream(lines);
  std::set<std::int64_t> seen;
  for (std::string line; std::getline(stream, line);) seen.insert(json::parse(line).at("line").as_int64());
  EXPECT_EQ(seen.size(), std::size_t{kThreads * kLines});
}

}  // namespace
}  // namespace akko
