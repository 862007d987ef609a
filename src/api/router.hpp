// The route table: method, path, who may call, where it runs, handler. A route cannot exist without
// stating its access.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/http.hpp"
#include "app/ports.hpp"

namespace akko {
class Metrics;
}

namespace akko::api {

enum class Access : std::uint8_t {
  open,           // no token: health, metrics, the contract
  authenticated,  // any verified token
  admin,          // a verified token with the admin role
};

// Where a handler runs. `quick` handlers run on the I/O thread and must never wait on the outside
// (memory only); all others run on the worker pool.
enum class Runs : std::uint8_t { quick, worker };

// What becomes of the work on the `worker` pool when its client leaves. Of events the stream is told in
// either case.
enum class OnDisconnect : std::uint8_t {
  keep,    // it goes on: what was begun is finished
  cancel,  // Request::stop is requested; a client that closes its sending half has left, too
};

struct Route {
  Method method;
  std::string path;  // "/api/admin/catalogs/{name}"
  Access access;
  Runs runs;
  std::string audit_event;  // event to audit when access is denied; "" = ACCESS_DENIED
  Handler handler;
  OnDisconnect on_disconnect = OnDisconnect::keep;
};

// Finds the route, proves identity, checks the role, guards the handler (an exception becomes 500),
// counts and times. Thread-safe once built.
class Router {
 public:
  struct Settings {
    std::string admin_role;
  };
  Router(Settings settings, TokenVerifier& verifier, AuditLog& audit, Metrics& metrics);
  ~Router();

  void add(Route route);

  // Whether the request must go to the worker pool. Unknown paths and refused methods are quick.
  Runs runs(const Request& request) const;
  OnDisconnect on_disconnect(const Request& request) const;

  // Never throws. HEAD is answered as GET; the server leaves the body out. In order: the path is known
  // (404), the method too (405; OPTIONS is answered here), the token is good (401, 503), the role is
  // there (403). A more literal path wins: POST /catalogs/test is a route of its own beside
  // /catalogs/{name}, and GET /catalogs/test reads the catalog "test".
  Response handle(Request& request) const;

  // Counts a request that the server refused before it could be routed (malformed, too large, …).
  void count_refusal(const Request& request, int status) const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace akko::api
