// Fuzz target: connection URLs. Whatever comes in, nothing crashes; what parses and is rendered parses to the
// same again; and what a connector of the product accepts holds no refused parameter, by a check that
// shares no code with the parser.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors.hpp"
#include "domain/text_encoding.hpp"
#include "domain/url.hpp"

namespace {

using akko::Url;
using akko::UrlRules;
using akko::fuzz::require;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Looks for "name=" behind any separator that some driver might know, after decoding twice.
bool holds_refused_parameter(std::string_view text, const UrlRules& rules) {
  const auto flat = lower(akko::percent_decoded(akko::percent_decoded(text)));
  const auto names_parameter = [&](const std::string& name) {
    const auto wanted = lower(name) + "=";
    for (auto at = flat.find(wanted); at != std::string::npos; at = flat.find(wanted, at + 1)) {
      if (at > 0 && std::string_view("?&;,()").find(flat[at - 1]) != std::string_view::npos) return true;
    }
    return false;
  };
  return std::any_of(rules.refused_parameters.begin(), rules.refused_parameters.end(),
                     [&](const auto& group) {
                       return std::any_of(group.names.begin(), group.names.end(), names_parameter);
                     });
}

void check_rules(std::string_view text, const UrlRules& rules) {
  std::vector<akko::FieldViolation> violations;
  akko::check_url(text, rules, "url", violations);
  if (!violations.empty()) return;
  // A refused name may stand in the value of an allowed parameter, where it is only text.
  const auto url = Url::parse(text, rules.syntax);
  require(url.has_value());
  const auto again = Url::parse(url->text(rules.syntax), rules.syntax);
  require(again.has_value() && *again == *url);
  auto bare = *url;
  for (auto& parameter : bare.parameters) parameter.value.clear();
  bare.user.clear();
  bare.password.clear();
  require(!holds_refused_parameter(bare.text(rules.syntax), rules));
  // No user before the host; in a path or a value an @ is only text.
  const auto begin = rules.syntax.forms[url->form].prefix.size();
  const auto authority = text.substr(begin, std::min(text.find_first_of("/?;", begin), text.size()) - begin);
  require(rules.syntax.user_info || authority.find('@') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const auto& definition : akko::fuzz::connectors().all()) {
    for (const auto& property : definition->properties()) {
      if (property.url) check_rules(text, *property.url);
    }
  }
  return 0;
}
