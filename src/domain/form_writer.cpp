// From the fields of a form to properties.
#include <algorithm>
#include <utility>

#include "domain/form.hpp"
#include "domain/form_slots.hpp"
#include "domain/validation.hpp"

namespace akko {

class Form::Writer {
 public:
  Writer(const Form& form, const FieldValues& values, std::vector<FieldViolation>& violations)
      : form_(form), values_(values), violations_(violations) {}

  RawValues write() {
    for (const auto& field : form_.fields_) put(field);
    for (const auto& field : form_.fields_) put_map(field);
    for (const auto& property : form_.properties_) write(property);
    for (const auto& [address, value] : slots_.all()) {  // what is known by `sets` alone
      if (address.part == Address::Part::whole && form_.find_property(address.property) == nullptr)
        out_.properties[address.property] = value;
    }
    return std::move(out_);
  }

 private:
  using Part = Address::Part;

  void complain(const std::string& field, std::string code, std::string message) {
    violations_.push_back({field, std::move(code), std::move(message)});
  }

  void put(const FieldDefinition& field) {
    const auto value = values_.find(field.key);
    if (!value) return;
    if (field.to) slots_.put(*field.to, std::string(*value));
    for (const auto& choice : field.choices) {
      if (choice.value != *value) continue;
      for (const auto& [address, text] : choice.sets) slots_.put(address, text);
    }
  }

  void put_map(const FieldDefinition& field) {
    const auto entries = values_.maps.find(field.key);
    if (entries == values_.maps.end() || !field.to) return;
    for (const auto& [name, value] : entries->second) {
      const auto place = "fields." + field.key + "." + shown(name);
      const auto taken = std::find_if(slots_.all().begin(), slots_.all().end(), [&](const auto& slot) {
        return slot.first.property == field.to->property && slot.first.part == Part::parameter &&
               equal_ignoring_case(slot.first.parameter, name);
      });
      if (taken != slots_.all().end()) {
        complain(place, "misplaced", "is set by another field of the form");
      } else {
        slots_.put({field.to->property, Part::parameter, name}, value);
      }
    }
  }

  void keep(const PropertyDefinition& property, std::string value) {
    if (property.secret) {
      out_.secrets[property.name] = Secret(std::move(value));
    } else {
      out_.properties[property.name] = std::move(value);
    }
  }

  void write(const PropertyDefinition& property) {
    const auto* whole = slots_.find({property.name});
    if (property.url && whole == nullptr) return write_url(property);
    if (property.url) check_url(*whole, *property.url, place_of(property, Part::whole), violations_);
    if (!property.templates.empty()) return write_template(property);
    if (whole != nullptr) keep(property, *whole);
  }

  void write_template(const PropertyDefinition& property) {
    for (const auto& one : property.templates) {
      if (!values_.holds(one.when)) continue;
      const auto fields = one.text.fields();
      const bool whole = std::all_of(fields.begin(), fields.end(),
                                     [&](const std::string& key) { return values_.find(key).has_value(); });
      if (!whole) continue;
      auto text = one.text.render([&](std::string_view key) { return values_.find(key); });
      if (text) return keep(property, std::move(*text));
      return complain("fields." + fields.front(), "template",
                      "holds a character that cannot be written into " + property.name);
    }
    for (const auto& one : property.templates) {
      if (values_.holds(one.when) && complain_of_half(one.text)) return;
    }
  }

  // A value that goes nowhere but into a template must not be lost because another one is missing.
  bool complain_of_half(const TextTemplate& text) {
    const auto fields = text.fields();
    const auto given = std::find_if(fields.begin(), fields.end(), [&](const std::string& key) {
      const auto* field = form_.find(key);
      return values_.find(key) && field != nullptr && !field->to && !field->has_sets();
    });
    const auto missing = std::find_if(fields.begin(), fields.end(),
                                      [&](const std::string& key) { return !values_.find(key); });
    if (given == fields.end() || missing == fields.end()) return false;
    complain("fields." + *missing, "required", "is required together with " + form_.find(*given)->label);
    return true;
  }

  // The field that fills a part of the URL, for violations.
  std::string place_of(const PropertyDefinition& property, Part part, std::string_view parameter = {}) const {
    const FieldDefinition* rest = nullptr;
    for (const auto& field : form_.fields_) {
      if (!field.to || field.to->property != property.name) continue;
      if (field.to->part == part && equal_ignoring_case(field.to->parameter, parameter))
        return "fields." + field.key;
      if (field.to->part == Part::other_parameters) rest = &field;
    }
    if (part == Part::parameter && rest != nullptr) return "fields." + rest->key + "." + shown(parameter);
    return "properties." + property.name;
  }

  const std::string* slot(const PropertyDefinition& property, Part part) const {
    return slots_.find({property.name, part});
  }

  void write_url(const PropertyDefinition& property) {
    const auto before = violations_.size();
    const auto& rules = *property.url;
    Url url;
    if (!write_hosts(property, url)) return;
    if (const auto* user = slot(property, Part::user)) url.user = *user;
    if (const auto* password = slot(property, Part::password)) url.password = *password;
    write_path(property, url);
    write_parameters(property, url);
    if (violations_.size() > before) return;
    check_url(
        url, rules,
        [&](std::string_view parameter) {
          return place_of(property, parameter.empty() ? Part::path : Part::parameter, parameter);
        },
        violations_);
    if (violations_.size() > before) return;
    auto text = url.text(rules.syntax);
    const auto again = Url::parse(text, rules.syntax);
    if (!again || *again != url) {
      auto without_path = url;
      without_path.path.clear();
      const bool path_alone = Url::parse(without_path.text(rules.syntax), rules.syntax).has_value();
      const auto host = slot(property, Part::hosts) != nullptr ? Part::hosts : Part::host;
      const auto part = path_alone && !url.path.empty() ? Part::path : host;
      return complain(place_of(property, part), "url",
                      again ? "cannot be written into a URL" : again.error().message);
    }
    keep(property, std::move(text));
  }

  // False when the form says nothing of a host: then there is no URL.
  bool write_hosts(const PropertyDefinition& property, Url& url) {
    const auto& forms = property.url->syntax.forms;
    if (const auto* name = slot(property, Part::form)) {
      const auto found =
          std::find_if(forms.begin(), forms.end(), [&](const auto& form) { return form.name == *name; });
      if (found != forms.end()) url.form = static_cast<std::size_t>(found - forms.begin());
    }
    const auto* list = slot(property, Part::hosts);
    const auto* host = slot(property, Part::host);
    if (list == nullptr && host == nullptr) return false;
    const auto place = place_of(property, list != nullptr ? Part::hosts : Part::host);
    auto hosts = parse_hosts(list != nullptr ? *list : bracketed(*host));
    if (!hosts) {
      complain(place, "url", hosts.error().message);
      return true;
    }
    url.hosts = std::move(*hosts);
    const auto& form = forms[url.form];
    if (list == nullptr && (url.hosts.size() > 1 || url.hosts.front().port != 0)) {
      complain(place, "url", "must be one host, without a port");
      return true;
    }
    if (const auto* text = slot(property, Part::port);
        list == nullptr && text != nullptr && !form.port_forbidden) {
      const auto port = parse_port(*text);
      if (!port) complain(place_of(property, Part::port), "url", port.error().message);
      if (port) url.hosts.front().port = *port;
    }
    for (auto& one : url.hosts) {
      if (one.port == 0 && !form.port_forbidden) one.port = form.default_port;
    }
    return true;
  }

  static std::string bracketed(const std::string& host) {
    const bool ipv6 = host.find(':') != host.rfind(':') && !host.starts_with('[');
    return ipv6 ? '[' + host + ']' : host;
  }

  void write_path(const PropertyDefinition& property, Url& url) {
    const auto* path = slot(property, Part::path);
    if (path == nullptr) return;
    const auto& syntax = property.url->syntax;
    auto encoded = url_encoded(*path, syntax, syntax.path_segments);
    if (encoded) {
      url.path = std::move(*encoded);
    } else {
      complain(place_of(property, Part::path), "url_path",
               "must not hold quotes, braces or any of ; = \\ % & ? # +");
    }
  }

  void write_parameters(const PropertyDefinition& property, Url& url) {
    for (const auto& [address, value] : slots_.all()) {
      if (address.property != property.name || address.part != Part::parameter) continue;
      auto encoded = url_encoded(value, property.url->syntax, false);
      if (encoded) {
        url.parameters.push_back({address.parameter, std::move(*encoded)});
      } else {
        complain(place_of(property, Part::parameter, address.parameter), "url_parameter_value",
                 "must not hold quotes, braces or any of ; = \\ % & ? # +");
      }
    }
  }

  const Form& form_;
  const FieldValues& values_;
  std::vector<FieldViolation>& violations_;
  Slots slots_;
  RawValues out_;
};

RawValues Form::write(const FieldValues& effective, std::vector<FieldViolation>& violations) const {
  return Writer(*this, effective, violations).write();
}

}  // namespace akko
