// Checks of registered catalogs: run one now, show the last ones.
#include <utility>

#include "api/check_stream.hpp"
#include "api/event_stream.hpp"
#include "api/handlers.hpp"
#include "api/problem.hpp"

namespace akko::api {
namespace {

Response check_catalog(const HandlerPorts& ports, const Request& request) {
  auto asked = ports.checks.admit(request.path_parameter("name"), caller_of(request));
  if (!asked) return problem(asked.error(), request);
  const auto deadline = CatalogChecks::deadline_of(**asked);
  return check_answer(request, deadline,
                      [&checks = ports.checks, asked = std::move(*asked)](
                          const CheckProgress::Observer& observer, const std::stop_token& stop) {
                        return checks.run(*asked, stop, observer);
                      });
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
