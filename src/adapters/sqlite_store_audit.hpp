// Audit events by catalog, in the same database. Only sqlite_store*.cpp include this.
#pragma once

#include <memory>

#include "adapters/sqlite_store_file.hpp"
#include "app/ports.hpp"

namespace akko::sqlite {

std::unique_ptr<AuditTrail> make_trail(std::shared_ptr<StoreFile> file);

}  // namespace akko::sqlite
