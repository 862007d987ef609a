#include "base/version.hpp"

// Both come from src/CMakeLists.txt and change this file alone, so that a new commit recompiles nothing else.
#ifndef AKKO_VERSION
#define AKKO_VERSION "dev"
#endif
#ifndef AKKO_REVISION
#define AKKO_REVISION "unknown"
#endif

namespace akko {

std::string_view version() { return AKKO_VERSION; }
std::string_view revision() { return AKKO_REVISION; }

std::string_view compiler() {
#ifdef __clang__
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace akko
