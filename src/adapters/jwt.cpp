#include "adapters/jwt.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <sodium.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/strict_json.hpp"

namespace akko::jwt {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxNameBytes = 256;  // kid, sub, preferred_username, a role
constexpr std::size_t kMaxRoles = 1000;

tl::unexpected<Error> refuse(std::string_view reason, std::string message, std::string fix = {}) {
  return fail(ErrorCode::unauthenticated, reason, std::move(message), std::move(fix));
}

tl::unexpected<Error> wrong_claim(std::string_view name, std::string_view why) {
  return refuse("token_claims", "the token's claim \"" + std::string(name) + "\" " + std::string(why));
}

// Whether a name from a token may be logged, audited and compared.
bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

std::optional<std::string_view> text_of(const json::value* value) {
  if (!value || !value->is_string()) return std::nullopt;
  const auto& text = value->get_string();
  return std::string_view(text.data(), text.size());
}

// The JSON object that a part of a token holds. `part`: "header" or "payload".
Result<json::object> object_in(std::string_view text, std::string_view part) {
  const auto malformed = [&](std::string_view why) {
    return refuse("token_malformed", "the token's " + std::string(part) + " " + std::string(why));
  };
  const auto bytes = base64url_decode(text);
  if (!bytes) return malformed("is not base64url");
  auto value = parse_strict_json(*bytes, {.max_depth = 8, .max_bytes = kMaxTokenBytes});
  if (!value) return malformed("is not strict JSON (a member twice, invalid UTF-8, …)");
  if (!value->is_object()) return malformed("is not a JSON object");
  return std::move(value->get_object());
}

// ---- header

std::optional<Algorithm> algorithm_of(const json::object& header) {
  const auto name = text_of(header.if_contains("alg"));
  for (const auto algorithm : {Algorithm::rs256, Algorithm::ps256, Algorithm::es256})
    if (name == to_string(algorithm)) return algorithm;
  return std::nullopt;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// `typ` may be missing; RFC 7515 §4.1.9 lets "application/" be left out, RFC 9068 names at+jwt.
bool is_token_type(const json::value* typ) {
  if (!typ) return true;
  auto name = text_of(typ);
  if (!name) return false;
  constexpr std::string_view kPrefix = "application/";
  if (equal_ignoring_case(name->substr(0, kPrefix.size()), kPrefix)) name->remove_prefix(kPrefix.size());
  return equal_ignoring_case(*name, "JWT") || equal_ignoring_case(*name, "at+jwt");
}

Result<UnverifiedToken> check_header(const json::object& header) {
  const auto algorithm = algorithm_of(header);
  if (!algorithm) return refuse("token_algorithm", "the token is not signed with RS256, PS256 or ES256");
  // A key or a place of one that the token itself brings, or an extension that changes the rules.
  for (const auto* name : {"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"})
    if (header.contains(name))
      return refuse("token_header",
                    "the token's header holds \"" + std::string(name) + "\", which is refused");
  if (!is_token_type(header.if_contains("typ")))
    return refuse("token_type", "the token's header says that it is no JWT");
  const auto key_id = text_of(header.if_contains("kid"));
  if (!key_id || !is_plain_name(*key_id))
    return refuse("token_header", "the token's header names no key (\"kid\")");
  UnverifiedToken token;
  token.algorithm = *algorithm;
  token.key_id = *key_id;
  return token;
}

// ---- claims

// A NumericDate (RFC 7519 §2): seconds since 1970, whole or not, up to the year 9999.
Result<std::optional<UnixMillis>> time_claim(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value) return std::nullopt;
  constexpr double kYear10000 = 253402300800.0;
  double seconds = -1;
  if (value->is_int64()) seconds = static_cast<double>(value->get_int64());
  if (value->is_uint64()) seconds = static_cast<double>(value->get_uint64());
  if (value->is_double()) seconds = value->get_double();
  if (!(seconds >= 0 && seconds < kYear10000))
    return wrong_claim(name, "is not a time in seconds since 1970");
  return static_cast<UnixMillis>(seconds * 1000);
}

Result<UnixMillis> check_times(const json::object& claims, UnixMillis skew, UnixMillis now) {
  AKKO_TRY(const auto expiry, time_claim(claims, "exp"));
  if (!expiry) return wrong_claim("exp", "is missing");
  if (now >= *expiry + skew)
    return refuse("token_expired", "the token expired " + std::to_string((now - *expiry) / 1000) + " s ago",
                  "Get a new token.");
  for (const auto* name : {"nbf", "iat"}) {
    AKKO_TRY(const auto begin, time_claim(claims, name));
    if (begin && *begin > now + skew)
      return refuse(
          "token_not_yet_valid",
          "the token is valid in " + std::to_string((*begin - now) / 1000) + " s (\"" + name + "\")",
          "Compare the clocks of this machine and of the identity provider.");
  }
  return *expiry + skew;
}

Result<void> check_audience(const json::object& claims, const std::vector<std::string>& audiences) {
  const auto wanted = [&](std::optional<std::string_view> name) {
    return name && std::find(audiences.begin(), audiences.end(), *name) != audiences.end();
  };
  bool meant_for_us = false;
  if (const auto* party = claims.if_contains("azp")) {
    if (!party->is_string()) return wrong_claim("azp", "is not a text");
    meant_for_us = wanted(text_of(party));
  }
  if (const auto* audience = claims.if_contains("aud")) {
    if (const auto* list = audience->if_array()) {
      for (const auto& entry : *list) {
        if (!entry.is_string()) return wrong_claim("aud", "is not a text or a list of texts");
        meant_for_us = meant_for_us || wanted(text_of(&entry));
      }
    } else if (audience->is_string()) {
      meant_for_us = meant_for_us || wanted(text_of(audience));
    } else {
      return wrong_claim("aud", "is not a text or a list of texts");
    }
  }
  if (meant_for_us) return {};
  std::string names;
  for (const auto& name : audiences) names.append(names.empty() ? "" : ", ").append(name);
  return refuse(
      "token_audience", "the token is meant for another audience than: " + names,
      "Give the client an audience mapper for it (Keycloak: client scope, mapper type \"Audience\").");
}

Result<std::vector<std::string>> roles_of(const json::object& claims) {
  std::vector<std::string> roles;
  const auto* access = claims.if_contains("realm_access");
  if (!access) return roles;
  if (!access->is_object()) return wrong_claim("realm_access", "is not an object");
  const auto* list = access->get_object().if_contains("roles");
  if (!list) return roles;
  if (!list->is_array() || list->get_array().size() > kMaxRoles)
    return wrong_claim("realm_access.roles", "is not a list of at most 1000 names");
  for (const auto& entry : list->get_array()) {
    const auto name = text_of(&entry);
    if (!name || !is_plain_name(*name))
      return wrong_claim("realm_access.roles", "holds something that is no name");
    roles.emplace_back(*name);
  }
  return roles;
}

Result<Principal> principal_of(const json::object& claims) {
  Principal principal;
  const auto subject = text_of(claims.if_contains("sub"));
  if (!subject || !is_plain_name(*subject)) return wrong_claim("sub", "is missing or is no name");
  principal.subject = *subject;
  principal.name = *subject;
  if (const auto* claim = claims.if_contains("preferred_username")) {
    const auto name = text_of(claim);
    if (!name || !is_plain_name(*name)) return wrong_claim("preferred_username", "is no name");
    principal.name = *name;
  }
  AKKO_TRY(principal.roles, roles_of(claims));
  return principal;
}

}  // namespace

std::string_view to_string(Algorithm algorithm) {
  constexpr std::array<std::string_view, 3> kNames = {"RS256", "PS256", "ES256"};
  return kNames.at(static_cast<std::size_t>(algorithm));
}

std::optional<std::string> base64url_decode(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::string base64url_encode(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // the terminating NUL
  return text;
}

Result<UnverifiedToken> parse_token(std::string_view token) {
  if (token.size() > kMaxTokenBytes)
    return refuse("token_malformed", "the token has more than " + std::to_string(kMaxTokenBytes) + " bytes");
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string_view::npos || token.find('.', first + 1) != last || first == last)
    return refuse("token_malformed", "the token does not have three parts");
  AKKO_TRY(const auto header, object_in(token.substr(0, first), "header"));
  AKKO_TRY(auto parsed, check_header(header));
  parsed.payload = token.substr(first + 1, last - first - 1);
  const auto signature = base64url_decode(token.substr(last + 1));
  if (!signature || !base64url_decode(parsed.payload))
    return refuse("token_malformed", "the token's payload or signature is not base64url");
  parsed.signature_bytes = signature->size();
  return parsed;
}

Result<Claims> check_claims(std::string_view payload, const Expectations& expected, UnixMillis now) {
  AKKO_TRY(const auto claims, object_in(payload, "payload"));
  const UnixMillis skew = std::chrono::milliseconds(expected.clock_skew).count();
  if (text_of(claims.if_contains("iss")) != expected.issuer)
    return refuse("token_issuer", "the token was not issued by " + expected.issuer);
  AKKO_CHECK(check_audience(claims, expected.audiences));
  // Keycloak's word for an access token; its ID and refresh tokens say "ID" and "Refresh".
  if (const auto* type = claims.if_contains("typ"); type && text_of(type) != "Bearer")
    return refuse("token_type", "the token is not an access token (\"typ\" is not \"Bearer\")");
  Claims result;
  AKKO_TRY(result.expires_at, check_times(claims, skew, now));
  AKKO_TRY(result.principal, principal_of(claims));
  return result;
}

}  // namespace akko::jwt
