// Checks of registered catalogs: run one now, show the last ones.
#include <utility>

#include "api/event_stream.hpp"
#include "api/handlers.hpp"
#include "api/problem.hpp"

namespace akko::api {
namespace {

using Asked = std::shared_ptr<CatalogChecks::Asked>;

// As the test of a new connection streams: plan, then each step as it begins and ends, then the result.
Response stream_check(const HandlerPorts& ports, Asked asked) {
  auto stream = std::make_shared<EventStream>();
  auto work = [&checks = ports.checks, stream, asked = std::move(asked)] {
    stream->push({"plan", "", check_plan_json(CheckProgress().steps(), CatalogChecks::deadline_of(*asked))});
    const auto report = checks.run(*asked, stream->stop_token(), [&](const StepReport& step) {
      stream->push({"step", "", step_json(step)});
    });
    stream->push({"result", "", test_report_json(report)});
    stream->close();
  };
  return Response::events(std::move(stream), std::move(work));
}

Response check_catalog(const HandlerPorts& ports, const Request& request) {
  const Caller caller{request.principal, request.request_id, request.peer, request.stop};
  auto asked = ports.checks.admit(request.path_parameter("name"), caller);
  if (!asked) return problem(asked.error(), request);
  if (request.header("accept").find("text/event-stream") != std::string_view::npos)
    return stream_check(ports, std::move(*asked));
  return Response::json(200, test_report_json(ports.checks.run(**asked, request.stop)));
}

// Ends when the client leaves, reads too slowly, or after a while; it then asks again.
Response watch_catalogs(const HandlerPorts& ports, const Request& request) {
  if (request.method == Method::head) {
    auto nothing = std::make_shared<EventStream>();
    nothing->close();
    return Response::events(std::move(nothing));
  }
  auto stream = ports.events.watch();
  if (stream) return Response::events(std::move(stream));
  return problem(503, "too_many_watchers", "as many clients as may watch the list of catalogs do so already",
                 request);
}

Response show_checks(const HandlerPorts& ports, const Request& request) {
  const auto checks = ports.checks.history(request.path_parameter("name"));
  return checks ? Response::json(200, checks_json(*checks)) : problem(checks.error(), request);
}

}  // namespace

void add_health_routes(Router& router, const HandlerPorts& ports) {
  router.add({Method::get, "/api/admin/events", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return watch_catalogs(ports, request); }});
  router.add({Method::post, "/api/admin/catalogs/{name}/test", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return check_catalog(ports, request); },
              OnDisconnect::cancel});
  router.add({Method::get, "/api/admin/catalogs/{name}/checks", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return show_checks(ports, request); }});
}

}  // namespace akko::api
