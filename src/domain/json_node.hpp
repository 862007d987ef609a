// `JsonNode`: reads a JSON document that people wrote, and remembers the first thing that is wrong with
// it and where. Private to the definition reader.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace akko {

// The first problem of a document; later ones are often its consequences.
struct JsonProblem {
  std::string place;  // JSON pointer, "/properties/3/kind"
  std::string reason;
  bool found() const { return !reason.empty(); }
};

// A place in a document, with or without a value. Every reader returns an empty value after it has noted
// a problem, so that callers read on and look at the problem once, at the end.
class JsonNode {
 public:
  JsonNode(const boost::json::value* value, std::string place, JsonProblem& problem)
      : value_(value), place_(std::move(place)), problem_(&problem) {}

  bool present() const { return value_ != nullptr; }
  void wrong(std::string reason) const;

  // Notes a problem unless this is an object with no members but these.
  void only(std::initializer_list<std::string_view> names) const;

  JsonNode member(std::string_view name) const;  // absent is a problem
  JsonNode optional_member(std::string_view name) const;

  std::string text(std::string_view name) const;           // absent or empty is a problem
  std::string optional_text(std::string_view name) const;  // "" when absent; empty is a problem
  bool flag(std::string_view name, bool otherwise) const;
  std::optional<std::int64_t> number(std::string_view name) const;

  std::vector<JsonNode> items(std::string_view name) const;     // none when absent; empty is a problem
  std::vector<std::string> texts(std::string_view name) const;  // likewise; no text twice
  std::vector<std::pair<std::string, JsonNode>> members(std::string_view name) const;  // none when absent

  std::string as_text() const;
  // A text, whole number or boolean, as text.
  std::string as_scalar() const;
  const boost::json::value* value() const { return value_; }

 private:
  const boost::json::value* value_;
  std::string place_;
  JsonProblem* problem_;
};

}  // namespace akko
