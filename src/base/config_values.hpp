// How the text of a setting becomes a value: the readers of config.cpp's table.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include "base/config.hpp"

namespace akko::config {

// What is wrong with a value, for the reader ("must be …"); nothing when it was taken.
using Complaint = std::optional<std::string>;

// "from 1 to 64"
std::string range_text(double low, double high);

// A decimal number, fraction allowed, exponent not.
std::optional<double> to_number(std::string_view text);

// A whole number.
template <typename Number>
Complaint take_number(std::string_view text, Number low, Number high, Number& out) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < low || number > high) {
    return "must be a whole number " + range_text(static_cast<double>(low), static_cast<double>(high));
  }
  out = number;
  return std::nullopt;
}

// Seconds, with a fraction where `out` can hold one.
template <typename Duration>
Complaint take_seconds(std::string_view text, double low, double high, Duration& out) {
  const auto seconds = to_number(text);
  if (!seconds || *seconds < low || *seconds > high) {
    return "must be a number of seconds " + range_text(low, high);
  }
  const std::chrono::duration<double> exact(*seconds);
  const auto span = std::chrono::round<Duration>(exact);
  if (std::chrono::abs(span - exact) > std::chrono::microseconds{1}) {
    return std::is_same_v<Duration, std::chrono::seconds> ? "must be whole seconds"
                                                          : "must be whole milliseconds";
  }
  out = span;
  return std::nullopt;
}

// true, 1 or on; false, 0 or off.
Complaint take_switch(std::string_view text, bool& out);
// Whole milliseconds, from 1 to an hour.
Complaint take_millis(std::string_view text, std::chrono::milliseconds& out);
Complaint take_secret(std::string_view text, Secret& out);
// The first line of a file.
Complaint take_secret_file(std::string_view text, Secret& out);
Complaint take_text(std::string_view text, std::string& out);
// Separated by commas; blanks around an entry do not count, a repeated entry is taken once.
Complaint take_list(std::string_view text, std::vector<std::string>& out);
// A list of CIDR ranges and addresses.
Complaint take_ranges(std::string_view text, std::vector<IpRange>& out);
Complaint take_directory(std::string_view text, std::string& out);
Complaint take_readable_file(std::string_view text, std::string& out);
Complaint take_listen(std::string_view text, Config& config);
Complaint take_level(std::string_view text, log::Level& out);

// http or https URLs without user, query and fragment. An origin has no path either; an issuer is kept to
// the letter, because a token's `iss` must equal it. A complaint does not repeat the value: a password may
// stand in it.
Complaint take_origin(std::string_view text, std::string& out);
Complaint take_issuer(std::string_view text, std::string& out);

}  // namespace akko::config
