// A greeting: bytes that a client says first, and how the answer of the right service begins.
#pragma once

#include <string>

namespace akko {

struct Greeting {
  std::string send;
  std::string expect;
};

}  // namespace akko
