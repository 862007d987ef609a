// Operations over HTTP: registrations that answer at once, and what runs as it can be watched.
#pragma once

#include "api/handlers.hpp"

namespace akko::api {

// Whether the client asked for `Prefer: respond-async` (RFC 7240).
bool prefers_async(const Request& request);

// 202 with the operation, which goes on after the answer.
Response register_in_background(const HandlerPorts& ports, Caller caller,
                                CatalogService::AdmittedRegistration admitted);

void add_operation_routes(Router& router, const HandlerPorts& ports);

}  // namespace akko::api
