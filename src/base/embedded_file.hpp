// A file that was put into the binary at build time (cmake/embed.cmake, cmake/page.cmake).
#pragma once

#include <string_view>

namespace akko::embedded {

struct File {
  std::string_view name;  // without directory; a file of the page below its root: "assets/index.js"
  std::string_view content;
};

}  // namespace akko::embedded
