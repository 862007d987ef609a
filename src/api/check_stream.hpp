// A connection test as an answer: when it has ended, or step by step for a client that takes events.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "api/router.hpp"
#include "app/catalog_service.hpp"

namespace akko::api {

// Runs the test once; an error is one that says nothing of the connection. `stop`: nobody waits for it any
// more.
using CheckRun =
    std::function<Result<TestReport>(const CheckProgress::Observer& observer, const std::stop_token& stop)>;

// `text/event-stream` in Accept: the event `plan`, a `step` as each begins and ends, then `result`, which
// tells of an error too. Otherwise the result alone, or the error as a problem.
Response check_answer(const Request& request, std::chrono::milliseconds deadline, CheckRun run);

}  // namespace akko::api
