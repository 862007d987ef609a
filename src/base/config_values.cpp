#include "base/config_values.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace akko::config {
namespace {

std::string plain(double number) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Complaint judge_url(std::string_view text, bool path_allowed) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https") ||
      parsed->encoded_host().empty()) {
    return "must be a URL, http://<host>:<port> or https://<host>:<port>";
  }
  if (parsed->has_userinfo()) return "must not hold a user name or password";
  if (parsed->has_query() || parsed->has_fragment()) return "must not hold a query or a fragment";
  // Boost.URL 1.81 ends the host 127.0.0.1.example.com after the address and puts the rest into the path.
  std::string_view path = parsed->encoded_path();
  path.remove_prefix(std::min(path.find('/'), path.size()));
  if (!path_allowed && !path.empty() && path != "/") return "must not hold a path";
  return std::nullopt;
}

}  // namespace

std::string range_text(double low, double high) { return "from " + plain(low) + " to " + plain(high); }

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

Complaint take_switch(std::string_view text, bool& out) {
  const bool on = text == "true" || text == "1" || text == "on";
  if (!on && text != "false" && text != "0" && text != "off") return "must be true or false";
  out = on;
  return std::nullopt;
}

Complaint take_text(std::string_view text, std::string& out) {
  if (text.empty()) return "must not be empty";
  out = text;
  return std::nullopt;
}

Complaint take_list(std::string_view text, std::vector<std::string>& out) {
  std::vector<std::string> items;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    const auto item = trimmed(text.substr(0, comma));
    if (item.empty()) return "must be a list separated by commas, without empty entries";
    if (std::find(items.begin(), items.end(), item) == items.end()) items.emplace_back(item);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  out = std::move(items);
  return std::nullopt;
}

Complaint take_ranges(std::string_view text, std::vector<IpRange>& out) {
  std::vector<std::string> items;
  if (auto complaint = take_list(text, items)) return complaint;
  std::vector<IpRange> ranges;
  for (const auto& item : items) {
    const auto range = IpRange::parse(item);
    if (!range) return "must be a list of address ranges: " + range.error();
    ranges.push_back(*range);
  }
  out = std::move(ranges);
  return std::nullopt;
}

Complaint take_directory(std::string_view text, std::string& out) {
  if (!text.starts_with('/')) return "must be an absolute path";
  out = std::filesystem::path(text).lexically_normal().string();
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return std::nullopt;
}

Complaint take_readable_file(std::string_view text, std::string& out) {
  if (auto complaint = take_directory(text, out)) return complaint;
  if (::access(out.c_str(), R_OK) == 0) return std::nullopt;
  return "cannot be read: " + std::generic_category().message(errno);
}

Complaint take_millis(std::string_view text, std::chrono::milliseconds& out) {
  std::int64_t count = 0;
  if (auto complaint = take_number<std::int64_t>(text, 1, 3'600'000, count)) return complaint;
  out = std::chrono::milliseconds(count);
  return std::nullopt;
}

Complaint take_secret(std::string_view text, Secret& out) {
  out = Secret(std::string(text));
  return std::nullopt;
}

Complaint take_secret_file(std::string_view text, Secret& out) {
  std::string path;
  if (auto complaint = take_readable_file(text, path)) return complaint;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return "holds no secret in its first line";
  out = Secret(std::move(line));
  return std::nullopt;
}

Complaint take_listen(std::string_view text, Config& config) {
  constexpr auto kExpected = "must be <IP address>:<port>, for example 127.0.0.1:8480 or [::1]:8480";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return kExpected;
  std::string host(text.substr(0, colon));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  in6_addr address{};  // large enough for both families
  if (::inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), &address) != 1) return kExpected;
  if (take_number<std::uint16_t>(text.substr(colon + 1), 0, 65535, config.listen_port)) return kExpected;
  config.listen_address = std::move(host);
  return std::nullopt;
}

Complaint take_level(std::string_view text, log::Level& out) {
  if (log::parse_level(text, out)) return std::nullopt;
  return "must be debug, info, warn or error";
}

Complaint take_origin(std::string_view text, std::string& out) {
  if (auto complaint = judge_url(text, false)) return complaint;
  if (text.ends_with('/')) text.remove_suffix(1);
  out = text;
  return std::nullopt;
}

Complaint take_issuer(std::string_view text, std::string& out) {
  if (auto complaint = judge_url(text, true)) return complaint;
  out = text;
  return std::nullopt;
}

}  // namespace akko::config
