#include "domain/text_template.hpp"

#include <utility>

namespace akko {
namespace {

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::invalid_argument, "template", std::move(message));
}

}  // namespace

Result<TextTemplate> TextTemplate::parse(std::string_view text) {
  TextTemplate out;
  Piece piece;
  while (!text.empty()) {
    const auto brace = text.find('{');
    piece.literal += text.substr(0, brace);
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace + 1);
    if (text.starts_with('{')) {
      piece.literal += '{';
      text.remove_prefix(1);
      continue;
    }
    const auto end = text.find('}');
    if (end == std::string_view::npos) return refuse("a placeholder is not closed");
    const auto placeholder = text.substr(0, end);
    const auto bar = placeholder.find('|');
    piece.field = placeholder.substr(0, bar);
    piece.encoding = find_encoding(bar == std::string_view::npos ? "plain" : placeholder.substr(bar + 1));
    if (piece.field.empty() || piece.encoding == nullptr)
      return refuse("a placeholder names no field or an unknown encoding");
    if (!out.pieces_.empty() && piece.literal.empty())
      return refuse("two placeholders stand side by side: nobody could tell where the first one ends");
    out.pieces_.push_back(std::exchange(piece, {}));
    text.remove_prefix(end + 1);
  }
  out.pieces_.push_back(std::move(piece));
  return out;
}

std::optional<std::string> TextTemplate::render(const Lookup& value_of) const {
  std::string out;
  for (const auto& piece : pieces_) {
    out += piece.literal;
    if (piece.field.empty()) continue;
    const auto value = value_of(piece.field);
    if (!value) return std::nullopt;
    out += piece.encoding->encode(*value);
  }
  const auto back = match(out);
  if (!back) return std::nullopt;
  for (const auto& [field, value] : *back) {
    if (value_of(field) != value) return std::nullopt;
  }
  return out;
}

std::optional<std::map<std::string, std::string>> TextTemplate::match(std::string_view text) const {
  std::map<std::string, std::string> values;
  for (std::size_t at = 0; at < pieces_.size(); ++at) {
    const auto& piece = pieces_[at];
    if (!text.starts_with(piece.literal)) return std::nullopt;
    text.remove_prefix(piece.literal.size());
    if (piece.field.empty()) break;
    const auto& next = pieces_[at + 1].literal;
    const auto length = next.empty() ? text.size() : text.find(next);
    if (length == std::string_view::npos) return std::nullopt;
    auto value = piece.encoding->decode(text.substr(0, length));
    if (!value) return std::nullopt;
    const auto [known, added] = values.emplace(piece.field, *value);
    if (!added && known->second != *value) return std::nullopt;
    text.remove_prefix(length);
  }
  if (!text.empty()) return std::nullopt;
  return values;
}

std::vector<std::string> TextTemplate::fields() const {
  std::vector<std::string> out;
  for (const auto& piece : pieces_) {
    if (!piece.field.empty()) out.push_back(piece.field);
  }
  return out;
}

}  // namespace akko
