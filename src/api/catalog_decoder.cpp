#include "api/catalog_decoder.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/strict_json.hpp"

namespace akko::api {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) { return std::string(value.get_string()); }

class Decoder {
 public:
  DecodedRequest decode(const json::object& body) {
    for (const auto& member : body) read_member(member.key(), member.value());
    return std::move(decoded_);
  }

 private:
  void read_member(std::string_view name, const json::value& value) {
    auto& request = decoded_.request;
    if (name == "name") {
      read_text(name, value, request.name);
    } else if (name == "connector") {
      read_text(name, value, request.connector);
    } else if (name == "description") {
      read_text(name, value, request.description);
    } else if (name == "properties") {
      read_map(name, value,
               [&](const std::string& key, std::string text) { request.properties[key] = std::move(text); });
    } else if (name == "credentials") {
      read_map(name, value, [&](const std::string& key, std::string text) {
        request.credentials[key] = Secret(std::move(text));
      });
    } else if (name == "fields") {
      read_fields(value);
    } else if (name == "allow_roles") {
      read_roles(value);
    } else {
      complain(std::string(name.substr(0, 60)), "unknown",
               "a catalog has the members name, connector, fields, properties, credentials, description and "
               "allow_roles");
    }
  }

  void read_text(std::string_view field, const json::value& value, std::string& into) {
    if (value.is_string()) {
      into = text_of(value);
    } else {
      complain(std::string(field), "type", "must be a text");
    }
  }

  template <typename Keep>
  void read_map(std::string_view field, const json::value& value, Keep&& keep) {
    if (!value.is_object()) return complain(std::string(field), "type", "must be an object of texts");
    for (const auto& entry : value.get_object()) {
      const std::string key(entry.key());
      if (entry.value().is_string()) {
        keep(key, text_of(entry.value()));
      } else {
        complain(std::string(field) + "." + key.substr(0, 60), "type",
                 "must be a text; write numbers and booleans as \"…\" too");
      }
    }
  }

  // Values of a form: texts, whole numbers and booleans, and objects of texts.
  void read_fields(const json::value& value) {
    if (!value.is_object()) return complain("fields", "type", "must be an object");
    auto& request = decoded_.request;
    request.by_form = true;
    for (const auto& entry : value.get_object()) {
      const std::string key(entry.key());
      const auto& given = entry.value();
      if (given.is_null()) {
        continue;  // not filled in
      } else if (given.is_string()) {
        request.field_texts[key] = Secret(text_of(given));
      } else if (given.is_bool()) {
        request.field_texts[key] = Secret(given.get_bool() ? "true" : "false");
      } else if (given.is_int64()) {
        request.field_texts[key] = Secret(std::to_string(given.get_int64()));
      } else if (given.is_object()) {
        read_map("fields." + key.substr(0, 60), given, [&](const std::string& name, std::string text) {
          request.field_maps[key][name] = std::move(text);
        });
      } else {
        complain("fields." + key.substr(0, 60), "type",
                 "must be a text, a whole number, true, false or an object of texts");
      }
    }
  }

  void read_roles(const json::value& value) {
    if (!value.is_array()) return complain("allow_roles", "type", "must be an array of role names");
    auto& roles = decoded_.request.allow_roles.emplace();
    std::size_t index = 0;
    for (const auto& role : value.get_array()) {
      const auto field = "allow_roles[" + std::to_string(index++) + "]";
      if (role.is_string()) {
        roles.push_back(text_of(role));
      } else {
        complain(field, "type", "must be a text");
      }
    }
  }

  void complain(std::string field, std::string code, std::string message) {
    // A body of a megabyte could be wrong in a hundred thousand places; nobody reads more than these.
    if (decoded_.violations.size() < 100) {
      decoded_.violations.push_back({std::move(field), std::move(code), std::move(message)});
    }
  }

  DecodedRequest decoded_;
};

}  // namespace

Result<DecodedRequest> decode_catalog_request(std::string_view body) {
  AKKO_TRY(const json::value parsed, parse_strict_json(body));
  if (!parsed.is_object())
    return fail(ErrorCode::malformed, "malformed_json", "the body must be a JSON object");
  return Decoder().decode(parsed.get_object());
}

}  // namespace akko::api
