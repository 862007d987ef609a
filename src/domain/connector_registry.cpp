// All definitions, and how they are loaded.
#include <algorithm>

#include "domain/connector.hpp"
#include "domain/definition_reader.hpp"

namespace akko {
namespace {

constexpr std::string_view kSchemaSuffix = ".schema.json";
constexpr std::string_view kFragmentSuffix = ".fragment.json";

}  // namespace

void ConnectorRegistry::add(ConnectorDefinition definition) {
  auto owned = std::make_unique<const ConnectorDefinition>(std::move(definition));
  const auto at = std::lower_bound(all_.begin(), all_.end(), owned->id(),
                                   [](const auto& own, const std::string& id) { return own->id() < id; });
  if (at != all_.end() && (*at)->id() == owned->id()) {
    *at = std::move(owned);
  } else {
    all_.insert(at, std::move(owned));
  }
}

const std::string& ConnectorDefinition::public_json(Language language) const {
  const auto found = public_json_.find(language);
  return found == public_json_.end() ? public_json_.at(Language::english) : found->second;
}

const ConnectorDefinition* ConnectorRegistry::find(std::string_view id) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& own) { return own->id() == id; });
  return found == all_.end() ? nullptr : found->get();
}

const Translations& ConnectorRegistry::phrases(Language language) const {
  static const Translations kNone;
  const auto found = phrases_.find(language);
  return found == phrases_.end() ? kNone : found->second;
}

void ConnectorRegistry::translate(Language language, const Translations& words) {
  auto sentences = general_sentences();
  for (const auto& definition : all_) {
    for (const auto& rule : definition->diagnosis())
      sentences.insert(sentences.end(), {rule.message, rule.fix});
    for (const auto& [code, hint] : definition->hints())
      sentences.insert(sentences.end(), {hint.message, hint.fix});
  }
  auto& phrases = phrases_[language];
  for (const auto& sentence : sentences) {
    const auto found = words.find(sentence);
    if (found != words.end()) phrases.insert(*found);
  }
}

Result<ConnectorRegistry> load_connectors(
    const std::vector<std::pair<std::string_view, std::string_view>>& embedded,
    const std::vector<std::pair<std::string, std::string>>& from_directory,
    const std::vector<std::pair<std::string, std::string>>& french) {
  AKKO_TRY(const auto words, read_translations(french));
  auto files = embedded;
  files.insert(files.end(), from_directory.begin(), from_directory.end());
  DefinitionFragments fragments;
  for (const auto& [name, content] : files) {
    if (!name.ends_with(kFragmentSuffix)) continue;
    AKKO_TRY(auto fragment, DefinitionReader::fragment(content, name));
    fragments[fragment.name] = std::move(fragment);
  }
  ConnectorRegistry registry;
  for (const auto& [name, content] : files) {
    if (name.ends_with(kFragmentSuffix) || name.ends_with(kSchemaSuffix)) continue;
    AKKO_TRY(auto definition, ConnectorDefinition::parse(content, name, fragments));
    DefinitionReader::translate(definition, Language::french, words);
    registry.add(std::move(definition));
  }
  registry.translate(Language::french, words);
  return registry;
}

}  // namespace akko
