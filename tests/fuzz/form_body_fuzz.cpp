// Form bodies: no input breaks the decoder, and what it accepts it reads the same again once encoded.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "api/form_body.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fields = akko::api::decode_form({reinterpret_cast<const char*>(data), size});
  if (!fields) return 0;
  std::string again;
  for (const auto& [name, value] : *fields) {
    if (!again.empty()) again += '&';
    again += boost::urls::encode(name, boost::urls::unreserved_chars) + '=' +
             boost::urls::encode(value, boost::urls::unreserved_chars);
  }
  const bool too_long = again.size() > 16 * 1024;
  const auto reread = akko::api::decode_form(again);
  if (!too_long && (!reread || *reread != *fields)) std::abort();
  return 0;
}
