#include "adapters/sqlite_store_answers.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

namespace akko::sqlite {
namespace {

constexpr UnixMillis kKeptFor = 24LL * 60 * 60 * 1000;
constexpr std::size_t kMaxBodyBytes = 256 * 1024;

struct KeptAnswer {
  std::string fingerprint;
  StoredAnswer answer;
};

// Claims live in memory and answers in the database: only this process can hold a claim (it holds the lock
// on the state directory), so a claim ends with the process, and claiming costs no commit.
class SqliteAnswers final : public IdempotencyStore {
 public:
  SqliteAnswers(std::shared_ptr<StoreFile> file, const Clock& clock)
      : file_(std::move(file)), clock_(clock) {}

  Result<Claim> claim(std::string_view principal, std::string_view key, std::string_view request) override {
    const auto fingerprint = file_->box().fingerprint(request);
    const Scope scope{principal, key};
    const std::scoped_lock lock(mutex_);
    if (const auto held = claims_.find(scope); held != claims_.end()) {
      return Claim{held->second == fingerprint ? Verdict::in_progress : Verdict::mismatch, {}};
    }
    AKKO_TRY(auto kept, find(scope));
    if (kept && kept->fingerprint != fingerprint) return Claim{Verdict::mismatch, {}};
    if (kept) return Claim{Verdict::replay, std::move(kept->answer)};
    claims_.emplace(scope, fingerprint);
    return Claim{Verdict::proceed, {}};
  }

  // The claim ends in any case: an answer that could not be kept must not block the key.
  Result<void> keep(std::string_view principal, std::string_view key, const StoredAnswer& answer) override {
    const Scope scope{principal, key};
    const std::scoped_lock lock(mutex_);
    const auto claim = claims_.extract(scope);
    if (claim.empty()) return fail(ErrorCode::internal, "not_claimed", "an answer to keep has no claim");
    if (answer.body.size() > kMaxBodyBytes) {
      return fail(ErrorCode::payload_too_large, "answer_too_large", "an answer beyond 256 KiB is not kept");
    }
    return save(scope, {claim.mapped(), answer});
  }

  Result<void> release(std::string_view principal, std::string_view key) override {
    const std::scoped_lock lock(mutex_);
    claims_.erase(Scope{principal, key});
    return {};
  }

 private:
  using Scope = std::pair<std::string, std::string>;  // principal, key

  Result<std::optional<KeptAnswer>> find(const Scope& scope) {
    return file_->run(
        "reading a kept answer", [&](SQLite::Database& database) -> Result<std::optional<KeptAnswer>> {
          SQLite::Statement select(
              database,
              "SELECT fingerprint, status, content_type, etag, location, body FROM answers "
              "WHERE principal = ? AND key = ? AND kept_at > ?");
          SQLite::bind(select, scope.first, scope.second, clock_.now() - kKeptFor);
          if (!select.executeStep()) return std::nullopt;
          const auto text = [&](int column) { return select.getColumn(column).getString(); };
          return KeptAnswer{text(0), {select.getColumn(1).getInt(), text(2), text(3), text(4), text(5)}};
        });
  }

  Result<void> save(const Scope& scope, const KeptAnswer& kept) {
    return file_->write("keeping an answer", [&](SQLite::Database& database) -> Result<void> {
      SQLite::Statement sweep(database, "DELETE FROM answers WHERE kept_at <= ?");
      sweep.bind(1, clock_.now() - kKeptFor);
      sweep.exec();
      SQLite::Statement insert(
          database,
          "INSERT OR REPLACE INTO answers (principal, key, status, content_type, etag, location, "
          "body, kept_at, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
      const auto& answer = kept.answer;
      SQLite::bind(insert, scope.first, scope.second, answer.status, answer.content_type, answer.etag,
                   answer.location, answer.body, clock_.now());
      insert.bind(9, kept.fingerprint.data(), static_cast<int>(kept.fingerprint.size()));
      insert.exec();
      return {};
    });
  }

  const std::shared_ptr<StoreFile> file_;  // shared with the catalogs: one connection
  const Clock& clock_;
  std::mutex mutex_;
  std::map<Scope, std::string> claims_;  // -> fingerprint of the request in progress
};

}  // namespace

std::unique_ptr<IdempotencyStore> make_answers(std::shared_ptr<StoreFile> file, const Clock& clock) {
  return std::make_unique<SqliteAnswers>(std::move(file), clock);
}

}  // namespace akko::sqlite
