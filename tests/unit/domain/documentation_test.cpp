// The troubleshooting guide knows every class that a diagnosis can have.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "domain/diagnosis.hpp"

namespace akko {
namespace {

TEST(Troubleshooting, KnowsEveryErrorClass) {
  std::ifstream stream(AKKO_SOURCE_DIR "/docs/troubleshooting.md");
  const std::string guide(std::istreambuf_iterator<char>(stream), {});
  ASSERT_FALSE(guide.empty());
  for (const auto& code : diagnosis_codes())
    EXPECT_NE(guide.find("| `" + code + "` |"), std::string::npos) << code;
}

}  // namespace
}  // namespace akko
