// What a connector's rules say of a parsed URL.
#include <algorithm>

#include "domain/url.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

// "properties.connection-user and credentials.connection-password": where the URL's credentials belong.
std::string credential_places(const UrlRules& rules) {
  std::string places;
  for (const auto& [name, place] : rules.credential_parameters) {
    if (places.find(place) != std::string::npos) continue;
    places += (places.empty() ? "" : " and ") + place;
  }
  return places;
}

bool same_name(const UrlRules& rules, std::string_view known, std::string_view name) {
  return rules.case_matters ? known == name : equal_ignoring_case(known, name);
}

const UrlRules::Refused* find_refused(const UrlRules& rules, std::string_view name) {
  for (const auto& group : rules.refused_parameters) {
    const auto same = [&](const std::string& refused) { return equal_ignoring_case(refused, name); };
    if (std::any_of(group.names.begin(), group.names.end(), same)) return &group;
  }
  return nullptr;
}

const std::string* find_credential(const UrlRules& rules, std::string_view name) {
  for (const auto& [parameter, place] : rules.credential_parameters) {
    if (equal_ignoring_case(parameter, name)) return &place;
  }
  return nullptr;
}

const UrlRules::Limited* find_limited(const UrlRules& rules, std::string_view name) {
  const auto found = std::find_if(rules.limited_parameters.begin(), rules.limited_parameters.end(),
                                  [&](const auto& limited) { return same_name(rules, limited.name, name); });
  return found == rules.limited_parameters.end() ? nullptr : &*found;
}

std::string unknown_parameter(const UrlRules& rules, std::string_view name) {
  std::vector<std::string_view> candidates(rules.parameters.begin(), rules.parameters.end());
  for (const auto& limited : rules.limited_parameters) candidates.push_back(limited.name);
  const auto meant = nearest(name, candidates);
  auto message = "parameter " + shown(name) + " is not known as safe, so it is refused";
  if (!meant.empty()) message += "; did you mean " + std::string(meant) + "?";
  return message;
}

ValueCheck check_parameter(const UrlRules& rules, const Url::Parameter& parameter) {
  const auto named = "parameter " + shown(parameter.name) + " ";
  switch (judge_parameter(rules, parameter.name)) {
    case ParameterVerdict::credential:
      return ValueProblem{"misplaced", named + "belongs into " + *find_credential(rules, parameter.name)};
    case ParameterVerdict::refused:
      return ValueProblem{"url_parameter_refused",
                          named + "is refused: " + find_refused(rules, parameter.name)->reason};
    case ParameterVerdict::unknown:
      return ValueProblem{"url_parameter_unknown", unknown_parameter(rules, parameter.name)};
    case ParameterVerdict::limited:
      if (const auto* limited = find_limited(rules, parameter.name);
          check_choice(url_decoded(parameter.value, rules.syntax), limited->values)) {
        return ValueProblem{"url_parameter_refused",
                            named + "must be " + enumerated(limited->values) + ": " + limited->reason};
      }
      break;
    case ParameterVerdict::allowed:
      break;
  }
  const auto value = url_decoded(parameter.value, rules.syntax);
  // A driver may put a value into a statement or a start-up message of its own.
  if (check_characters(value) || value.find_first_of("'\"`\\;") != std::string::npos) {
    return ValueProblem{"url_parameter_value",
                        named + "must not hold quotes, backslashes, semicolons or control characters"};
  }
  return std::nullopt;
}

ValueCheck check_path(const UrlRules& rules, const Url& url) {
  const auto& syntax = rules.syntax;
  const auto reason = syntax.path_reason.empty() ? "" : ": " + syntax.path_reason;
  if (syntax.path == UrlSyntax::Path::required && url.path.empty()) {
    return ValueProblem{"url_path", "must name something after the host, as in " +
                                        syntax.forms.front().prefix + "host:port/name" + reason};
  }
  if (syntax.path == UrlSyntax::Path::forbidden && !url.path.empty()) {
    return ValueProblem{"url_path", "must end with the host" + reason};
  }
  return std::nullopt;
}

}  // namespace

ParameterVerdict judge_parameter(const UrlRules& rules, std::string_view name) {
  if (find_credential(rules, name) != nullptr) return ParameterVerdict::credential;
  if (find_limited(rules, name) != nullptr) return ParameterVerdict::limited;
  if (find_refused(rules, name) != nullptr) return ParameterVerdict::refused;
  const auto same = [&](const std::string& allowed) { return same_name(rules, allowed, name); };
  const bool allowed = std::any_of(rules.parameters.begin(), rules.parameters.end(), same);
  return allowed ? ParameterVerdict::allowed : ParameterVerdict::unknown;
}

void check_url(std::string_view text, const UrlRules& rules, std::string_view field,
               std::vector<FieldViolation>& violations) {
  const auto add = [&](std::string code, std::string message) {
    violations.push_back({std::string(field), std::move(code), std::move(message)});
  };
  const auto url = Url::parse(text, rules.syntax);
  if (!url) {
    const bool credentials = url.error().reason == "url_credentials" && !rules.credential_parameters.empty();
    add(url.error().reason == "url_credentials" ? "misplaced" : url.error().reason,
        url.error().message + (credentials ? "; they belong into " + credential_places(rules) : ""));
    return;
  }
  check_url(*url, rules, [&](std::string_view) { return std::string(field); }, violations);
}

void check_url(const Url& url, const UrlRules& rules,
               const std::function<std::string(std::string_view parameter)>& name_of,
               std::vector<FieldViolation>& violations) {
  if (const auto problem = check_path(rules, url))
    violations.push_back({name_of(""), problem->code, problem->message});
  for (const auto& parameter : url.parameters) {
    if (const auto problem = check_parameter(rules, parameter))
      violations.push_back({name_of(parameter.name), problem->code, problem->message});
  }
}

}  // namespace akko
