// The history of a catalog: what the audit log says of its name.
#include "api/handlers.hpp"
#include "api/problem.hpp"

namespace akko::api {
namespace {

// Also of a catalog that is gone, while something is kept of it.
Response show_history(const HandlerPorts& ports, const Request& request) {
  const auto name = request.path_parameter("name");
  const auto events = ports.history.events(name);
  if (!events) return problem(events.error(), request);
  if (events->empty() && ports.store.snapshot()->find(name) == nullptr) {
    return problem(404, "catalog_not_found",
                   "there is no registered catalog of this name, and nothing is kept of an earlier one",
                   request);
  }
  return Response::json(200, history_json(*events));
}

}  // namespace

void add_history_routes(Router& router, const HandlerPorts& ports) {
  router.add({Method::get, "/api/admin/catalogs/{name}/history", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return show_history(ports, request); }});
}

}  // namespace akko::api
