#include "domain/json_node.hpp"

#include <algorithm>

namespace akko {
namespace {

std::string below(const std::string& place, std::string_view name) { return place + "/" + std::string(name); }

}  // namespace

void JsonNode::wrong(std::string reason) const {
  if (!problem_->found()) *problem_ = {place_.empty() ? "/" : place_, std::move(reason)};
}

void JsonNode::only(std::initializer_list<std::string_view> names) const {
  if (!present()) return;
  if (!value_->is_object()) return wrong("must be an object");
  for (const auto& member : value_->get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return JsonNode(value_, below(place_, name), *problem_).wrong("unknown member");
    }
  }
}

JsonNode JsonNode::optional_member(std::string_view name) const {
  const auto* object = present() ? value_->if_object() : nullptr;
  const auto* found = object != nullptr ? object->if_contains({name.data(), name.size()}) : nullptr;
  return {found, below(place_, name), *problem_};
}

JsonNode JsonNode::member(std::string_view name) const {
  auto found = optional_member(name);
  if (!found.present()) found.wrong("is required");
  return found;
}

std::string JsonNode::text(std::string_view name) const { return member(name).as_text(); }

std::string JsonNode::optional_text(std::string_view name) const { return optional_member(name).as_text(); }

bool JsonNode::flag(std::string_view name, bool otherwise) const {
  const auto found = optional_member(name);
  if (!found.present()) return otherwise;
  if (!found.value_->is_bool()) {
    found.wrong("must be true or false");
    return otherwise;
  }
  return found.value_->get_bool();
}

std::optional<std::int64_t> JsonNode::number(std::string_view name) const {
  const auto found = optional_member(name);
  if (!found.present()) return std::nullopt;
  if (!found.value_->is_int64()) {
    found.wrong("must be a whole number");
    return std::nullopt;
  }
  return found.value_->get_int64();
}

std::vector<JsonNode> JsonNode::items(std::string_view name) const {
  const auto found = optional_member(name);
  std::vector<JsonNode> out;
  if (!found.present()) return out;
  const auto* array = found.value_->if_array();
  if (array == nullptr || array->empty()) {
    found.wrong("must be an array that is not empty");
    return out;
  }
  for (const auto& item : *array)
    out.emplace_back(&item, below(found.place_, std::to_string(out.size())), *problem_);
  return out;
}

std::vector<std::string> JsonNode::texts(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto nodes = items(name); const auto& item : nodes) {
    auto text = item.as_text();
    if (std::find(out.begin(), out.end(), text) != out.end()) item.wrong("stands there twice");
    out.push_back(std::move(text));
  }
  return out;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members(std::string_view name) const {
  const auto found = optional_member(name);
  std::vector<std::pair<std::string, JsonNode>> out;
  if (!found.present()) return out;
  if (!found.value_->is_object()) {
    found.wrong("must be an object");
    return out;
  }
  for (const auto& member : found.value_->get_object()) {
    std::string key(member.key().data(), member.key().size());
    JsonNode node(&member.value(), below(found.place_, key), *problem_);
    out.emplace_back(std::move(key), std::move(node));
  }
  return out;
}

std::string JsonNode::as_text() const {
  if (!present()) return {};
  if (!value_->is_string() || value_->get_string().empty()) {
    wrong("must be a text that is not empty");
    return {};
  }
  return {value_->get_string().data(), value_->get_string().size()};
}

std::string JsonNode::as_scalar() const {
  if (present() && value_->is_bool()) return value_->get_bool() ? "true" : "false";
  if (present() && value_->is_int64()) return std::to_string(value_->get_int64());
  return as_text();
}

}  // namespace akko
