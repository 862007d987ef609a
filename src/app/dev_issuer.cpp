#include "app/dev_issuer.hpp"

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

}  // namespace akko
