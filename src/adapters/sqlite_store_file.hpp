// The open database of the SQLite store. Only sqlite_store*.cpp include this.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "adapters/private_files.hpp"
#include "adapters/sealed_box.hpp"
#include "base/result.hpp"

namespace akko::sqlite {

// SQLite's exception as an error: what it means for the operator, by its result code.
tl::unexpected<Error> database_failure(std::string_view doing, const SQLite::Exception& exception);

// `<home>/akko.db` with the lock on the state directory and the key: one connection, used by one thread at
// a time. Any thread may call; calls queue. The lock ends with the object.
class StoreFile {
 public:
  // Makes what is not there and brings an older database up to date. Errors: see open_sqlite_store.
  static Result<std::shared_ptr<StoreFile>> open(const std::string& home);

  // Runs `work(database)`, which returns a Result, in a transaction: committed and on the disk when it
  // returns a value, rolled back otherwise. No exception of SQLite gets out.
  template <typename Work>
  auto write(std::string_view doing, Work&& work) -> std::invoke_result_t<Work, SQLite::Database&> {
    return run(doing, [&](SQLite::Database& database) {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      auto result = work(database);
      if (result) transaction.commit();
      return result;
    });
  }

  // The same without a transaction, for a single SELECT.
  template <typename Work>
  auto run(std::string_view doing, Work&& work) -> std::invoke_result_t<Work, SQLite::Database&> {
    const std::scoped_lock lock(mutex_);
    try {
      return work(database_);
    } catch (const SQLite::Exception& exception) {
      return database_failure(doing, exception);
    }
  }

  // Whether the database answers and its file system has room.
  Result<void> check();

  const SealedBox& box() const { return box_; }
  const std::string& path() const { return path_; }

 private:
  StoreFile(std::string path, FileDescriptor home, FileDescriptor lock, SealedBox box,
            SQLite::Database database)
      : path_(std::move(path)),
        home_(std::move(home)),
        lock_(std::move(lock)),
        box_(std::move(box)),
        database_(std::move(database)) {}

  const std::string path_;
  const FileDescriptor home_;
  const FileDescriptor lock_;
  const SealedBox box_;
  std::mutex mutex_;
  SQLite::Database database_;  // closed first, while the lock still holds
};

}  // namespace akko::sqlite
