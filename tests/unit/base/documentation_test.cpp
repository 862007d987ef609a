// docs/operations.md knows every setting that --help lists.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "base/config.hpp"

namespace akko {
namespace {

TEST(Operations, KnowsEverySetting) {
  std::ifstream stream(AKKO_SOURCE_DIR "/docs/operations.md");
  const std::string guide(std::istreambuf_iterator<char>(stream), {});
  const std::array<const char*, 2> arguments = {"akko-catalog-manager", "--help"};
  const auto help = read_command_line(2, arguments.data(), {});
  ASSERT_TRUE(help);
  int settings = 0;
  for (std::size_t at = help->text.find("[AKKO_"); at != std::string::npos;
       at = help->text.find("[AKKO_", at + 1)) {
    const auto name = help->text.substr(at + 1, help->text.find_first_of(",]", at) - at - 1);
    EXPECT_NE(guide.find("| `" + name + "` |"), std::string::npos) << name;
    ++settings;
  }
  EXPECT_GT(settings, 20);
}

}  // namespace
}  // namespace akko
