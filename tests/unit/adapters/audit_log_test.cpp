#include <string>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "adapters/adapters.hpp"

namespace akko {
namespace {

struct FixedClock final : Clock {
  UnixMillis now() const override { return 1713542400123; }
};

std::string line_of(const AuditEvent& event) {
  const FixedClock clock;
  const auto audit = make_audit_log(clock);
  testing::internal::CaptureStdout();
  audit->write(event);
  return testing::internal::GetCapturedStdout();
}

TEST(AuditLogTest, WritesTheContractToTheLetter) {
  EXPECT_EQ(
      line_of({"CATALOG_CREATED",
               "client-pg-01",
               "postgresql",
               "alice",
               {"akko-admin", "akko-analyst"},
               "",
               "",
               "",
               "",
               "",
               ""}),
      R"({"audit_type":"CATALOG_MANAGER","event":"CATALOG_CREATED","name":"client-pg-01","connector":"postgresql",)"
      R"("user":"alice","allow_roles":["akko-admin","akko-analyst"],"timestamp":1713542400.123})"
      "\n");
}

TEST(AuditLogTest, ContractMembersStandEvenWhenEmpty) {
  EXPECT_EQ(
      line_of({"ACCESS_DENIED", "", "", "", {}, "denied", "token_expired", "", "req-1", "10.0.0.9", ""}),
      R"({"audit_type":"CATALOG_MANAGER","event":"ACCESS_DENIED","name":"","connector":"","user":"","allow_roles":[],)"
      R"("timestamp":1713542400.123,"result":"denied","code":"token_expired","request_id":"req-1",)"
      R"("client":"10.0.0.9"})"
      "\n");
}

TEST(AuditLogTest, WhateverAClientSendsStaysInOneLine) {
  const auto line = line_of({"CATALOG_CREATE_FAILED",
                             "a\"b",
                             "x",
                             "eve\n{\"audit_type\":\"fake\"}",
                             {"r\\"},
                             "failed",
                             "c",
                             "op",
                             "id",
                             "::1",
                             "broken \xff utf-8"});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto object = boost::json::parse(line).as_object();
  EXPECT_EQ(object.at("user").as_string(), "eve\n{\"audit_type\":\"fake\"}");
  EXPECT_EQ(object.at("detail").as_string(), "broken \xEF\xBF\xBD utf-8");
  EXPECT_EQ(object.size(), 13U);
}

TEST(SystemClockTest, RunsInMillisecondsSince1970) {
  const auto now = make_system_clock()->now();
  EXPECT_GT(now, 1'700'000'000'000);
  EXPECT_LT(now, 4'000'000'000'000);
}

}  // namespace
}  // namespace akko
