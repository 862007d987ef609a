// Quoting: what a reader of Trino's grammar takes out of a literal is what went in, and the literal ends
// where it should. (That the real parser agrees is a live test.)
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "domain/sql.hpp"

namespace {

// Reads '…' by the rule of the grammar: STRING: '\'' ( ~'\'' | '\'\'' )* '\''
bool reads_back(std::string_view literal, char quote, std::string_view expected) {
  if (literal.size() < 2 || literal.front() != quote) return false;
  std::string value;
  std::size_t at = 1;
  for (; at < literal.size(); ++at) {
    if (literal[at] != quote) {
      value += literal[at];
    } else if (at + 1 < literal.size() && literal[at + 1] == quote) {
      value += quote;
      ++at;
    } else {
      break;
    }
  }
  return at + 1 == literal.size() && value == expected;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!reads_back(akko::sql_literal(text), '\'', text)) std::abort();
  if (!reads_back(akko::sql_identifier(text), '"', text)) std::abort();
  return 0;
}
