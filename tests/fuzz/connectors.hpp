// The product's own connectors, read from the source tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "domain/connector.hpp"

namespace akko::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline const ConnectorRegistry& connectors() {
  static const ConnectorRegistry registry = [] {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : std::filesystem::directory_iterator(AKKO_SOURCE_DIR "/connectors")) {
      if (!entry.is_regular_file()) continue;  // locales/
      std::ifstream in(entry.path(), std::ios::binary);
      files.emplace_back(entry.path().filename(), std::string(std::istreambuf_iterator<char>(in), {}));
    }
    auto loaded = load_connectors({}, files);
    require(loaded.has_value());
    return std::move(*loaded);
  }();
  return registry;
}

}  // namespace akko::fuzz
