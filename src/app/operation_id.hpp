// Identifiers of operations: 32 hex digits, random; the client tag of every statement in Trino.
#pragma once

#include <string>

namespace akko {

std::string new_operation_id();

}  // namespace akko
