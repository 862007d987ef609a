// Roles: which there are, and whom a choice of them would let in.
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.hpp"
#include "api/problem.hpp"
#include "base/json_writer.hpp"

namespace akko::api {
namespace {

void write_count(JsonWriter& json, std::string_view name, const std::optional<std::size_t>& count) {
  json.key(name);
  if (count) {
    json.value(static_cast<std::uint64_t>(*count));
  } else {
    json.null();
  }
}

std::string listing_json(const RoleListing& listing) {
  JsonWriter json;
  json.begin_object().member("source", listing.source).member("complete", listing.complete);
  json.key("roles").begin_array();
  for (const auto& role : listing.roles) {
    json.begin_object().member("name", role.name).member("description", role.description);
    write_count(json, "members", role.members);
    json.end_object();
  }
  json.end_array().key("problem");
  if (listing.problem.empty()) {
    json.null();
  } else {
    json.value(listing.problem);
  }
  json.end_object();
  return json.take();
}

std::string preview_json(const RolePreview& preview) {
  JsonWriter json;
  json.begin_object();
  write_count(json, "people", preview.people);
  json.key("roles").begin_array();
  for (const auto& role : preview.roles) {
    json.begin_object().member("name", role.name).key("known");
    if (role.known) {
      json.value(*role.known);
    } else {
      json.null();
    }
    write_count(json, "members", role.members);
    json.key("sample").begin_array();
    for (const auto& name : role.sample) json.value(name);
    json.end_array().end_object();
  }
  json.end_array().member("you_keep_access", preview.you_keep_access).end_object();
  return json.take();
}

// "a,b" as its parts; nothing at all is no role.
std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
    if (list.empty()) parts.emplace_back();
  }
  return parts;
}

Response preview_roles(const HandlerPorts& ports, const Request& request) {
  std::vector<std::string> chosen;
  for (const auto& [name, value] : request.query) {
    if (name != "roles") continue;
    auto parts = parts_of(value);
    chosen.insert(chosen.end(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
  }
  const auto preview = ports.roles.preview(chosen, request.principal, request.stop);
  return preview ? Response::json(200, preview_json(*preview)) : problem(preview.error(), request);
}

}  // namespace

void add_role_routes(Router& router, const HandlerPorts& ports) {
  router.add(
      {Method::get, "/api/admin/roles", Access::admin, Runs::worker, "", [ports](const Request& request) {
         return Response::json(200, listing_json(ports.roles.list(request.stop)));
       }});
  router.add({Method::get, "/api/admin/roles/preview", Access::admin, Runs::worker, "",
              [ports](const Request& request) { return preview_roles(ports, request); }});
}

}  // namespace akko::api
