// What several use cases refuse, in the same words.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "domain/catalog.hpp"

namespace akko {

// already_exists/"name_taken", with who holds the name and since when.
tl::unexpected<Error> name_taken(const Catalog& holder);

// not_found/"catalog_not_found".
tl::unexpected<Error> no_such_catalog();

// already_exists/"operation_in_progress": a registration or a removal holds the catalog.
tl::unexpected<Error> operation_holds(const CatalogName& name);

// unavailable/"trino_unavailable". `problem`: what came of asking it.
tl::unexpected<Error> trino_is_silent(std::string_view problem);

}  // namespace akko
