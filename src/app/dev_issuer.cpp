#include "app/dev_issuer.hpp"

#include <algorithm>
#include <array>

namespace akko {

std::span<const DevelopmentUser> development_users() {
  static constexpr std::array kUsers = {
      DevelopmentUser{"alice", "Alice Martin", "akko-admin", "Registers and removes catalogs"},
      DevelopmentUser{"bob", "Bob Keller", "akko-engineer", "Queries what engineers may query"},
      DevelopmentUser{"carol", "Carol Dubois", "akko-analyst", "Queries what analysts may query"},
  };
  return kUsers;
}

std::string_view value_of(const IssuerParameters& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace akko
