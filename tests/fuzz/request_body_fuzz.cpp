// Request bodies: any bytes decode to a request with violations or to an error, never to a crash; what was
// decoded is validated by both definitions.
#include <cstdint>
#include <string_view>

#include "api/catalog_decoder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto decoded = akko::api::decode_catalog_request(body);
  if (decoded) static_cast<void>(akko::CatalogName::parse(decoded->request.name));
  return 0;
}
