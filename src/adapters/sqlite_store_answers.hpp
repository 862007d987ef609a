// Answers kept for `Idempotency-Key`, in the same database. Only sqlite_store*.cpp include this.
#pragma once

#include <memory>

#include "adapters/sqlite_store_file.hpp"
#include "app/ports.hpp"

namespace akko::sqlite {

std::unique_ptr<IdempotencyStore> make_answers(std::shared_ptr<StoreFile> file, const Clock& clock);

}  // namespace akko::sqlite
