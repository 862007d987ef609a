// Trino's statement protocol without I/O: a state machine that is fed the answers of /v1/statement and says
// which URL to ask next. (Trino docs, "Client REST API".)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/http_client.hpp"
#include "domain/diagnosis.hpp"

namespace akko {

// One statement from its POST to its end. Not thread-safe.
class StatementPager {
 public:
  // `origin`: "http://host:port" of the coordinator. A nextUri elsewhere is refused: a wrong or hostile
  // coordinator must not send us to other servers.
  explicit StatementPager(std::string origin) : origin_(std::move(origin)) {}

  enum class State : unsigned char {
    next,   // ask `next_url()` and feed the answer
    retry,  // ask `next_url()` again after a pause: 429, 502, 503 or 504
    done,   // the statement ended well
    failed  // see `failure()`
  };

  // Feeds one answer. `first`: the answer of the POST, for which 502-504 are failures: nobody knows whether
  // the statement was accepted.
  State feed(const http::Answer& answer);

  const std::string& next_url() const { return next_url_; }
  const TrinoFailure& failure() const { return failure_; }
  const std::string& query_id() const { return query_id_; }
  // Their names; empty until Trino has told them.
  const std::vector<std::string>& columns() const { return columns_; }
  // Rows as texts, in order. NULL becomes "".
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  State fail(TrinoFailure::Kind kind, std::string message);
  State read_page(std::string_view body);

  std::string origin_;
  std::string next_url_;
  std::string query_id_;
  TrinoFailure failure_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
  bool posted_ = false;
};

}  // namespace akko
