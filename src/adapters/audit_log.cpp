// Audit lines on the log's stream. The members up to `timestamp` are a contract (product.md 1.8): always
// there, in that spelling; what follows is there when it is not empty.
#include <chrono>
#include <utility>

#include "adapters/adapters.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"

namespace akko {
namespace {

class JsonAuditLog final : public AuditLog {
 public:
  explicit JsonAuditLog(const Clock& clock) : clock_(clock) {}

  void write(const AuditEvent& event) override {
    JsonWriter line;
    line.begin_object()
        .member("audit_type", "CATALOG_MANAGER")
        .member("event", event.event)
        .member("name", event.name)
        .member("connector", event.connector)
        .member("user", event.user)
        .key("allow_roles")
        .begin_array();
    for (const auto& role : event.allow_roles) line.value(role);
    line.end_array().key("timestamp").moment(clock_.now());
    const std::pair<std::string_view, const std::string&> optional[] = {
        {"result", event.result},         {"code", event.code},     {"operation_id", event.operation_id},
        {"request_id", event.request_id}, {"client", event.client}, {"detail", event.detail}};
    for (const auto& [name, value] : optional) {
      if (!value.empty()) line.member(name, value);
    }
    log::write_json_line(line.end_object().take());
  }

 private:
  const Clock& clock_;
};

class SystemClock final : public Clock {
 public:
  UnixMillis now() const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }
};

}  // namespace

std::unique_ptr<AuditLog> make_audit_log(const Clock& clock) { return std::make_unique<JsonAuditLog>(clock); }

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace akko
