#include "api/operation_handlers.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/etag.hpp"
#include "api/event_stream.hpp"
#include "api/operation_views.hpp"
#include "api/problem.hpp"

namespace akko::api {
namespace {

// Passes the events of an operation on to one client.
class StreamWatcher final : public OperationWatcher {
 public:
  explicit StreamWatcher(std::shared_ptr<EventStream> stream) : stream_(std::move(stream)) {}

  void tell(const OperationEvent& event) override {
    static_cast<void>(stream_->push(rendered(event)));  // a client that has gone needs nothing
  }
  void end() override { stream_->close(); }
  bool gone() const override { return stream_->closed(); }

 private:
  static Event rendered(const OperationEvent& event) {
    const auto id = std::to_string(event.number);
    switch (event.kind) {
      case OperationEvent::Kind::plan:
        return {"plan", id, operation_json(*event.operation)};
      case OperationEvent::Kind::step:
        return {"step", id, operation_step_json(event.step)};
      case OperationEvent::Kind::result:
        break;
    }
    return {"result", id, operation_json(*event.operation)};
  }

  const std::shared_ptr<EventStream> stream_;
};

Response unknown_operation(const Request& request) {
  return problem(
      404, "operation_not_found",
      "no such operation is known here: operations are kept in memory, for an hour after their end "
      "at most, and a restart forgets them; the list of catalogs shows what came of it",
      request);
}

// The number of the event that the client saw last; 0, which is before the first, for anything else.
std::uint64_t last_seen(const Request& request) {
  const auto text = request.header("last-event-id");
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? number : 0;
}

Response get_operation(const HandlerPorts& ports, const Request& request) {
  const auto operation = ports.operations.find(request.path_parameter("id"));
  if (!operation) return unknown_operation(request);
  return Response::json(200, operation_json(*operation));
}

Response watch_operation(const HandlerPorts& ports, const Request& request) {
  auto stream = std::make_shared<EventStream>();
  stream->expect_end();
  const auto watcher = std::make_shared<StreamWatcher>(stream);
  if (!ports.operations.watch(request.path_parameter("id"), last_seen(request), watcher))
    return unknown_operation(request);
  return Response::events(std::move(stream));
}

Response get_name(const HandlerPorts& ports, const Request& request) {
  return Response::json(200, name_json(request.path_parameter("name"), *ports.service.catalogs(),
                                       *ports.listing.get(), ports.operations));
}

Response get_foreign_catalogs(const HandlerPorts& ports, const Request& request) {
  auto body = std::make_shared<const std::string>(
      foreign_catalogs_json(*ports.service.catalogs(), *ports.listing.get()));
  const auto etag = content_etag(*body);
  return conditional(request, std::move(body), etag);
}

}  // namespace

// A list of preferences, in one header or several: "respond-async, wait=10". Names know no case.
bool prefers_async(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "prefer") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      auto one = rest.substr(0, comma);
      one = one.substr(0, one.find_first_of(";="));
      one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
      while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
      if (same_token(one, "respond-async")) return true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  return false;
}

Response register_in_background(const HandlerPorts& ports, Caller caller,
                                CatalogService::AdmittedRegistration admitted) {
  const auto id = admitted.operation.id();
  const auto operation = ports.operations.find(id);
  auto response = Response::json(202, operation_json(*operation))
                      .with("Location", "/api/admin/operations/" + id)
                      .with("Preference-Applied", "respond-async");
  // Shared, because what a std::function holds must be copyable.
  auto moved = std::make_shared<CatalogService::AdmittedRegistration>(std::move(admitted));
  response.work = [&service = ports.service, caller = std::move(caller), moved = std::move(moved)] {
    static_cast<void>(service.run_registration(std::move(*moved), caller));  // the operation tells its end
  };
  return response;
}

void add_operation_routes(Router& router, const HandlerPorts& ports) {
  router.add({Method::get, "/api/admin/operations/{id}", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return get_operation(ports, request); }});
  router.add({Method::get, "/api/admin/operations/{id}/events", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return watch_operation(ports, request); }});
  router.add({Method::get, "/api/admin/names/{name}", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return get_name(ports, request); }});
  router.add({Method::get, "/api/admin/trino/catalogs", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return get_foreign_catalogs(ports, request); }});
}

}  // namespace akko::api
