// What the store keeps and refuses while all is well; sqlite_store_failure_test.cpp has the rest.
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/adapters/sqlite_store_fixture.hpp"

namespace akko::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> names(const CatalogSnapshot& snapshot) {
  std::vector<std::string> texts;
  for (const auto& catalog : snapshot.catalogs) texts.push_back(catalog->spec.name.text());
  return texts;
}

TEST_F(SqliteStoreTest, EveryWriteSurvivesAReopen) {
  auto reserved = reserve("client-pg-01");
  ASSERT_TRUE(reserved) << reserved.error().message;
  EXPECT_GT(reserved->revision, 0U);
  reopen();
  expect_same(*find("client-pg-01"), *reserved);
  EXPECT_EQ(catalogs().secrets(named("client-pg-01"))->at("connection-password").reveal(), "s3cr3t");
  EXPECT_THAT(*catalogs().open_operations(), SizeIs(1));

  auto step = operation("client-pg-01");
  step.step = 2;
  step.undoing = true;
  ASSERT_TRUE(catalogs().journal(step));
  reopen();
  const auto open = *catalogs().open_operations();
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].id, step.id);
  EXPECT_EQ(open[0].kind, step.kind);
  EXPECT_EQ(open[0].name, step.name);
  EXPECT_EQ(open[0].step, 2U);
  EXPECT_TRUE(open[0].undoing);
  EXPECT_EQ(open[0].principal, "alice");
  EXPECT_EQ(open[0].started_at, step.started_at);

  auto ready = make_ready(*reserved);
  ASSERT_TRUE(ready) << ready.error().message;
  EXPECT_GT(ready->revision, reserved->revision);
  reopen();
  expect_same(*find("client-pg-01"), *ready);
  EXPECT_THAT(*catalogs().open_operations(), IsEmpty());

  auto removing = *ready;
  removing.phase = Phase::removing;
  const auto removal = operation("client-pg-01", Plan::Kind::deregister_catalog);
  ASSERT_TRUE(catalogs().update(removing, &removal, nullptr));
  reopen();
  EXPECT_EQ(find("client-pg-01")->phase, Phase::removing);
  EXPECT_EQ(catalogs().open_operations()->at(0).kind, Plan::Kind::deregister_catalog);

  ASSERT_TRUE(catalogs().erase(named("client-pg-01"), removal.id));
  reopen();
  EXPECT_EQ(find("client-pg-01"), nullptr);
  EXPECT_THAT(*catalogs().open_operations(), IsEmpty());
  EXPECT_EQ(catalogs().secrets(named("client-pg-01")).error().code, ErrorCode::not_found);
}

TEST_F(SqliteStoreTest, ASnapshotIsSortedAndNeverChanges) {
  for (const auto* name : {"b", "c", "a"}) ASSERT_TRUE(reserve(name));
  const auto before = catalogs().snapshot();
  EXPECT_THAT(names(*before), ElementsAre("a", "b", "c"));
  ASSERT_TRUE(catalogs().erase(named("b"), "op-b"));
  EXPECT_THAT(names(*before), ElementsAre("a", "b", "c"));
  EXPECT_THAT(names(*catalogs().snapshot()), ElementsAre("a", "c"));
}

TEST_F(SqliteStoreTest, GenerationGrowsAndRevisionsNeverComeBack) {
  std::set<std::uint64_t> seen;
  for (int round = 0; round < 3; ++round) {
    const auto generation = catalogs().snapshot()->generation;
    const auto reserved = reserve("a");
    EXPECT_TRUE(seen.insert(reserved->revision).second);
    EXPECT_TRUE(seen.insert(make_ready(*reserved)->revision).second);
    const auto removal = operation("a", Plan::Kind::deregister_catalog);
    ASSERT_TRUE(catalogs().update(*find("a"), &removal, nullptr));
    ASSERT_TRUE(catalogs().erase(named("a"), "op-a"));
    EXPECT_GT(catalogs().snapshot()->generation, generation + 2);
    const auto last = catalogs().snapshot()->generation;
    reopen();
    EXPECT_EQ(catalogs().snapshot()->generation, last);
  }
}

TEST_F(SqliteStoreTest, ATakenNameTellsWhoHasItAndSince) {
  auto reserved = reserve("client-pg-01");
  const auto registering = reserve("client-pg-01").error();
  EXPECT_EQ(registering.code, ErrorCode::already_exists);
  EXPECT_EQ(registering.reason, "name_taken");
  EXPECT_THAT(registering.message, HasSubstr("alice is registering it"));
  auto ready = make_ready(*reserved);
  EXPECT_EQ(reserve("client-pg-01").error().message,
            "the name client-pg-01 is in use (registered by alice on 12 Nov 2026)");
  ready->phase = Phase::removing;
  ASSERT_TRUE(catalogs().update(*ready, nullptr, nullptr));
  EXPECT_THAT(reserve("client-pg-01").error().message, HasSubstr("being removed"));
}

TEST_F(SqliteStoreTest, OfManyThreadsOneGetsTheName) {
  constexpr int kThreads = 8;
  for (int round = 0; round < 10; ++round) {
    const auto name = "race-" + std::to_string(round);
    std::atomic<int> won = 0;
    std::atomic<int> lost = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        auto mine = operation(name);
        mine.id += std::to_string(i);
        const auto reserved = catalogs().reserve(draft(name), password("x"), mine);
        if (reserved) ++won;
        if (!reserved && reserved.error().reason == "name_taken") ++lost;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, kThreads - 1);
  }
  EXPECT_THAT(*catalogs().open_operations(), SizeIs(10));
}

TEST_F(SqliteStoreTest, AnOldRevisionLosesAndChangesNothing) {
  const auto reserved = reserve("a");
  const auto ready = make_ready(*reserved);
  auto late = *reserved;
  late.spec.description = "late";
  const auto removal = operation("a", Plan::Kind::deregister_catalog);
  const auto lost = catalogs().update(late, &removal, nullptr);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::already_exists);
  EXPECT_EQ(lost.error().reason, "conflict");
  EXPECT_THAT(*catalogs().open_operations(), IsEmpty());
  expect_same(*find("a"), *ready);
  reopen();
  expect_same(*find("a"), *ready);
  EXPECT_EQ(catalogs().update(draft("nobody"), nullptr, nullptr).error().reason, "catalog_not_found");
}

TEST_F(SqliteStoreTest, ConcurrentUpdatesOfOneRevisionHaveOneWinner) {
  const auto reserved = reserve("a");
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { won += catalogs().update(*reserved, nullptr, nullptr) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_F(SqliteStoreTest, ALateOperationErasesNobodyElsesCatalog) {
  ASSERT_TRUE(reserve("a"));
  ASSERT_TRUE(reserve("b"));
  for (const auto* other : {"op-b", "op-gone"}) {
    const auto erased = catalogs().erase(named("a"), other);
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error().reason, "conflict");
  }
  EXPECT_NE(find("a"), nullptr);
  EXPECT_THAT(*catalogs().open_operations(), SizeIs(2));
  EXPECT_TRUE(catalogs().erase(named("never-there"), "op-x"));
}

TEST_F(SqliteStoreTest, OneOperationHoldsACatalog) {
  const auto reserved = reserve("a");
  auto second = operation("a", Plan::Kind::deregister_catalog);
  second.id = "op-second";
  EXPECT_EQ(catalogs().update(*reserved, &second, nullptr).error().reason, "conflict");
  const std::string first = "op-a";
  EXPECT_TRUE(catalogs().update(*reserved, &second, &first));
  EXPECT_EQ(catalogs().open_operations()->at(0).id, "op-second");
}

TEST_F(SqliteStoreTest, OnlyAnOpenOperationIsJournaled) {
  EXPECT_EQ(catalogs().journal(operation("a")).error().reason, "operation_not_open");
  EXPECT_THAT(*catalogs().open_operations(), IsEmpty());
}

TEST_F(SqliteStoreTest, SecretRevisionsNeverRepeat) {
  std::set<std::uint64_t> seen;
  std::mutex mutex;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 25; ++n) {
          const auto revision = catalogs().next_secret_revision();
          const std::scoped_lock lock(mutex);
          EXPECT_TRUE(seen.insert(*revision).second);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    reopen();
  }
  EXPECT_EQ(seen.size(), 300U);
}

TEST_F(SqliteStoreTest, RemembersSmallFacts) {
  EXPECT_EQ(*catalogs().recall("warmed"), "");
  ASSERT_TRUE(catalogs().remember("warmed", "j3p2f"));
  ASSERT_TRUE(catalogs().remember("warmed", "xyz"));
  reopen();
  EXPECT_EQ(*catalogs().recall("warmed"), "xyz");
}

TEST_F(SqliteStoreTest, ReadersAndWritersRunTogether) {
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      std::uint64_t last = 0;
      while (!done) {
        const auto snapshot = catalogs().snapshot();
        EXPECT_GE(snapshot->generation, last);
        last = snapshot->generation;
        EXPECT_TRUE(catalogs().check());
      }
    });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        const auto name = "w" + std::to_string(i) + "-" + std::to_string(n);
        const auto reserved = reserve(name);
        ASSERT_TRUE(reserved);
        ASSERT_TRUE(make_ready(*reserved));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  done = true;
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(catalogs().snapshot()->catalogs, SizeIs(60));
}

class SqliteAnswersTest : public SqliteStoreTest {
 protected:
  using Verdict = IdempotencyStore::Verdict;
  static StoredAnswer answer(const std::string& body = "{\"name\":\"a\"}") {
    return {201, "application/json", "\"7\"", "/api/admin/catalogs/a", body};
  }
  Verdict verdict(const std::string& request, const std::string& principal = "alice",
                  const std::string& key = "k1") {
    const auto claim = answers().claim(principal, key, request);
    EXPECT_TRUE(claim) << claim.error().message;
    return claim->verdict;
  }
};

TEST_F(SqliteAnswersTest, TheSecondRequestGetsTheFirstAnswer) {
  EXPECT_EQ(verdict("POST /x body"), Verdict::proceed);
  EXPECT_EQ(verdict("POST /x body"), Verdict::in_progress);
  EXPECT_EQ(verdict("POST /x other"), Verdict::mismatch);
  ASSERT_TRUE(answers().keep("alice", "k1", answer()));
  reopen();
  const auto again = answers().claim("alice", "k1", "POST /x body");
  EXPECT_EQ(again->verdict, Verdict::replay);
  EXPECT_EQ(again->answer.status, 201);
  EXPECT_EQ(again->answer.content_type, "application/json");
  EXPECT_EQ(again->answer.etag, "\"7\"");
  EXPECT_EQ(again->answer.location, "/api/admin/catalogs/a");
  EXPECT_EQ(again->answer.body, "{\"name\":\"a\"}");
  EXPECT_EQ(verdict("POST /x other"), Verdict::mismatch);
}

TEST_F(SqliteAnswersTest, KeysBelongToTheirPrincipal) {
  EXPECT_EQ(verdict("r", "alice", "bob-k"), Verdict::proceed);
  EXPECT_EQ(verdict("r", "alice-bob", "k"), Verdict::proceed);
  EXPECT_EQ(verdict("r", "bob", "bob-k"), Verdict::proceed);
}

TEST_F(SqliteAnswersTest, AReleasedOrAbandonedClaimIsFree) {
  EXPECT_EQ(verdict("r"), Verdict::proceed);
  ASSERT_TRUE(answers().release("alice", "k1"));
  EXPECT_EQ(verdict("r"), Verdict::proceed);
  reopen();  // the process that claimed is gone
  EXPECT_EQ(verdict("r"), Verdict::proceed);
}

TEST_F(SqliteAnswersTest, AnswersAreForgottenAfterADay) {
  EXPECT_EQ(verdict("r"), Verdict::proceed);
  ASSERT_TRUE(answers().keep("alice", "k1", answer("canary-of-yesterday")));
  clock_.moment += 24 * 60 * 60 * 1000 - 1;
  EXPECT_EQ(verdict("r"), Verdict::replay);
  clock_.moment += 1;
  EXPECT_EQ(verdict("other"), Verdict::proceed);
  ASSERT_TRUE(answers().keep("alice", "k1", answer("today")));
  EXPECT_EQ(answers().claim("alice", "k1", "other")->answer.body, "today");
  close();  // checkpoints the write-ahead log
  EXPECT_EQ(all_bytes().find("canary-of-yesterday"), std::string::npos);
}

TEST_F(SqliteAnswersTest, AnAnswerTooLargeIsNotKeptAndBlocksNothing) {
  EXPECT_EQ(verdict("r"), Verdict::proceed);
  EXPECT_EQ(answers().keep("alice", "k1", answer(std::string(256 * 1024 + 1, 'x'))).error().reason,
            "answer_too_large");
  EXPECT_EQ(verdict("r"), Verdict::proceed);
  EXPECT_TRUE(answers().keep("alice", "k1", answer(std::string(256 * 1024, 'x'))));
  EXPECT_FALSE(answers().keep("alice", "never-claimed", answer()));
}

TEST_F(SqliteAnswersTest, OfManyThreadsOneProceeds) {
  std::atomic<int> proceeding = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { proceeding += verdict("r") == Verdict::proceed ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(proceeding, 1);
}

}  // namespace
}  // namespace akko::test
