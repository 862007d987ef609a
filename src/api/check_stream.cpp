#include "api/check_stream.hpp"

#include <memory>
#include <utility>

#include "api/event_stream.hpp"
#include "api/problem.hpp"
#include "api/views.hpp"

namespace akko::api {

namespace {

// What could not be tested after all, as a report.
TestReport untested(const Error& error) {
  TestReport report;
  report.diagnosis = {error.reason, error.message, error.fix, error.raw, error.retryable};
  report.steps = CheckProgress().steps();
  return report;
}

}  // namespace

Response check_answer(const Request& request, std::chrono::milliseconds deadline, CheckRun run) {
  if (request.header("accept").find("text/event-stream") == std::string_view::npos) {
    const auto report = run({}, request.stop);
    return report ? Response::json(200, test_report_json(*report)) : problem(report.error(), request);
  }
  auto stream = std::make_shared<EventStream>();
  auto work = [stream, deadline, run = std::move(run)] {
    stream->push({"plan", "", check_plan_json(CheckProgress().steps(), deadline)});
    const auto report = run([&](const StepReport& step) { stream->push({"step", "", step_json(step)}); },
                            stream->stop_token());
    stream->push({"result", "", test_report_json(report ? *report : untested(report.error()))});
    stream->close();
  };
  return Response::events(std::move(stream), std::move(work));
}

}  // namespace akko::api
