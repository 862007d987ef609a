#include "app/roles.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "app/operation_id.hpp"
#include "domain/validation.hpp"

namespace akko {
namespace {

constexpr std::size_t kMostRoles = 64;
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kSample = 5;

CallContext question(const std::stop_token& stop) {
  return {new_operation_id(), Deadline::after(Roles::kDeadline), stop};
}

std::vector<std::string> without_duplicates(const std::vector<std::string>& names) {
  std::vector<std::string> kept;
  std::set<std::string_view> seen;
  for (const auto& name : names) {
    if (seen.insert(name).second) kept.push_back(name);
  }
  return kept;
}

Result<void> check_names(const std::vector<std::string>& names) {
  std::vector<FieldViolation> violations;
  if (names.size() > kMostRoles) violations.push_back({"roles", "too_many", "at most 64 roles"});
  for (std::size_t i = 0; i < names.size() && i < kMostRoles; ++i) {
    const auto field = "roles[" + std::to_string(i) + "]";
    if (names[i].empty() || names[i].size() > kLongestName) {
      violations.push_back({field, "pattern", "a role name has 1 to 255 bytes"});
    } else if (const auto problem = check_characters(names[i])) {
      violations.push_back({field, problem->code, problem->message});
    }
  }
  if (violations.empty()) return {};
  auto refused = fail(ErrorCode::invalid_argument, "invalid_request", "the roles cannot be looked up");
  refused.value().violations = std::move(violations);
  return refused;
}

}  // namespace

Roles::Roles(RoleDirectory* directory, const CatalogStore& store, std::vector<std::string> default_roles)
    : directory_(directory), store_(store), default_roles_(std::move(default_roles)) {}

std::vector<Role> Roles::observed() const {
  std::set<std::string> names(default_roles_.begin(), default_roles_.end());
  const auto snapshot = store_.snapshot();
  for (const auto& catalog : snapshot->catalogs)
    names.insert(catalog->spec.allow_roles.begin(), catalog->spec.allow_roles.end());
  std::vector<Role> roles;
  for (const auto& name : names) roles.push_back({name, "", std::nullopt});
  return roles;
}

RoleListing Roles::list(const std::stop_token& stop) const {
  if (directory_ == nullptr) return {"observed", false, observed(), ""};
  auto roles = directory_->roles(question(stop));
  if (roles) return {directory_->source(), true, std::move(*roles), ""};
  const auto& error = roles.error();
  return {directory_->source(), false, observed(),
          error.message + (error.fix.empty() ? "" : " " + error.fix)};
}

Result<RolePreview> Roles::preview(const std::vector<std::string>& chosen, const Principal& caller,
                                   const std::stop_token& stop) const {
  AKKO_CHECK(check_names(chosen));
  const auto context = question(stop);
  RolePreview preview;
  std::set<std::string> people;
  bool countable = true;
  for (const auto& name : without_duplicates(chosen)) {
    preview.you_keep_access = preview.you_keep_access || caller.has_role(name);
    auto& role = preview.roles.emplace_back();
    role.name = name;
    const auto holders = directory_ == nullptr ? Result<RoleHolders>(fail(ErrorCode::unavailable, "", ""))
                                               : directory_->holders(name, context);
    if (!holders) {
      countable = false;
      continue;
    }
    role.known = holders->known;
    if (holders->complete) role.members = holders->names.size();
    countable = countable && holders->complete;
    people.insert(holders->names.begin(), holders->names.end());
    const auto sample = std::min(holders->names.size(), kSample);
    role.sample.assign(holders->names.begin(), holders->names.begin() + static_cast<std::ptrdiff_t>(sample));
  }
  if (countable) preview.people = people.size();
  return preview;
}

}  // namespace akko
