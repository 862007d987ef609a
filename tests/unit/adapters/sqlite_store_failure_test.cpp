// The store when things go wrong: tampering, damage, a full disk, a killed process, foreign files.
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/sqlite_store_schema.hpp"
#include "unit/adapters/sqlite_store_fixture.hpp"

namespace akko::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SqliteStoreFailureTest : public SqliteStoreTest {
 protected:
  mode_t mode(const std::string& name) const {
    struct stat status{};
    EXPECT_EQ(::stat((home_ + "/" + name).c_str(), &status), 0) << name;
    return status.st_mode & 07777;
  }

  // Runs `work` in a child process and returns how that ended.
  template <typename Work>
  static int in_child(Work work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
  }
};

TEST_F(SqliteStoreFailureTest, EverythingIsPrivate) {
  ASSERT_TRUE(reserve("a"));
  EXPECT_EQ(mode(""), 0700U);
  for (const auto* file : {"akko.db", "akko.db-wal", "akko.db-shm", "store.key", "lock"})
    EXPECT_EQ(mode(file), 0600U) << file;
}

TEST_F(SqliteStoreFailureTest, NoSecretIsInAnyFile) {
  const std::string canary = "canary-7f3a9c51e2";
  const auto expect_clean = [&] { EXPECT_EQ(all_bytes().find(canary), std::string::npos); };
  const auto reserved = reserve("a", canary);
  ASSERT_TRUE(reserved);
  expect_clean();
  ASSERT_TRUE(make_ready(*reserved));
  ASSERT_TRUE(catalogs().secrets(named("a")));
  ASSERT_TRUE(answers().claim("alice", "k", "POST {\"password\":\"" + canary + "\"}"));
  ASSERT_TRUE(answers().keep("alice", "k", {201, "application/json", "", "", "{}"}));
  expect_clean();
  const auto removal = operation("a", Plan::Kind::deregister_catalog);
  ASSERT_TRUE(catalogs().update(*find("a"), &removal, nullptr));
  ASSERT_TRUE(catalogs().erase(named("a"), "op-a"));
  expect_clean();
  close();
  expect_clean();
}

TEST_F(SqliteStoreFailureTest, AnErasedSealedValueIsOverwritten) {
  ASSERT_TRUE(reserve("a"));
  close();
  const auto sealed = [&] {
    SQLite::Database database(home_ + "/akko.db");
    return database.execAndGet("SELECT sealed FROM secrets").getString();
  }();
  EXPECT_NE(all_bytes().find(sealed), std::string::npos);
  reopen();
  ASSERT_TRUE(catalogs().erase(named("a"), "op-a"));
  close();
  EXPECT_EQ(all_bytes().find(sealed), std::string::npos);
}

TEST_F(SqliteStoreFailureTest, AMovedSealedValueIsRefused) {
  ASSERT_TRUE(reserve("a", "secret-of-a"));
  ASSERT_TRUE(reserve("b", "secret-of-b"));
  for (const auto* move :
       {"UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE catalog = 'a') WHERE catalog = 'b'",
        "UPDATE secrets SET property = 'other' WHERE catalog = 'b'",
        "UPDATE secrets SET revision = 99 WHERE catalog = 'b'",
        "UPDATE secrets SET sealed = x'00' WHERE catalog = 'b'"}) {
    tamper(move);
    reopen();
    const auto values = catalogs().secrets(named("b"));
    ASSERT_FALSE(values) << move;
    EXPECT_EQ(values.error().reason, "secret_unreadable");
    EXPECT_THAT(values.error().message, HasSubstr("b/"));
    EXPECT_THAT(values.error().message, Not(HasSubstr("secret-of")));
  }
  EXPECT_TRUE(catalogs().secrets(named("a")));
}

TEST_F(SqliteStoreFailureTest, TheWrongKeyIsRefusedAtStart) {
  ASSERT_TRUE(reserve("a"));
  close();
  std::ofstream(home_ + "/store.key", std::ios::binary) << std::string(32, 'k');
  EXPECT_EQ(refusal().reason, "store_key_wrong");
}

TEST_F(SqliteStoreFailureTest, AMissingShortOrOpenKeyIsRefusedAtStart) {
  close();
  std::filesystem::rename(home_ + "/store.key", home_ + "/kept");
  EXPECT_EQ(refusal().reason, "store_key_missing");
  EXPECT_THAT(refusal().fix, HasSubstr("backup"));
  std::ofstream(home_ + "/store.key", std::ios::binary) << "short";
  ASSERT_EQ(::chmod((home_ + "/store.key").c_str(), 0600), 0);
  EXPECT_EQ(refusal().reason, "store_key_bad");
  std::filesystem::rename(home_ + "/kept", home_ + "/store.key");
  ASSERT_EQ(::chmod((home_ + "/store.key").c_str(), 0640), 0);
  EXPECT_EQ(refusal().reason, "file_not_private");
  ASSERT_EQ(::chmod((home_ + "/store.key").c_str(), 0600), 0);
  EXPECT_EQ(refusal().reason, "opened");
}

TEST_F(SqliteStoreFailureTest, ABrokenRowStopsTheStartAndIsNamed) {
  ASSERT_TRUE(reserve("client-pg-01"));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"UPDATE catalogs SET properties = '{'", "properties"},
      {"UPDATE catalogs SET properties = '[]'", "properties"},
      {"UPDATE catalogs SET properties = '{\"a\":\"1\",\"a\":\"2\"}'", "properties"},
      {"UPDATE catalogs SET properties = '{\"a\":1}'", "properties"},
      {"UPDATE catalogs SET allow_roles = '{}'", "allow_roles"},
      {"UPDATE catalogs SET allow_roles = '[1]'", "allow_roles"},
      {"UPDATE catalogs SET secrets = '{\"p\":{\"set_at\":1}}'", "secrets"},
      {"UPDATE catalogs SET phase = 'dancing'", "phase"},
      {"UPDATE catalogs SET health = ''", "health"},
      {"UPDATE catalogs SET revision = -1", "revision"},
      {"UPDATE operations SET kind = 'x'", "kind"},
      {"UPDATE operations SET step = 5000000000", "step"},
  };
  close();
  std::filesystem::copy(home_ + "/akko.db", directory_ / "good.db");
  for (const auto& [sql, column] : cases) {
    tamper(sql);
    const auto error = refusal();
    EXPECT_EQ(error.reason, "store_corrupt") << sql;
    EXPECT_THAT(error.message, HasSubstr("client-pg-01")) << sql;
    EXPECT_THAT(error.message, HasSubstr("column " + column)) << sql;
    EXPECT_THAT(error.fix, HasSubstr("backup"));
    std::filesystem::copy_file(directory_ / "good.db", home_ + "/akko.db",
                               std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(refusal().reason, "opened");
  tamper("UPDATE catalogs SET name = 'Bad Name'");
  EXPECT_THAT(refusal().message, HasSubstr("Bad Name"));
}

TEST_F(SqliteStoreFailureTest, ForeignNewerAndDamagedFilesAreRefused) {
  ASSERT_TRUE(reserve("a"));
  tamper("PRAGMA user_version = 99");
  EXPECT_EQ(refusal().reason, "store_too_new");
  tamper("PRAGMA user_version = " + std::to_string(sqlite::kMigrations.size()));
  tamper("PRAGMA application_id = 1");
  EXPECT_EQ(refusal().reason, "store_foreign");
  tamper("PRAGMA application_id = 0x414B4B4F");
  EXPECT_EQ(refusal().reason, "opened");
  {
    std::fstream file(home_ + "/akko.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(8192, '\x55');
  }
  EXPECT_EQ(refusal().reason, "store_corrupt");
  std::ofstream(home_ + "/akko.db") << std::string(5000, 'x');
  EXPECT_EQ(refusal().reason, "store_corrupt");
}

TEST_F(SqliteStoreFailureTest, ASecondProcessIsRefused) {
  const auto second = open_sqlite_store(home_, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "store_in_use");
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(::getpid())));
  EXPECT_THAT(second.error().message, HasSubstr(home_));
}

TEST_F(SqliteStoreFailureTest, AHomeThatIsNotOursOrCannotBeMadeIsRefused) {
  close();
  ASSERT_EQ(::chmod(home_.c_str(), 0755), 0);
  EXPECT_EQ(refusal().reason, "directory_not_private");
  EXPECT_THAT(refusal().fix, HasSubstr("chmod 700"));
  std::ofstream(directory_ / "file") << "x";
  home_ = directory_ / "file/home";
  EXPECT_EQ(refusal().reason, "storage_failed");
}

TEST_F(SqliteStoreFailureTest, ADiskThatIsFullIsAnErrorAndLosesNothing) {
  ASSERT_TRUE(reserve("before"));
  close();
  const int status = in_child([&] {
    const auto store = open_sqlite_store(home_, clock_);
    if (!store) return 1;
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};  // bytes that a file may have: the log grows until then
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 200; ++i) {
      const auto name = "n" + std::to_string(i);
      const auto reserved = store->catalogs->reserve(draft(name), password("x"), operation(name));
      if (reserved) continue;
      const bool clear = reserved.error().code == ErrorCode::unavailable && !reserved.error().fix.empty() &&
                         reserved.error().message.starts_with("reserving a name: ");
      const bool absent = store->catalogs->snapshot()->find(name) == nullptr;
      return clear && absent && i > 0 ? 0 : 2;
    }
    return 3;
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  reopen();
  EXPECT_NE(find("before"), nullptr);
  EXPECT_NE(find("n0"), nullptr);
  EXPECT_TRUE(reserve("after"));
}

TEST_F(SqliteStoreFailureTest, AReadOnlyHomeIsRefused) {
  close();
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(home_.c_str(), 65534, 65534), 0);
    for (const auto& entry : std::filesystem::directory_iterator(home_)) {
      ASSERT_EQ(::chown(entry.path().c_str(), 65534, 65534), 0);
    }
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  }
  ASSERT_EQ(::chmod(home_.c_str(), 0500), 0);
  const int status = in_child([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 9;
    const auto store = open_sqlite_store(home_, clock_);
    if (store) return 1;
    return store.error().code == ErrorCode::unavailable && !store.error().fix.empty() ? 0 : 2;
  });
  EXPECT_EQ(WEXITSTATUS(status), 0);
  ASSERT_EQ(::chmod(home_.c_str(), 0700), 0);
}

TEST_F(SqliteStoreFailureTest, AProcessKilledAnywhereLeavesAConsistentState) {
  close();
  for (int round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto store = open_sqlite_store(home_, clock_);
      if (!store) ::_exit(1);
      for (int i = 0;; ++i) {
        const auto name = "r" + std::to_string(round) + "-" + std::to_string(i);
        auto catalog = store->catalogs->reserve(draft(name), password("secret-of-" + name), operation(name));
        if (!catalog) ::_exit(2);
        auto step = operation(name);
        step.step = 1;
        if (!store->catalogs->journal(step)) ::_exit(3);
        if (i % 3 == 0) {
          static_cast<void>(store->catalogs->erase(named(name), step.id));
        } else {
          catalog->phase = Phase::ready;
          static_cast<void>(store->catalogs->update(*catalog, nullptr, &step.id));
        }
      }
    }
    ::usleep(static_cast<useconds_t>(20'000 + 7'000 * round));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);

    reopen();
    const auto operations = catalogs().open_operations();
    ASSERT_TRUE(operations);
    std::size_t registering = 0;
    const auto snapshot = catalogs().snapshot();
    for (const auto& catalog : snapshot->catalogs) {
      const auto& name = catalog->spec.name;
      registering += catalog->phase == Phase::registering ? 1 : 0;
      const auto values = catalogs().secrets(name);
      ASSERT_TRUE(values) << values.error().message;
      EXPECT_EQ(values->at("connection-password").reveal(), "secret-of-" + name.text());
    }
    EXPECT_EQ(operations->size(), registering);
    for (const auto& open : *operations) EXPECT_TRUE(catalogs().erase(open.name, open.id));
    close();
  }
  reopen();
  EXPECT_GT(catalogs().snapshot()->catalogs.size(), 0U);
}

TEST_F(SqliteStoreFailureTest, CheckNoticesALockedDatabase) {
  EXPECT_TRUE(catalogs().check());
  SQLite::Database shell(home_ + "/akko.db", SQLite::OPEN_READWRITE);
  const SQLite::Transaction held(shell, SQLite::TransactionBehavior::IMMEDIATE);
  const auto checked = catalogs().check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().reason, "store_busy");
}

}  // namespace
}  // namespace akko::test
