// Roles and who has them, from the admin API of Keycloak.
#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "adapters/adapters.hpp"
#include "adapters/http_client.hpp"
#include "base/log.hpp"
#include "base/strict_json.hpp"
#include "domain/text_encoding.hpp"

namespace akko {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view kRealms = "/realms/";
constexpr std::size_t kPage = 200;
constexpr std::size_t kMostPages = 25;      // of one list: beyond it, it is not complete
constexpr std::size_t kMostRequests = 200;  // for one role: groups below groups, roles that include roles
constexpr std::size_t kMostCounted = 50;    // roles whose members are counted for the list
constexpr std::size_t kMostKept = 256;      // answers
constexpr std::size_t kMaxAnswerBytes = std::size_t{8} * 1024 * 1024;
constexpr std::string_view kServiceAccount = "service-account-";

std::string encoded(std::string_view text) { return percent_encoded(text, kUnreserved); }

tl::unexpected<Error> directory_failure(std::string message, std::string fix = {}) {
  return fail(ErrorCode::unavailable, "role_directory", std::move(message), std::move(fix));
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

bool flag_of(const json::object& object, std::string_view name, bool missing) {
  const auto* member = object.if_contains(name);
  const auto* flag = member == nullptr ? nullptr : member->if_bool();
  return flag == nullptr ? missing : *flag;
}

// Keycloak describes its own roles by keys of its translations ("${role_default-roles}").
std::string description_of(const json::object& role) {
  auto text = text_of(role, "description");
  return text.starts_with("${") ? "" : text;
}

// Roles of Keycloak's own machinery, which every user has: no use as a door to a catalog.
bool is_technical(std::string_view role) { return role == "offline_access" || role == "uma_authorization"; }

// The roles of the realm, and which of them include others.
struct RealmRoles {
  std::vector<Role> roles;                                // sorted, technical ones included
  std::map<std::string, std::set<std::string>> includes;  // composite role -> roles in it

  bool has(const std::string& name) const {
    return std::any_of(roles.begin(), roles.end(), [&](const Role& role) { return role.name == name; });
  }
  // The role itself and all roles whose holders have it too.
  std::set<std::string> granting(const std::string& name) const {
    std::set<std::string> all = {name};
    for (bool grew = true; grew;) {
      grew = false;
      for (const auto& [composite, members] : includes) {
        const bool leads = std::any_of(members.begin(), members.end(),
                                       [&](const std::string& member) { return all.contains(member); });
        if (leads && all.insert(composite).second) grew = true;
      }
    }
    return all;
  }
};

template <typename Value>
struct Kept {
  Result<Value> value;
  SteadyClock::time_point until;
};

class KeycloakRoles final : public RoleDirectory {
 public:
  KeycloakRoles(KeycloakSettings settings, std::string admin_url)
      : settings_(std::move(settings)), admin_url_(std::move(admin_url)) {}

  std::string_view source() const override { return "keycloak"; }

  Result<std::vector<Role>> roles(const CallContext& context) override {
    std::unique_lock lock(mutex_, std::defer_lock);
    AKKO_CHECK(wait_for_turn(lock, context));
    const auto asking = shortened(context);
    AKKO_TRY(const auto realm, realm_roles(asking));
    std::vector<Role> shown;
    for (const auto& role : realm.roles) {
      if (is_technical(role.name)) continue;
      shown.push_back(role);
      if (shown.size() > kMostCounted) continue;
      const auto holders = holders_of(role.name, realm, asking);
      if (holders && holders->complete) shown.back().members = holders->names.size();
    }
    return shown;
  }

  Result<RoleHolders> holders(const std::string& role, const CallContext& context) override {
    std::unique_lock lock(mutex_, std::defer_lock);
    AKKO_CHECK(wait_for_turn(lock, context));
    const auto asking = shortened(context);
    AKKO_TRY(const auto realm, realm_roles(asking));
    return holders_of(role, realm, asking);
  }

 private:
  // Questions queue: what one has fetched answers the next.
  static Result<void> wait_for_turn(std::unique_lock<std::timed_mutex>& lock, const CallContext& context) {
    if (lock.try_lock_until(context.deadline.at())) return {};
    return directory_failure("Keycloak has not answered others yet");
  }

  CallContext shortened(const CallContext& context) const {
    return {context.operation_id,
            Deadline(std::min(context.deadline.at(), Deadline::after(settings_.deadline).at())),
            context.stop};
  }

  template <typename Value>
  Kept<Value> kept(Result<Value> value) const {
    const auto span = value ? settings_.kept : settings_.failure_kept;
    return {std::move(value), SteadyClock::now() + span};
  }

  Result<RealmRoles> realm_roles(const CallContext& context) {
    if (realm_ && SteadyClock::now() < realm_->until) return realm_->value;
    auto fetched = fetch_realm_roles(context);
    if (!fetched) log::warn("Keycloak does not tell its roles", {{"reason", fetched.error().message}});
    if (!context.stop.stop_requested()) realm_ = kept(fetched);
    return fetched;
  }

  Result<RealmRoles> fetch_realm_roles(const CallContext& context) {
    RealmRoles realm;
    std::size_t left = kMostRequests;
    bool complete = true;
    AKKO_TRY(const auto listed, pages("/roles?briefRepresentation=true", context, left, complete));
    for (const auto& role : listed) {
      const auto name = text_of(role, "name");
      if (name.empty()) continue;
      realm.roles.push_back({name, description_of(role), std::nullopt});
      if (!flag_of(role, "composite", false)) continue;
      AKKO_TRY(const auto included, get("/roles/" + encoded(name) + "/composites/realm", context, left));
      for (const auto& one : included) realm.includes[name].insert(text_of(one, "name"));
    }
    if (!complete) return directory_failure("this realm has more roles than can be shown");
    std::sort(realm.roles.begin(), realm.roles.end(),
              [](const Role& a, const Role& b) { return a.name < b.name; });
    return realm;
  }

  Result<RoleHolders> holders_of(const std::string& role, const RealmRoles& realm,
                                 const CallContext& context) {
    if (!realm.has(role)) return RoleHolders{};
    const auto found = holders_.find(role);
    if (found != holders_.end() && SteadyClock::now() < found->second.until) return found->second.value;
    if (holders_.size() >= kMostKept) holders_.clear();
    auto fetched = fetch_holders(realm.granting(role), context);
    if (!context.stop.stop_requested()) holders_.insert_or_assign(role, kept(fetched));
    return fetched;
  }

  Result<RoleHolders> fetch_holders(const std::set<std::string>& roles, const CallContext& context) {
    RoleHolders holders;
    holders.known = true;
    std::set<std::string> names;
    std::size_t left = kMostRequests;
    for (const auto& role : roles) {
      const auto path = "/roles/" + encoded(role);
      AKKO_TRY(const auto users,
               pages(path + "/users?briefRepresentation=true", context, left, holders.complete));
      take_names(users, names);
      AKKO_TRY(auto groups,
               pages(path + "/groups?briefRepresentation=true", context, left, holders.complete));
      AKKO_CHECK(take_groups(std::move(groups), names, context, left, holders.complete));
    }
    holders.names.assign(names.begin(), names.end());
    return holders;
  }

  // The members of these groups and of all groups below them: a group has the roles of the one above.
  Result<void> take_groups(std::vector<json::object> groups, std::set<std::string>& names,
                           const CallContext& context, std::size_t& left, bool& complete) {
    while (!groups.empty()) {
      const auto path = "/groups/" + encoded(text_of(groups.back(), "id"));
      groups.pop_back();
      AKKO_TRY(const auto members,
               pages(path + "/members?briefRepresentation=true", context, left, complete));
      take_names(members, names);
      AKKO_TRY(auto below, pages(path + "/children?briefRepresentation=true", context, left, complete));
      std::move(below.begin(), below.end(), std::back_inserter(groups));
    }
    return {};
  }

  static void take_names(const std::vector<json::object>& users, std::set<std::string>& names) {
    for (const auto& user : users) {
      auto name = text_of(user, "username");
      if (!name.empty() && !name.starts_with(kServiceAccount) && flag_of(user, "enabled", true))
        names.insert(std::move(name));
    }
  }

  // A list in pages; `path` has a query already.
  Result<std::vector<json::object>> pages(const std::string& path, const CallContext& context,
                                          std::size_t& left, bool& complete) {
    std::vector<json::object> all;
    for (std::size_t page = 0; page < kMostPages; ++page) {
      AKKO_TRY(auto part,
               get(path + "&first=" + std::to_string(page * kPage) + "&max=" + std::to_string(kPage), context,
                   left));
      const bool last = part.size() < kPage;
      std::move(part.begin(), part.end(), std::back_inserter(all));
      if (last) return all;
    }
    complete = false;
    return all;
  }

  // A list of objects. A token that is no good any more is replaced once.
  Result<std::vector<json::object>> get(const std::string& path, const CallContext& context,
                                        std::size_t& left) {
    for (const bool again : {true, false}) {
      if (left == 0) return directory_failure("this realm nests its groups too deeply to be counted");
      --left;
      AKKO_TRY(const auto answer, ask(path, context));
      if (answer.status == 401 && again) {
        token_.reset();
        continue;
      }
      if (answer.status == 401 || answer.status == 403) {
        return directory_failure(
            "Keycloak does not let the client " + settings_.client_id + " read roles and users.",
            "Give its service account the roles view-realm, view-users and query-groups of "
            "realm-management.");
      }
      if (answer.status != 200)
        return directory_failure("Keycloak answered " + std::to_string(answer.status) + ".",
                                 "Look at Keycloak's log.");
      return objects_in(answer.body);
    }
    return directory_failure("Keycloak does not take its own token.");
  }

  Result<http::Answer> ask(const std::string& path, const CallContext& context) {
    AKKO_CHECK(sign_in(context));
    http::Request request;
    request.url = admin_url_ + path;
    request.headers = {{"Accept", "application/json"},
                       {"Authorization", "Bearer " + std::string(token_->value.reveal())}};
    request.ca_file = settings_.ca_file;
    request.max_answer_bytes = kMaxAnswerBytes;
    auto answer = http::send(request, context.deadline, context.stop);
    for (auto& [name, value] : request.headers) wipe(value);
    if (!answer) return unreachable(answer.error());
    return std::move(*answer);
  }

  static tl::unexpected<Error> unreachable(const http::TransportError& error) {
    return directory_failure("Keycloak does not answer: " + error.message + ".",
                             "Check AKKO_OIDC_ISSUER, AKKO_OIDC_CA_FILE and the way from here to it.");
  }

  static Result<std::vector<json::object>> objects_in(const std::string& body) {
    const auto value = parse_strict_json(body, {.max_depth = 16, .max_bytes = kMaxAnswerBytes});
    const auto* array = value ? value->if_array() : nullptr;
    if (array == nullptr) return directory_failure("what answers at Keycloak's address is not Keycloak.");
    std::vector<json::object> objects;
    for (const auto& item : *array) {
      if (const auto* object = item.if_object()) objects.push_back(*object);
    }
    return objects;
  }

  Result<void> sign_in(const CallContext& context) {
    if (token_ && SteadyClock::now() < token_->until) return {};
    token_.reset();
    http::Request request;
    request.method = "POST";
    request.url = settings_.issuer + "/protocol/openid-connect/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    request.body = "grant_type=client_credentials&client_id=" + encoded(settings_.client_id) +
                   "&client_secret=" + encoded(settings_.client_secret.reveal());
    request.ca_file = settings_.ca_file;
    request.max_answer_bytes = 256 * 1024;
    auto answer = http::send(request, context.deadline, context.stop);
    wipe(request.body);
    if (!answer) return unreachable(answer.error());
    if (answer->status != 200) {
      return directory_failure(
          "Keycloak refused the client " + settings_.client_id + " (" + std::to_string(answer->status) + ").",
          "Check AKKO_KEYCLOAK_CLIENT_ID and its secret, and that its service account is on.");
    }
    auto read = read_token(answer->body);
    wipe(answer->body);
    if (!read) return directory_failure("what answers at Keycloak's address is not Keycloak.");
    token_ = std::move(*read);
    return {};
  }

  struct Token {
    Secret value;
    SteadyClock::time_point until;
  };
  static std::optional<Token> read_token(const std::string& body) {
    const auto value = parse_strict_json(body);
    const auto* object = value ? value->if_object() : nullptr;
    if (object == nullptr) return std::nullopt;
    Secret token(text_of(*object, "access_token"));
    const auto* lifetime = object->if_contains("expires_in");
    if (token.empty() || lifetime == nullptr || !lifetime->is_int64()) return std::nullopt;
    // Ended a little early, so that it does not expire on its way.
    const auto span = std::chrono::seconds(std::clamp<std::int64_t>(lifetime->get_int64() - 10, 1, 3600));
    return Token{std::move(token), SteadyClock::now() + span};
  }

  const KeycloakSettings settings_;
  const std::string admin_url_;

  std::timed_mutex mutex_;  // guards what stands below
  std::optional<Token> token_;
  std::optional<Kept<RealmRoles>> realm_;
  std::map<std::string, Kept<RoleHolders>> holders_;
};

}  // namespace

Result<std::unique_ptr<RoleDirectory>> make_keycloak_roles(KeycloakSettings settings) {
  while (settings.issuer.ends_with('/')) settings.issuer.pop_back();
  const auto at = settings.issuer.rfind(kRealms);
  const auto realm = at == std::string::npos ? "" : settings.issuer.substr(at + kRealms.size());
  if (realm.empty() || realm.find('/') != std::string::npos) {
    return fail(
        ErrorCode::invalid_argument, "bad_config",
        "AKKO_KEYCLOAK_CLIENT_ID is set, but AKKO_OIDC_ISSUER is no realm of Keycloak (…/realms/<name>)",
        "Unset AKKO_KEYCLOAK_CLIENT_ID where another product issues the tokens.");
  }
  auto admin_url = settings.issuer.substr(0, at) + "/admin/realms/" + realm;
  return std::make_unique<KeycloakRoles>(std::move(settings), std::move(admin_url));
}

}  // namespace akko
