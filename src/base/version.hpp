// Which build this is.
#pragma once

#include <string_view>

namespace akko {

std::string_view version();   // "0.1.0"; "dev" when the build does not say
std::string_view revision();  // git commit; "unknown" when the build does not say
std::string_view compiler();  // "g++ 12.2.0"

}  // namespace akko
