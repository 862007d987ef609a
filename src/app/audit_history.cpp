#include "app/audit_history.hpp"

#include <utility>

#include "base/log.hpp"

namespace akko {

AuditHistory::AuditHistory(AuditLog& log, AuditTrail& trail, const Clock& clock)
    : log_(log), trail_(trail), clock_(clock), thread_([this] { work(); }) {}

void AuditHistory::write(const AuditEvent& event) {
  log_.write(event);
  if (event.name.empty() || event.result == "denied") return;
  AuditRecord record{clock_.now(), event};
  record.event.allow_roles.clear();
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    if (waiting_.size() >= kWaiting) {
      ++lost_;
      return;
    }
    waiting_.push_back(std::move(record));
    ++taken_in_;
  }
  changed_.notify_all();
}

Result<std::vector<AuditRecord>> AuditHistory::events(std::string_view name) {
  {
    std::unique_lock lock(mutex_);
    const auto before = taken_in_;
    ++readers_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return dealt_with_ >= before; });
    --readers_;
  }
  return trail_.events(name);
}

void AuditHistory::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AuditHistory::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    changed_.wait_for(lock, kTogether, [&] { return stopping_ || readers_ > 0; });
    const auto batch = std::exchange(waiting_, {});
    const auto lost = std::exchange(lost_, 0);
    lock.unlock();
    keep(batch, lost);
    lock.lock();
    dealt_with_ += batch.size();
    changed_.notify_all();
  }
}

void AuditHistory::keep(const std::vector<AuditRecord>& batch, std::size_t lost) {
  const auto kept = trail_.keep(batch);
  if (!kept) lost += batch.size();
  if (lost == 0) return;
  log::warn("audit events are missing from the histories of catalogs; the log has them",
            {{"events", lost}, {"reason", kept ? "more came than could be written" : kept.error().message}});
}

}  // namespace akko
