// Who calls: the verified caller of a request.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace akko {

// The caller, as proven by a verified JWT. Nothing else makes one: `X-User-Id` is never identity.
struct Principal {
  std::string subject;             // claim `sub`
  std::string name;                // claim `preferred_username`, else `sub`; shown and audited
  std::vector<std::string> roles;  // claim `realm_access.roles` (Keycloak realm roles)

  bool has_role(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
};

}  // namespace akko
