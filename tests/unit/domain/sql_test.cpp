#include "domain/sql.hpp"

#include <gtest/gtest.h>

#include "domain/plan.hpp"

namespace akko {
namespace {

TEST(Sql, LiteralDoublesQuotesAndNothingElse) {
  EXPECT_EQ(sql_literal(""), "''");
  EXPECT_EQ(sql_literal("it's"), "'it''s'");
  EXPECT_EQ(sql_literal("''"), "''''''");
  EXPECT_EQ(sql_literal(R"(a\'b)"), R"('a\''b')");
  EXPECT_EQ(sql_literal("\"x\""), "'\"x\"'");
}

TEST(Sql, IdentifierDoublesDoubleQuotes) {
  EXPECT_EQ(sql_identifier("client-pg-01"), "\"client-pg-01\"");
  EXPECT_EQ(sql_identifier("a\"b'c"), "\"a\"\"b'c\"");
}

TEST(Sql, CreateCatalogCarriesEveryPropertyInOrder) {
  const auto name = CatalogName::parse("client-pg-01").value();
  EXPECT_EQ(
      create_catalog_statement(name, "postgresql", {{"b", "2"}, {"a", "x' OR '1'='1"}}, "0af7"),
      R"(CREATE CATALOG "client-pg-01" USING postgresql WITH ("a" = 'x'' OR ''1''=''1', "b" = '2') /* operation 0af7 */)");
  EXPECT_EQ(create_catalog_statement(name, "memory", {}, "1"),
            R"(CREATE CATALOG "client-pg-01" USING memory /* operation 1 */)");
}

TEST(Sql, DropDoesNotMindAMissingCatalog) {
  EXPECT_EQ(drop_catalog_statement(CatalogName::probe(2)), R"(DROP CATALOG IF EXISTS "akko-probe-2")");
}

TEST(CatalogName, AcceptsTheContract) {
  for (const auto* good :
       {"a", "7", "client-pg-01", "2024-sales", "a--b", "abcdefghijabcdefghijabcdefghijabcdefghij"}) {
    EXPECT_TRUE(CatalogName::parse(good)) << good;
  }
}

TEST(CatalogName, RefusesEverythingElse) {
  for (const auto* bad : {"", "-a", "a-", "A", "Client_1", "a b", "a.b", "../x", "a/b", "a\"b", "ä", "a\n",
                          "abcdefghijabcdefghijabcdefghijabcdefghijk"}) {
    const auto parsed = CatalogName::parse(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().violations.at(0).field, "name");
  }
  for (const auto* reserved : {"system", "jmx", "akko-probe-1", "akko-probe-x", "akko-probe"}) {
    const auto parsed = CatalogName::parse(reserved);
    ASSERT_FALSE(parsed) << reserved;
    EXPECT_EQ(parsed.error().violations.at(0).code, "reserved");
  }
}

TEST(SecretReference, NamesCatalogPropertyAndRevision) {
  EXPECT_EQ(secret_reference(CatalogName::parse("client-pg-01").value(), "connection-password", 7),
            "${akko:client-pg-01/connection-password.7}");
}

TEST(Plan, EveryStepHasAName) {
  for (const auto& plan : {plan_registration(true), plan_registration(false), plan_removal()}) {
    for (const auto& step : plan.steps) EXPECT_FALSE(name_of(step).empty());
  }
  EXPECT_EQ(name_of(plan_registration(true).steps.front()), "write_secrets");
  EXPECT_EQ(name_of(plan_removal().steps.back()), "erase_record");
}

}  // namespace
}  // namespace akko
