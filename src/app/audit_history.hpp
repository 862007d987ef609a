// The audit log, which also keeps what it says of catalogs for their histories.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "app/ports.hpp"

namespace akko {

// Writes each event to `log` at once and on the caller's thread: the line in the log is the record that
// counts. Events that name a catalog, refused accesses left out, go to `trail` as well, by a thread of its
// own: a commit of the store waits for the disk, and the caller is a registration that would wait with it.
// What comes within kTogether goes in one transaction, so that tests by the dozen do not keep the one
// connection of the store busy. Who reads waits for what was said before, and is not kept waiting by
// kTogether.
//
// A trail that cannot be written, or is slower than kWaiting events, loses events and fails nobody: the log
// has them, and a warning says so. A crash loses what the thread had not written; `stop` does not.
//
// Any thread; `stop` is for one. The destructor stops. log, trail and clock outlive it.
class AuditHistory final : public AuditLog {
 public:
  static constexpr std::chrono::milliseconds kTogether{100};
  static constexpr std::size_t kWaiting = 1000;

  AuditHistory(AuditLog& log, AuditTrail& trail, const Clock& clock);
  ~AuditHistory() override { stop(); }
  AuditHistory(const AuditHistory&) = delete;
  AuditHistory& operator=(const AuditHistory&) = delete;

  void write(const AuditEvent& event) override;

  // Newest first, with all that was written before the call; empty when nothing is known of the name.
  Result<std::vector<AuditRecord>> events(std::string_view name);

  // Returns when everything is kept. What is written afterwards reaches the log alone.
  void stop();

 private:
  void work();
  void keep(const std::vector<AuditRecord>& batch, std::size_t lost);

  AuditLog& log_;
  AuditTrail& trail_;
  const Clock& clock_;

  std::mutex mutex_;  // guards what stands below
  std::condition_variable changed_;
  std::vector<AuditRecord> waiting_;
  std::size_t lost_ = 0;          // since the last batch
  std::uint64_t taken_in_ = 0;    // events that were ever put into waiting_
  std::uint64_t dealt_with_ = 0;  // of those, how many are kept or given up
  unsigned readers_ = 0;          // who waits for the thread
  bool stopping_ = false;

  std::thread thread_;  // last: it uses all above
};

}  // namespace akko
