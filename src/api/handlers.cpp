#include "api/handlers.hpp"

#include <functional>
#include <mutex>
#include <utility>

#include "api/catalog_decoder.hpp"
#include "api/check_stream.hpp"
#include "api/dev_issuer_routes.hpp"
#include "api/etag.hpp"
#include "api/idempotency.hpp"
#include "api/operation_handlers.hpp"
#include "api/problem.hpp"
#include "app/refusals.hpp"
#include "base/json_writer.hpp"

namespace akko::api {
namespace {

Response fresh_json(const Request& request, std::string text) {
  auto body = std::make_shared<const std::string>(std::move(text));
  const auto etag = content_etag(*body);
  return conditional(request, std::move(body), etag);
}

// The list of catalogs, rendered once for each state of the record and of Trino.
class CatalogList {
 public:
  struct Rendered {
    std::uint64_t generation = 0;
    bool trino_up = false;
    std::shared_ptr<const std::string> body;
    std::string etag;
  };

  std::shared_ptr<const Rendered> render(const CatalogSnapshot& snapshot, bool trino_up) {
    const std::lock_guard lock(mutex_);
    if (!latest_ || latest_->generation != snapshot.generation || latest_->trino_up != trino_up) {
      auto body = std::make_shared<const std::string>(catalog_list_json(snapshot, trino_up));
      auto etag = content_etag(*body);
      latest_ = std::make_shared<const Rendered>(
          Rendered{snapshot.generation, trino_up, std::move(body), std::move(etag)});
    }
    return latest_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const Rendered> latest_;
};

Response create_catalog(const HandlerPorts& ports, const Request& request) {
  if (const auto json = require_json(request); !json) return problem(json.error(), request);
  auto decoded = decode_catalog_request(request.body);
  if (!decoded) return problem(decoded.error(), request);
  const auto caller = caller_of(request);
  auto admitted = ports.service.admit_registration(decoded->request, std::move(decoded->violations), caller);
  if (!admitted) return problem(admitted.error(), request);
  if (prefers_async(request)) return register_in_background(ports, caller, std::move(*admitted));
  const auto created = ports.service.run_registration(std::move(*admitted), caller);
  if (!created) {
    const auto& [error, steps] = created.error();
    return problem(error, request, steps.empty() ? "" : steps_json(steps));
  }
  return Response::json(201, catalog_json(*created, ports.service.form_values(*created), ports.trino.up()))
      .with("Location", "/api/admin/catalogs/" + created->spec.name.text())
      .with("ETag", catalog_etag(*created, ports.trino.up()));
}

Response test_catalog(const HandlerPorts& ports, const Request& request) {
  if (const auto json = require_json(request); !json) return problem(json.error(), request);
  auto decoded = decode_catalog_request(request.body);
  if (!decoded) return problem(decoded.error(), request);
  auto caller = caller_of(request);
  auto test = ports.service.admit_test(decoded->request, std::move(decoded->violations), caller);
  if (!test) return problem(test.error(), request);
  const auto deadline = test->deadline;
  return check_answer(request, deadline,
                      [&service = ports.service, caller = std::move(caller), test = std::move(*test)](
                          const CheckProgress::Observer& observer, const std::stop_token& stop) {
                        auto watched = caller;
                        watched.stop = stop;
                        return service.run_test(test, watched, observer);
                      });
}

Response get_catalog(const HandlerPorts& ports, const Request& request) {
  const auto snapshot = ports.service.catalogs();
  const auto* catalog = snapshot->find(request.path_parameter("name"));
  if (catalog == nullptr) return problem(no_such_catalog().value(), request);
  const bool trino_up = ports.trino.up();
  auto body = catalog_json(*catalog, ports.service.form_values(*catalog), trino_up);
  return conditional(request, std::make_shared<const std::string>(std::move(body)),
                     catalog_etag(*catalog, trino_up));
}

Response delete_catalog(const HandlerPorts& ports, const Request& request) {
  const auto revision = if_match_revision(request);
  if (!revision) return problem(revision.error(), request);
  const auto removed = ports.service.remove(request.path_parameter("name"), *revision, caller_of(request));
  return removed ? Response::empty(204) : problem(removed.error(), request);
}

// As `render` says it in the language that the client prefers.
Response in_its_language(const Request& request, const std::function<std::string(Language)>& render) {
  const auto language = preferred_language(request.header("accept-language"));
  auto response = fresh_json(request, render(language));
  response.headers.emplace_back("Content-Language", to_string(language));
  response.headers.emplace_back("Vary", "Accept-Language");
  return response;
}

Response get_connectors(const HandlerPorts& ports, const Request& request) {
  return in_its_language(request, [&](Language language) {
    return connector_list_json(ports.connectors, ports.trino.facts(), language);
  });
}

Response get_connector(const HandlerPorts& ports, const Request& request) {
  const auto* definition = ports.connectors.find(request.path_parameter("id"));
  if (definition == nullptr) {
    return problem(404, "connector_not_found",
                   "there is no such connector; GET /api/admin/connectors lists them", request);
  }
  return in_its_language(
      request, [&](Language language) { return connector_json(*definition, ports.trino.facts(), language); });
}

Response get_phrases(const HandlerPorts& ports, const Request& request) {
  return in_its_language(request,
                         [&](Language language) { return phrases_json(ports.connectors, language); });
}

Response readyz(const HandlerPorts& ports) {
  const auto store = ports.store.check();
  const auto keys = ports.verifier.check();
  const auto trino = ports.trino.facts();
  const bool ready = store && keys && trino.up;
  JsonWriter json;
  json.begin_object().member("status", ready ? "ready" : "not ready").key("checks").begin_object();
  json.member("store", store ? "ok" : store.error().message);
  json.member("keys", keys ? *keys : keys.error().message);
  json.member("trino", trino.up ? "ok" : trino.problem);
  json.member("secrets_provider", to_string(trino.secrets_provider));
  json.member("warm_up", to_string(trino.warm_up)).end_object().end_object();
  return Response::json(ready ? 200 : 503, json.take());
}

void add_catalog_routes(Router& router, const HandlerPorts& ports) {
  const auto list = std::make_shared<CatalogList>();
  router.add({Method::get, "/api/admin/catalogs", Access::admin, Runs::quick, "",
              [ports, list](const Request& request) {
                const auto rendered = list->render(*ports.service.catalogs(), ports.trino.up());
                return conditional(request, rendered->body, rendered->etag);
              }});
  router.add(
      {Method::post, "/api/admin/catalogs", Access::admin, Runs::worker, "", [ports](const Request& request) {
         return once_per_key(ports.idempotency, request, [&] { return create_catalog(ports, request); });
       }});
  router.add({Method::post, "/api/admin/catalogs/test", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return test_catalog(ports, request); },
              OnDisconnect::cancel});
  router.add({Method::get, "/api/admin/catalogs/{name}", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return get_catalog(ports, request); }});
  router.add({Method::delete_, "/api/admin/catalogs/{name}", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return delete_catalog(ports, request); }});
}

void add_reading_routes(Router& router, const HandlerPorts& ports) {
  router.add({Method::get, "/api/admin/connectors", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return get_connectors(ports, request); }});
  router.add({Method::get, "/api/admin/phrases", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return get_phrases(ports, request); }});
  router.add({Method::get, "/api/admin/connectors/{id}", Access::admin, Runs::quick, "",
              [ports](const Request& request) { return get_connector(ports, request); }});
  router.add(
      {Method::get, "/api/admin/me", Access::authenticated, Runs::quick, "", [ports](const Request& request) {
         return Response::json(200, me_json(request.principal, ports.server, ports.trino.facts()));
       }});
}

void add_open_routes(Router& router, const HandlerPorts& ports) {
  router.add({Method::get, "/healthz", Access::open, Runs::quick, "",
              [](const Request&) { return Response::json(200, R"({"status":"alive"})"); }});
  router.add({Method::get, "/readyz", Access::open, Runs::worker, "",
              [ports](const Request&) { return readyz(ports); }});
  router.add({Method::get, "/metrics", Access::open, Runs::quick, "", [ports](const Request&) {
                return Response::text(200, "text/plain; version=0.0.4; charset=utf-8", ports.metrics.text());
              }});
  const auto contract = std::make_shared<const std::string>(ports.openapi_json);
  router.add({Method::get, "/openapi.json", Access::open, Runs::quick, "",
              [contract, etag = content_etag(*contract)](const Request& request) {
                return conditional(request, contract, etag);
              }});
}

}  // namespace

Caller caller_of(const Request& request) {
  return {request.principal, request.request_id, request.peer, request.stop};
}

void add_routes(Router& router, const HandlerPorts& ports) {
  add_catalog_routes(router, ports);
  add_health_routes(router, ports);
  add_history_routes(router, ports);
  add_role_routes(router, ports);
  add_reading_routes(router, ports);
  add_operation_routes(router, ports);
  add_open_routes(router, ports);
  add_page_routes(router, ports.page);
  if (ports.dev_issuer != nullptr) add_dev_issuer_routes(router, *ports.dev_issuer);
}

}  // namespace akko::api
