// The page: files that were put into the binary at build time (cmake/page.cmake), and what it must know
// before anybody is signed in.
#pragma once

#include <span>
#include <string>

#include "api/router.hpp"
#include "base/embedded_file.hpp"

namespace akko::api {

struct PageSettings {
  std::span<const embedded::File>
      files;           // "index.html", "assets/x.js", "assets/x.js.gz"; empty = built without
  std::string issuer;  // as tokens carry it
  std::string client_id;
  bool development = false;  // the issuer is the development issuer
};

// GET / is index.html; any other file has its own path, and there is nothing behind other paths. A file whose
// name ends in ".gz" is the compressed form of the one without: it is sent to whoever takes gzip. What lies
// in assets/ carries a hash in its name and is kept for a year; all else is asked for again each time.
void add_page_routes(Router& router, const PageSettings& settings);

// Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3).
bool takes_gzip(std::string_view accept_encoding);

}  // namespace akko::api
