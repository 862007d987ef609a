#include "api/form_body.hpp"

#include <algorithm>
#include <optional>

#include "base/utf8.hpp"

namespace akko::api {
namespace {

constexpr std::size_t kMaxBytes = 16 * 1024;
constexpr std::size_t kMaxFields = 64;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// What a browser encodes must come encoded.
bool stands_for_itself(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~*!'():/@,;$?[]").find(c) != std::string_view::npos;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+') {
      out += ' ';
    } else if (text[at] != '%') {
      if (!stands_for_itself(text[at])) return std::nullopt;
      out += text[at];
    } else {
      if (text.size() - at < 3) return std::nullopt;
      const int high = hex_value(text[at + 1]);
      const int low = hex_value(text[at + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  if (std::any_of(out.begin(), out.end(), is_control) || !utf8::is_valid(out)) return std::nullopt;
  return out;
}

tl::unexpected<Error> bad_form(std::string message) {
  return fail(ErrorCode::malformed, "malformed_form", std::move(message),
              "Send name=value pairs joined by &, percent-encoded UTF-8.");
}

bool is_form(const Request& request) {
  if (request.header_count("content-type") != 1 || request.header_count("content-encoding") > 0) return false;
  std::string_view type = request.header("content-type");
  const auto media = type.substr(0, type.find(';'));
  if (!same_token(media.substr(0, media.find_last_not_of(" \t") + 1), "application/x-www-form-urlencoded"))
    return false;
  if (media.size() == type.size()) return true;
  type.remove_prefix(media.size() + 1);
  type.remove_prefix(std::min(type.find_first_not_of(" \t"), type.size()));
  return same_token(type, "charset=utf-8");
}

}  // namespace

Result<FormFields> decode_form(std::string_view body) {
  if (body.size() > kMaxBytes)
    return fail(ErrorCode::payload_too_large, "body_too_large", "the form is larger than 16 KiB");
  FormFields fields;
  for (bool more = !body.empty(); more;) {
    const auto end = body.find('&');
    const auto pair = body.substr(0, end);
    const auto sign = pair.find('=');
    if (fields.size() == kMaxFields) return bad_form("the form has more than 64 fields");
    if (sign == 0 || sign == std::string_view::npos)
      return bad_form("a field of the form has no name or no value");
    auto name = decode(pair.substr(0, sign));
    auto value = decode(pair.substr(sign + 1));
    if (!name || !value)
      return bad_form("the form is not percent-encoded UTF-8, or it holds a control character");
    fields.emplace_back(std::move(*name), std::move(*value));
    more = end != std::string_view::npos;
    if (more) body.remove_prefix(end + 1);
  }
  return fields;
}

Result<FormFields> read_form(const Request& request) {
  if (!is_form(request)) {
    return fail(ErrorCode::unsupported_media, "unsupported_media_type", "the body must be a form in UTF-8",
                "Send the header Content-Type: application/x-www-form-urlencoded.");
  }
  return decode_form(request.body);
}

}  // namespace akko::api
