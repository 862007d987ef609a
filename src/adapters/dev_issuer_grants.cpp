#include "adapters/dev_issuer_grants.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <sodium.h>

#include "adapters/jwt.hpp"

namespace akko::dev_issuer {
namespace {

constexpr UnixMillis kSessionLifetime = 10 * 3600 * 1000;
constexpr UnixMillis kCodeLifetime = 60 * 1000;
constexpr UnixMillis kRefreshLifetime = 30 * 60 * 1000;
constexpr std::size_t kMaxEntries = 1000;  // sessions, and families

std::string random_text() {
  std::array<unsigned char, 32> random{};
  randombytes_buf(random.data(), random.size());
  return jwt::base64url_encode({reinterpret_cast<const char*>(random.data()), random.size()});
}

std::string_view family_of(std::string_view token) { return token.substr(0, token.find('.')); }

bool same(std::string_view given, std::string_view kept) {
  return !kept.empty() && given.size() == kept.size() &&
         sodium_memcmp(given.data(), kept.data(), kept.size()) == 0;
}

// Drops what is over, and the oldest while there is no room for one more.
template <typename Map, typename EndOf>
void make_room(Map& map, UnixMillis now, EndOf end_of) {
  std::erase_if(map, [&](const auto& entry) { return end_of(entry.second) <= now; });
  while (map.size() >= kMaxEntries) {
    map.erase(std::min_element(map.begin(), map.end(), [&](const auto& a, const auto& b) {
      return end_of(a.second) < end_of(b.second);
    }));
  }
}

}  // namespace

std::string Grants::begin_session(const std::string& user) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  make_room(sessions_, now, [](const SignedIn& session) { return session.at + kSessionLifetime; });
  auto id = random_text();
  sessions_[id] = {user, now};
  return id;
}

std::optional<SignedIn> Grants::find_session(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.at + kSessionLifetime <= clock_.now()) return std::nullopt;
  return found->second;
}

void Grants::end_session(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  sessions_.erase(found);
  std::erase_if(families_, [&](const auto& entry) { return entry.second.grant.session == id; });
}

std::string Grants::issue_code(Grant grant) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  make_room(families_, now, [](const Family& family) { return family.expires_at; });
  Family family;
  family.ends_at = grant.signed_in_at + kSessionLifetime;
  family.expires_at = now + kCodeLifetime;
  family.grant = std::move(grant);
  const auto id = random_text();
  family.code = id + '.' + random_text();
  auto code = family.code;
  families_[id] = std::move(family);
  return code;
}

Grants::Family* Grants::find_family(std::string_view code_or_token) {
  const auto found = families_.find(family_of(code_or_token));
  if (found == families_.end()) return nullptr;
  if (found->second.expires_at > clock_.now()) return &found->second;
  families_.erase(found);
  return nullptr;
}

std::optional<Grant> Grants::take_code(std::string_view code) {
  const std::lock_guard lock(mutex_);
  auto* family = find_family(code);
  if (family == nullptr) return std::nullopt;
  if (same(code, family->code)) {
    family->code.clear();
    return family->grant;
  }
  families_.erase(families_.find(family_of(code)));
  return std::nullopt;
}

std::string Grants::next_refresh_token(std::string_view id, Family& family) {
  family.refresh_token = std::string(id) + '.' + random_text();
  family.expires_at = std::min(clock_.now() + kRefreshLifetime, family.ends_at);
  return family.refresh_token;
}

std::optional<std::string> Grants::begin_refresh(std::string_view code) {
  const std::lock_guard lock(mutex_);
  auto* family = find_family(code);
  if (family == nullptr) return std::nullopt;
  return next_refresh_token(family_of(code), *family);
}

void Grants::revoke(std::string_view code_or_token) {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(family_of(code_or_token));
  if (found != families_.end()) families_.erase(found);
}

std::optional<Renewal> Grants::refresh(std::string_view token) {
  const std::lock_guard lock(mutex_);
  auto* family = find_family(token);
  if (family == nullptr) return std::nullopt;
  if (!same(token, family->refresh_token)) {
    families_.erase(families_.find(family_of(token)));
    return std::nullopt;
  }
  auto next = next_refresh_token(family_of(token), *family);
  return Renewal{family->grant, std::move(next)};
}

}  // namespace akko::dev_issuer
