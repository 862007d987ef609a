// Templates: a text put together from the fields of a form, and taken apart again. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/text_encoding.hpp"

namespace akko {

// "{client_id}:{client_secret}": literals and placeholders `{field}` or `{field|encoding}` in turn; "{{"
// stands for a brace. Immutable.
class TextTemplate {
 public:
  // Error: invalid_argument; the message says what is wrong. Two placeholders must not stand side by side.
  static Result<TextTemplate> parse(std::string_view text);

  // Nothing when a field has no value, or when a value holds what follows its placeholder, so that the text
  // could not be taken apart again.
  using Lookup = std::function<std::optional<std::string_view>(std::string_view field)>;
  std::optional<std::string> render(const Lookup& value_of) const;

  // The values of the fields in a text that this template yields; nothing for any other text.
  std::optional<std::map<std::string, std::string>> match(std::string_view text) const;

  std::vector<std::string> fields() const;

 private:
  struct Piece {
    std::string literal;  // before the placeholder
    std::string field;    // "" = the last literal
    const TextEncoding* encoding = nullptr;
  };
  std::vector<Piece> pieces_;  // the last one has no field
};

}  // namespace akko
