#include "app/ports.hpp"

#include <algorithm>

namespace akko {

const Catalog* CatalogSnapshot::find(std::string_view name) const {
  const auto found = std::lower_bound(
      catalogs.begin(), catalogs.end(), name,
      [](const auto& catalog, std::string_view wanted) { return catalog->spec.name.text() < wanted; });
  return found != catalogs.end() && (*found)->spec.name.text() == name ? found->get() : nullptr;
}

}  // namespace akko
