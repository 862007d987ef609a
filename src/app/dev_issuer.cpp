#include "app/dev_issuer.hpp"

#include <array>

namespace akko {

std::span<const DevelopmentUser> development_users() {
  static constexpr std::array kUsers = {
      DevelopmentUser{"alice", "Alice Martin", "akko-admin"},
      DevelopmentUser{"bob", "Bob Keller", "akko-engineer"},
      DevelopmentUser{"carol", "Carol Dubois", "akko-analyst"},
  };
  return kUsers;
}

}  // namespace akko
