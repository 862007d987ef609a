// The roles of the development issuer's users.
#include <algorithm>

#include "adapters/adapters.hpp"
#include "app/dev_issuer.hpp"

namespace akko {
namespace {

class DevelopmentRoles final : public RoleDirectory {
 public:
  std::string_view source() const override { return "development"; }

  Result<std::vector<Role>> roles(const CallContext&) override {
    std::vector<Role> roles;
    const auto users = development_users();
    for (const auto& user : users) {
      const auto same = [&](const Role& role) { return role.name == user.role; };
      const auto found = std::find_if(roles.begin(), roles.end(), same);
      if (found == roles.end()) {
        roles.push_back({std::string(user.role), std::string(user.role_description), 1});
      } else {
        ++*found->members;
      }
    }
    std::sort(roles.begin(), roles.end(), [](const Role& a, const Role& b) { return a.name < b.name; });
    return roles;
  }

  Result<RoleHolders> holders(const std::string& role, const CallContext&) override {
    RoleHolders holders;
    const auto users = development_users();
    for (const auto& user : users) {
      if (user.role == role) holders.names.emplace_back(user.name);
    }
    holders.known = !holders.names.empty();
    return holders;
  }
};

}  // namespace

std::unique_ptr<RoleDirectory> make_development_roles() { return std::make_unique<DevelopmentRoles>(); }

}  // namespace akko
