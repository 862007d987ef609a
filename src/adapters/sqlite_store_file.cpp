#include "adapters/sqlite_store_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "adapters/sqlite_store_schema.hpp"

namespace akko::sqlite {
namespace {

constexpr const char* kDatabaseFile = "akko.db";
constexpr const char* kLockFile = "lock";
constexpr int kBusyMillis = 2000;  // for an operator's sqlite3 shell or backup beside us
constexpr std::uint64_t kLeastFreeBytes = 4 * 1024 * 1024;

// The file itself is made and checked here; SQLite gives -wal and -shm the same mode.
Result<FileDescriptor> open_own_file(int home, const char* name) {
  FileDescriptor file(::openat(home, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.valid()) return storage_failure(std::string("opening the file ") + name, errno);
  if (::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) {
    return storage_failure(std::string("closing to others the file ") + name, errno);
  }
  return file;
}

Result<FileDescriptor> take_lock(int home, const std::string& shown) {
  AKKO_TRY(auto file, open_own_file(home, kLockFile));
  if (!lock_exclusively(file.get())) {
    char holder[16] = {};
    const auto size = ::pread(file.get(), holder, sizeof holder - 1, 0);
    return fail(ErrorCode::failed_precondition, "store_in_use",
                "another process (" + std::string(holder, size > 0 ? static_cast<std::size_t>(size) : 0) +
                    ") uses the state directory " + shown,
                "Stop it, or set AKKO_HOME to another directory.");
  }
  const auto own = std::to_string(::getpid());
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), own.data(), own.size(), 0) < 0) {
    return storage_failure("writing the lock file", errno);
  }
  return file;
}

int number(SQLite::Database& database, const char* pragma) { return database.execAndGet(pragma).getInt(); }

// Refuses what is not ours before anything is written to it.
Result<void> check_identity(SQLite::Database& database, const std::string& path) {
  const int version = number(database, "PRAGMA user_version");
  const bool is_empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
  if (!is_empty && number(database, "PRAGMA application_id") != kApplicationId) {
    return fail(ErrorCode::failed_precondition, "store_foreign", path + " is a database of another program",
                "Set AKKO_HOME to another directory.");
  }
  if (version > static_cast<int>(kMigrations.size())) {
    return fail(ErrorCode::failed_precondition, "store_too_new",
                path + " was written by a newer version of this program (schema " + std::to_string(version) +
                    ", this one knows " + std::to_string(kMigrations.size()) + ")",
                "Start that version again, or restore the backup made before the upgrade.");
  }
  const auto verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (verdict == "ok") return {};
  return fail(ErrorCode::internal, "store_corrupt", path + " is damaged: " + verdict,
              "Restore akko.db and store.key together from a backup.");
}

Result<void> configure(SQLite::Database& database, const std::string& path) {
  const auto mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") {
    return fail(ErrorCode::failed_precondition, "store_no_wal",
                path + " lies on a file system without shared memory, which SQLite's write-ahead log needs",
                "Put AKKO_HOME on a local file system.");
  }
  database.exec("PRAGMA synchronous = FULL");  // a commit is on the disk when it returns
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA secure_delete = ON");  // what is deleted is overwritten
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA temp_store = MEMORY");  // no file outside the state directory
  return {};
}

// All or nothing: a crash leaves the old version.
void migrate(SQLite::Database& database, int version, const SealedBox& box) {
  if (version == static_cast<int>(kMigrations.size())) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  for (auto at = static_cast<std::size_t>(version); at < kMigrations.size(); ++at) {
    database.exec(std::string(kMigrations[at]));
  }
  if (version == 0) {
    SQLite::Statement insert(database, "INSERT INTO store VALUES (1, ?, 0, 0)");
    insert.bind(1, box.key_id().data(), static_cast<int>(box.key_id().size()));
    insert.exec();
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  }
  database.exec("PRAGMA user_version = " + std::to_string(kMigrations.size()));
  transaction.commit();
}

Result<void> check_key(SQLite::Database& database, const SealedBox& box, const std::string& path) {
  if (database.execAndGet("SELECT key_id FROM store").getString() == box.key_id()) return {};
  return fail(ErrorCode::failed_precondition, "store_key_wrong",
              "the key file store.key is not the one under which the secrets in " + path + " were sealed",
              "Restore akko.db and store.key together from one backup.");
}

}  // namespace

tl::unexpected<Error> database_failure(std::string_view doing, const SQLite::Exception& exception) {
  struct Meaning {
    ErrorCode code;
    std::string_view reason;
    std::string_view fix;
  };
  const auto meaning = [&]() -> Meaning {
    switch (exception.getErrorCode()) {
      case SQLITE_FULL:
        return {ErrorCode::unavailable, "store_full", "Free space on the file system of AKKO_HOME."};
      case SQLITE_READONLY:
      case SQLITE_CANTOPEN:
      case SQLITE_PERM:
      case SQLITE_IOERR:
        return {ErrorCode::unavailable, "store_not_writable",
                "Check that the file system of AKKO_HOME has room and can be written."};
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return {ErrorCode::unavailable, "store_busy", "Close the other program that has akko.db open."};
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB:
        return {ErrorCode::internal, "store_corrupt",
                "Restore akko.db and store.key together from a backup."};
      default:
        return {ErrorCode::internal, "store_failed", ""};
    }
  }();
  return fail(meaning.code, meaning.reason, std::string(doing) + ": " + exception.what(),
              std::string(meaning.fix));
}

Result<std::shared_ptr<StoreFile>> StoreFile::open(const std::string& home) {
  AKKO_TRY(auto directory, open_private_directory(home, Links::follow));
  AKKO_TRY(auto lock, take_lock(directory.get(), home));
  AKKO_CHECK(open_own_file(directory.get(), kDatabaseFile));
  auto path = home + "/" + kDatabaseFile;
  try {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, kBusyMillis);
    AKKO_CHECK(check_identity(database, path));
    AKKO_CHECK(configure(database, path));
    const int version = number(database, "PRAGMA user_version");
    using Missing = SealedBox::WhenMissing;
    AKKO_TRY(auto box, SealedBox::open(directory.get(), version == 0 ? Missing::make : Missing::refuse));
    migrate(database, version, box);
    AKKO_CHECK(check_key(database, box, path));
    return std::shared_ptr<StoreFile>(new StoreFile(std::move(path), std::move(directory), std::move(lock),
                                                    std::move(box), std::move(database)));
  } catch (const SQLite::Exception& exception) {
    return database_failure("opening " + path, exception);
  }
}

Result<void> StoreFile::check() {
  struct statvfs status{};
  if (::fstatvfs(home_.get(), &status) != 0)
    return storage_failure("looking at the file system of " + path_, errno);
  if ((status.f_flag & ST_RDONLY) != 0) return storage_failure("writing " + path_, EROFS);
  if (std::uint64_t{status.f_bavail} * status.f_frsize < kLeastFreeBytes)
    return storage_failure("writing " + path_, ENOSPC);
  return run("checking the store", [](SQLite::Database& database) -> Result<void> {
    const SQLite::Transaction writable(database, SQLite::TransactionBehavior::IMMEDIATE);  // rolled back
    database.execAndGet("SELECT revision FROM store");
    return {};
  });
}

}  // namespace akko::sqlite
