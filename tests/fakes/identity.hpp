// Fakes of the identity and audit ports. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/ports.hpp"

namespace akko::fakes {

// Knows tokens by name: a token that was not added is refused.
class FakeVerifier final : public TokenVerifier {
 public:
  void add(std::string token, Principal principal) { principals_[std::move(token)] = std::move(principal); }
  void go_down() { down_ = true; }

  Result<Principal> verify(std::string_view token) override {
    if (down_) return fail(ErrorCode::unavailable, "keys_unavailable", "no signing keys yet");
    const auto found = principals_.find(std::string(token));
    if (found == principals_.end()) {
      return fail(ErrorCode::unauthenticated, "token_unknown", "the \"token\" is not known");
    }
    return found->second;
  }
  Result<std::string> check() override { return std::string("ok"); }

 private:
  std::map<std::string, Principal> principals_;
  bool down_ = false;
};

class RecordingAudit final : public AuditLog {
 public:
  void write(const AuditEvent& event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
  }
  std::vector<AuditEvent> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<AuditEvent> events_;
};

}  // namespace akko::fakes
