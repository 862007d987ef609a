#include "domain/catalog.hpp"

#include <algorithm>
#include <array>

namespace akko {
namespace {

constexpr std::string_view kProbePrefix = "akko-probe";
constexpr std::array<std::string_view, 3> kReserved = {"system", "jmx", "information_schema"};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool obeys_grammar(std::string_view text) {
  return !text.empty() && text.size() <= CatalogName::kMaxLength && is_letter_or_digit(text.front()) &&
         is_letter_or_digit(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

tl::unexpected<Error> bad_name(std::string code, std::string message) {
  auto failure =
      fail(ErrorCode::invalid_argument, "invalid_request", "the request has members that are wrong");
  failure.value().violations.push_back({"name", std::move(code), std::move(message)});
  return failure;
}

}  // namespace

Result<CatalogName> CatalogName::parse(std::string_view text) {
  if (text.empty()) return bad_name("required", "a catalog needs a name");
  if (!obeys_grammar(text)) {
    return bad_name("pattern",
                    "lower-case letters, digits and hyphens, 40 characters at most, a letter or digit at "
                    "both ends");
  }
  if (is_reserved(text)) return bad_name("reserved", "this name is kept by Trino or by this product");
  return CatalogName(std::string(text));
}

CatalogName CatalogName::probe(unsigned number) {
  return CatalogName(std::string(kProbePrefix) + "-" + std::to_string(number));
}

bool CatalogName::is_reserved(std::string_view text) {
  return std::find(kReserved.begin(), kReserved.end(), text) != kReserved.end() || is_probe(text);
}

bool CatalogName::is_probe(std::string_view text) { return text.starts_with(kProbePrefix); }

HealthDetail health_after(const HealthDetail& before, HealthDetail found) {
  const bool goes_on = before.health == found.health && before.since != 0;
  found.since = goes_on ? before.since : found.checked_at;
  return found;
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::registering:
      return "registering";
    case Phase::ready:
      return "ready";
    case Phase::removing:
      return "removing";
  }
  return "unknown";
}

std::string_view to_string(Health health) {
  switch (health) {
    case Health::healthy:
      return "healthy";
    case Health::slow:
      return "slow";
    case Health::failing:
      return "failing";
    case Health::unknown:
      return "unknown";
    case Health::paused:
      return "paused";
    case Health::registering:
      return "registering";
  }
  return "unknown";
}

namespace {

std::string reference(std::string_view kind, const CatalogName& name, std::string_view property,
                      std::uint64_t revision) {
  std::string text(kind);
  text.append(name.text())
      .append("/")
      .append(property)
      .append(".")
      .append(std::to_string(revision))
      .append("}");
  return text;
}

}  // namespace

std::string secret_reference(const CatalogName& name, std::string_view property, std::uint64_t revision) {
  return reference("${akko:", name, property, revision);
}

std::string secret_path_reference(const CatalogName& name, std::string_view property,
                                  std::uint64_t revision) {
  return reference("${akko:path:", name, property, revision);
}

}  // namespace akko
