// What somebody is told who wants a name that another catalog has.
#pragma once

#include "base/result.hpp"
#include "domain/catalog.hpp"

namespace akko {

// already_exists/"name_taken", with who holds the name and since when.
Error name_taken(const Catalog& holder);

}  // namespace akko
