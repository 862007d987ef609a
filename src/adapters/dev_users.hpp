// Who can sign in at the development issuer.
#pragma once

#include <array>
#include <string_view>

namespace akko {

struct DevUser {
  std::string_view name;
  std::string_view role;
  std::string_view role_description;
};
inline constexpr std::array<DevUser, 3> kDevUsers = {{
    {"alice", "akko-admin", "Registers and removes catalogs"},
    {"bob", "akko-engineer", "Queries what engineers may query"},
    {"carol", "akko-analyst", "Queries what analysts may query"},
}};

}  // namespace akko
