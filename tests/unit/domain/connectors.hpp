// The product's own connector files, read from the source tree.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domain/connector.hpp"

namespace akko::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::filesystem::path source(const std::string& path) {
  return std::filesystem::path(AKKO_SOURCE_DIR) / path;
}

inline std::vector<std::pair<std::string, std::string>> connector_files() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& entry : std::filesystem::directory_iterator(source("connectors"))) {
    if (entry.path().extension() == ".json")
      files.emplace_back(entry.path().filename(), read_file(entry.path()));
  }
  return files;
}

inline const ConnectorRegistry& connectors() {
  static const ConnectorRegistry registry = [] {
    auto loaded = load_connectors({}, connector_files());
    if (!loaded) throw std::runtime_error(loaded.error().message);
    return std::move(*loaded);
  }();
  return registry;
}

inline const ConnectorDefinition& connector(const std::string& id) {
  const auto* found = connectors().find(id);
  if (found == nullptr) throw std::runtime_error("no connector " + id);
  return *found;
}

}  // namespace akko::test
