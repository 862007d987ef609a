// From properties back to the fields of a form.
#include <algorithm>
#include <utility>

#include "domain/form.hpp"
#include "domain/form_slots.hpp"
#include "domain/validation.hpp"

namespace akko {

class Form::Reader {
 public:
  Reader(const Form& form, const RawValues& raw, const Properties& options)
      : form_(form), raw_(raw), options_(options) {}

  std::optional<FieldValues> read() {
    for (const auto& [name, value] : raw_.properties) take_in(name, value);
    for (const auto& [name, secret] : raw_.secrets) take_in(name, secret.reveal());
    for (const auto& field : form_.fields_) read(field);
    for (const auto& field : form_.fields_) read_map(field);
    for (const auto& [address, value] : slots_.all()) {
      if (address.part != Part::whole && !is_first_form(address, value) && !value.empty())
        return std::nullopt;
    }
    if (!representable_) return std::nullopt;
    return std::move(out_);
  }

 private:
  using Part = Address::Part;

  bool is_addressed(const std::string& property, Part part) const {
    return std::any_of(form_.fields_.begin(), form_.fields_.end(), [&](const FieldDefinition& field) {
      return field.to && field.to->property == property && field.to->part == part;
    });
  }

  void take_in(const std::string& name, std::string_view value) {
    const auto* property = form_.find_property(name);
    if (property != nullptr && property->url && !is_addressed(name, Part::whole))
      return take_in_url(*property, value);
    if (property != nullptr && !property->templates.empty()) return take_in_template(*property, value);
    slots_.put({name}, std::string(value));
  }

  void take_in_url(const PropertyDefinition& property, std::string_view text) {
    const auto& syntax = property.url->syntax;
    const auto url = Url::parse(text, syntax);
    if (!url) {
      representable_ = false;
      return;
    }
    const auto put = [&](Part part, std::string value) {
      slots_.put({property.name, part}, std::move(value));
    };
    put(Part::form, syntax.forms[url->form].name);
    if (is_addressed(property.name, Part::hosts)) {
      put(Part::hosts, hosts_text(url->hosts));
    } else {
      const auto& host = url->hosts.front();
      put(Part::host, host.name);
      const bool said =
          is_addressed(property.name, Part::port) || host.port != syntax.forms[url->form].default_port;
      if (host.port != 0 && said) put(Part::port, std::to_string(host.port));
      if (url->hosts.size() > 1) representable_ = false;
    }
    if (!url->path.empty()) put(Part::path, url_decoded(url->path, syntax));
    if (!url->user.empty()) put(Part::user, url->user);
    if (!url->password.empty()) put(Part::password, url->password);
    for (const auto& parameter : url->parameters)
      slots_.put({property.name, Part::parameter, known_spelling(property, parameter.name)},
                 url_decoded(parameter.value, syntax));
  }

  // A driver may not tell names apart by case; fields and choices name a parameter in one way.
  std::string known_spelling(const PropertyDefinition& property, const std::string& name) const {
    if (property.url->case_matters) return name;
    const auto same = [&](const Address& address) {
      return address.property == property.name && address.part == Part::parameter &&
             equal_ignoring_case(address.parameter, name);
    };
    for (const auto& field : form_.fields_) {
      if (field.to && same(*field.to)) return field.to->parameter;
      for (const auto& choice : field.choices) {
        for (const auto& [address, value] : choice.sets) {
          if (same(address)) return address.parameter;
        }
      }
    }
    return name;
  }

  void take_in_template(const PropertyDefinition& property, std::string_view text) {
    for (const auto& one : property.templates) {
      const auto values = one.text.match(text);
      if (!values) continue;
      for (const auto& [key, value] : *values) keep(key, value);
      for (const auto& [key, allowed] : one.when) {
        if (allowed.size() == 1 && !values->contains(key)) keep(key, allowed.front());
      }
      return;
    }
    representable_ = false;
  }

  void keep(const std::string& key, std::string value) {
    const auto* field = form_.find(key);
    if (field != nullptr && field->is_secret()) {
      out_.secrets[key] = Secret(std::move(value));
    } else {
      out_.texts[key] = std::move(value);
    }
  }

  void read(const FieldDefinition& field) {
    if (field.is_option) {
      if (const auto option = options_.find(field.key); option != options_.end())
        keep(field.key, option->second);
    } else if (field.to && field.kind != FieldKind::map) {
      if (auto value = slots_.take(*field.to)) keep(field.key, std::move(*value));
    } else if (field.has_sets()) {
      read_choice(field);
    }
  }

  // The choice with the most `sets` that are all there; one without any otherwise.
  void read_choice(const FieldDefinition& field) {
    const FieldChoice* best = nullptr;
    const auto told = out_.find(field.key);  // by a template
    for (const auto& choice : field.choices) {
      if (told && choice.value != *told) continue;
      const bool there = std::all_of(choice.sets.begin(), choice.sets.end(), [&](const auto& set) {
        const auto* value = slots_.find(set.first);
        return value != nullptr && *value == set.second;
      });
      if (there && (best == nullptr || choice.sets.size() > best->sets.size())) best = &choice;
    }
    if (best == nullptr) return;  // the default says it
    if (!form_.effective(out_).holds(field.show_when)) return;
    for (const auto& [address, value] : best->sets) slots_.take(address);
    out_.texts[field.key] = best->value;
  }

  void read_map(const FieldDefinition& field) {
    if (field.kind != FieldKind::map || !field.to) return;
    std::map<std::string, std::string> entries;
    for (const auto& [address, value] : slots_.all()) {
      if (address.property == field.to->property && address.part == Part::parameter)
        entries[address.parameter] = value;
    }
    for (const auto& [name, value] : entries) slots_.take({field.to->property, Part::parameter, name});
    if (!entries.empty()) out_.maps[field.key] = std::move(entries);
  }

  bool is_first_form(const Address& address, const std::string& value) const {
    const auto* property = form_.find_property(address.property);
    return address.part == Part::form && property != nullptr &&
           property->url->syntax.forms.front().name == value;
  }

  const Form& form_;
  const RawValues& raw_;
  const Properties& options_;
  Slots slots_;
  FieldValues out_;
  bool representable_ = true;
};

std::optional<FieldValues> Form::read(const RawValues& raw, const Properties& options) const {
  return Reader(*this, raw, options).read();
}

}  // namespace akko
