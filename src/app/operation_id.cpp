#include "app/operation_id.hpp"

#include <sodium.h>

#include <array>

namespace akko {

std::string new_operation_id() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  return {hex.data(), 32};
}

}  // namespace akko
