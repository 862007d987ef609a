#include "base/strict_json.hpp"

#include <cmath>
#include <cstdint>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sodium/utils.h>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value_stack.hpp>

#include "base/utf8.hpp"

namespace akko {
namespace {

namespace json = boost::json;

// What is parsed may hold secrets: its memory is wiped when it is given back. Alignments are left alone: no
// JSON value needs more than the usual one, and Boost.JSON 1.81 gives keys back with another than it took.
class WipingMemory final : public json::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t) override { return ::operator new(bytes); }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    sodium_memzero(memory, bytes);
    ::operator delete(memory);
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

json::storage_ptr wiping_memory() {
  static WipingMemory memory;
  return &memory;
}

// Receives the events of Boost's parser, builds the value, and refuses what Boost lets pass.
class StrictReader {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  StrictReader() : values_(wiping_memory()) { values_.reset(wiping_memory()); }

  json::value release() { return values_.release(); }
  // Why this reader, not Boost's parser, refused the text; "" otherwise.
  const std::string& refusal() const { return refusal_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code&) {
    objects_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t size, json::error_code&) {
    objects_.pop_back();
    values_.push_object(size);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t size, json::error_code&) {
    values_.push_array(size);
    return true;
  }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    name_.append(part.data(), part.size());
    values_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& error) {
    name_.append(part.data(), part.size());
    values_.push_key(part);
    auto& object = objects_.back();
    object.current = std::exchange(name_, {});
    if (object.names.insert(object.current).second) return true;
    return refuse("member \"" + path() + "\" appears twice", error);
  }

  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    values_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    values_.push_string(part);
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    values_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    values_.push_uint64(number);
    return true;
  }
  // Boost rounds a whole number beyond 64 bits to a double, and one beyond double to infinity.
  bool on_double(double number, json::string_view text, json::error_code& error) {
    const bool whole = text.find_first_of(".eE") == json::string_view::npos;
    if (whole || !std::isfinite(number)) return refuse("a number is too large", error);
    values_.push_double(number);
    return true;
  }

  bool on_bool(bool value, json::error_code&) {
    values_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    values_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  struct OpenObject {
    std::set<std::string> names;
    std::string current;  // the member being read
  };

  // "properties.connection-url": the members on the way to the one being read, fit for a log.
  std::string path() const {
    std::string path;
    for (const auto& object : objects_) path.append(path.empty() ? "" : ".").append(object.current);
    return utf8::printable(path, 200);
  }

  bool refuse(std::string why, json::error_code& error) {
    refusal_ = std::move(why);
    error = json::error::syntax;  // any error stops the parser; refusal_ has the words
    return false;
  }

  json::value_stack values_;
  std::vector<OpenObject> objects_;
  std::string name_;  // parts of the member name being read
  std::string refusal_;
};

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed, "malformed_json", std::move(message));
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes)
    return malformed("the JSON text has " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(limits.max_bytes) + " are read");
  json::parse_options options;
  options.max_depth = limits.max_depth;
  json::basic_parser<StrictReader> parser(options);
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error) {
    const auto& refusal = parser.handler().refusal();
    return malformed("not valid JSON: " + (refusal.empty() ? error.message() : refusal) + ", at byte " +
                     std::to_string(read));
  }
  return parser.handler().release();
}

}  // namespace akko
