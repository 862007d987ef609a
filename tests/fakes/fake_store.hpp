// The record in memory, with the rules of the real store: unique names, revisions, one journal row per open
// operation. Can be told to fail at the n-th write.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "app/ports.hpp"

namespace akko::fakes {

class FakeStore final : public CatalogStore {
 public:
  std::shared_ptr<const CatalogSnapshot> snapshot() const override {
    const std::lock_guard lock(mutex_);
    auto snapshot = std::make_shared<CatalogSnapshot>();
    for (const auto& [name, catalog] : catalogs_)
      snapshot->catalogs.push_back(std::make_shared<const Catalog>(catalog));
    snapshot->generation = generation_;
    return snapshot;
  }
  Result<Catalog> reserve(const Catalog& draft, const SecretValues& secrets,
                          const OperationRecord& operation) override {
    const std::lock_guard lock(mutex_);
    AKKO_CHECK(write());
    const auto& name = draft.spec.name.text();
    if (catalogs_.contains(name))
      return fail(ErrorCode::already_exists, "name_taken", "the name " + name + " is in use");
    auto stored = draft;
    stored.health_revision = stored.revision = 1;
    catalogs_.emplace(name, stored);
    secrets_[name] = secrets;
    journal_.insert_or_assign(operation.id, operation);
    return stored;
  }
  Result<Catalog> update(const Catalog& catalog, const OperationRecord* begin,
                         const std::string* end) override {
    const std::lock_guard lock(mutex_);
    AKKO_CHECK(write());
    const auto found = catalogs_.find(catalog.spec.name.text());
    if (found == catalogs_.end() || found->second.revision != catalog.revision) {
      return fail(ErrorCode::already_exists, "conflict", "the catalog was changed meanwhile");
    }
    found->second = catalog;
    found->second.health_revision = ++found->second.revision;
    if (begin != nullptr) journal_.insert_or_assign(begin->id, *begin);
    if (end != nullptr) journal_.erase(*end);
    return found->second;
  }
  Result<void> erase(const CatalogName& name, const std::string& operation_id) override {
    const std::lock_guard lock(mutex_);
    AKKO_CHECK(write());
    catalogs_.erase(name.text());
    secrets_.erase(name.text());
    checks_.erase(name.text());
    journal_.erase(operation_id);
    return {};
  }
  Result<Catalog> record_health(const CatalogName& name, std::uint64_t revision, const HealthDetail& health,
                                const CheckRecord* check) override {
    const std::lock_guard lock(mutex_);
    AKKO_CHECK(write());
    const auto found = catalogs_.find(name.text());
    if (found == catalogs_.end() || found->second.revision != revision)
      return fail(ErrorCode::already_exists, "conflict", "the catalog was changed meanwhile");
    found->second.health = health;
    ++found->second.health_revision;
    if (check == nullptr) return found->second;
    auto& checks = checks_[name.text()];
    checks.insert(checks.begin(), *check);
    if (checks.size() > kKeptChecks) checks.resize(kKeptChecks);
    return found->second;
  }
  Result<std::vector<CheckRecord>> checks(const CatalogName& name) override {
    const std::lock_guard lock(mutex_);
    return checks_[name.text()];
  }
  Result<void> journal(const OperationRecord& operation) override {
    const std::lock_guard lock(mutex_);
    AKKO_CHECK(write());
    journal_.insert_or_assign(operation.id, operation);
    return {};
  }
  Result<std::vector<OperationRecord>> open_operations() override {
    const std::lock_guard lock(mutex_);
    std::vector<OperationRecord> open;
    for (const auto& [id, operation] : journal_) open.push_back(operation);
    return open;
  }
  Result<SecretValues> secrets(const CatalogName& name) override {
    const std::lock_guard lock(mutex_);
    return secrets_[name.text()];
  }
  Result<std::uint64_t> next_secret_revision() override {
    const std::lock_guard lock(mutex_);
    return ++secret_revision_;
  }
  Result<void> remember(std::string_view key, std::string_view value) override {
    const std::lock_guard lock(mutex_);
    facts_[std::string(key)] = value;
    return {};
  }
  Result<std::string> recall(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    return facts_[std::string(key)];
  }
  Result<void> check() override { return {}; }

  // Writes fail from the n-th on (1 = the next); 0 = none fails.
  void fail_writes_from(int n) {
    const std::lock_guard lock(mutex_);
    fail_in_ = n;
  }
  int writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }

 private:
  Result<void> write() {
    ++writes_;
    ++generation_;
    if (fail_in_ > 0 && --fail_in_ == 0) {
      fail_in_ = 1;
      return fail(ErrorCode::internal, "store_failed", "the disk is full");
    }
    return {};
  }

  mutable std::mutex mutex_;
  std::map<std::string, Catalog> catalogs_;
  std::map<std::string, SecretValues> secrets_;
  std::map<std::string, OperationRecord> journal_;
  std::map<std::string, std::vector<CheckRecord>> checks_;
  std::map<std::string, std::string> facts_;
  std::uint64_t generation_ = 0;
  std::uint64_t secret_revision_ = 0;
  int writes_ = 0;
  int fail_in_ = 0;
};

}  // namespace akko::fakes
