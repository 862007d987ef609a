// Strict JSON: what is accepted is what Boost reads from the same text, and what Boost writes of it is
// accepted again (not always equal: Boost 1.81 rounds fractions to the last digit but one).
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/strict_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = akko::parse_strict_json(text);
  if (!value) return 0;
  boost::json::error_code error;
  const auto reference = boost::json::parse(text, error);
  if (error || reference != *value) std::abort();
  if (!akko::parse_strict_json(boost::json::serialize(*value))) std::abort();
  return 0;
}
