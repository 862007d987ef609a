// Which roles a catalog can be allowed to, and whom that would let in.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports.hpp"

namespace akko {

struct RoleListing {
  std::string_view source;  // "keycloak", "development", or "observed": default roles and those of catalogs
  bool complete = false;    // every role there is
  std::vector<Role> roles;  // sorted by name
  std::string problem;      // why the directory did not answer; the roles are then observed ones
};

struct RolePreview {
  struct Chosen {
    std::string name;
    std::optional<bool> known;           // nothing = nobody can tell
    std::optional<std::size_t> members;  // nothing = not known
    std::vector<std::string> sample;     // the first names, at most five
  };
  std::optional<std::size_t> people;  // who has at least one of them; nothing = not known
  std::vector<Chosen> roles;          // as asked, without duplicates
  bool you_keep_access = false;       // the caller has one of them
};

// Any thread; waits for the directory, at most `kDeadline`.
class Roles {
 public:
  static constexpr std::chrono::milliseconds kDeadline{5000};

  // `directory`: null = there is none.
  Roles(RoleDirectory* directory, const CatalogStore& store, std::vector<std::string> default_roles);

  RoleListing list(const std::stop_token& stop) const;
  // Errors: invalid_argument with violations of "roles": too_many (64), pattern, and those of
  // check_characters.
  Result<RolePreview> preview(const std::vector<std::string>& chosen, const Principal& caller,
                              const std::stop_token& stop) const;

 private:
  std::vector<Role> observed() const;

  RoleDirectory* directory_;
  const CatalogStore& store_;
  const std::vector<std::string> default_roles_;
};

}  // namespace akko
