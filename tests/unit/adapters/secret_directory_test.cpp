#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/adapters.hpp"
#include "unit/adapters/temporary_directory.hpp"

namespace akko {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const CatalogName kName = CatalogName::parse("client-pg-01").value();

SecretValues values(const std::map<std::string, std::string>& plain) {
  SecretValues secrets;
  for (const auto& [property, value] : plain) secrets.emplace(property, Secret(value));
  return secrets;
}

class SecretDirectoryTest : public testing::Test {
 protected:
  std::unique_ptr<SecretSource> open() {
    auto opened = open_secret_directory(path_);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  std::string refusal() {
    const auto opened = open_secret_directory(path_);
    return opened ? "opened" : opened.error().reason;
  }
  // File name -> content, of one catalog.
  std::map<std::string, std::string> files(const std::string& catalog = "client-pg-01") const {
    std::map<std::string, std::string> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path_ + "/" + catalog, error)) {
      std::ifstream file(entry.path(), std::ios::binary);
      found[entry.path().filename()] = std::string(std::istreambuf_iterator<char>(file), {});
    }
    return found;
  }
  static mode_t mode(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }

  test::TemporaryDirectory directory_;
  std::string path_ = directory_ / "run/secrets";
};

TEST_F(SecretDirectoryTest, PutsExactBytesUnderTheRevision) {
  const auto source = open();
  const std::string odd("a'b\"\n\0\xff", 7);
  ASSERT_TRUE(source->put(kName, 7, values({{"connection-password", odd}, {"ssl.key_store-password", ""}})));
  EXPECT_THAT(files(),
              UnorderedElementsAre(Pair("connection-password.7", odd), Pair("ssl.key_store-password.7", "")));
  EXPECT_EQ(source->description(), "directory " + path_);
}

TEST_F(SecretDirectoryTest, IsPrivateWhateverTheUmask) {
  for (const mode_t mask : {0U, 022U, 0177U}) {
    const mode_t before = ::umask(mask);
    const auto source = open();
    const auto put = source->put(kName, 1, values({{"password", "x"}}));
    ::umask(before);
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_EQ(mode(path_), 0700U);
    EXPECT_EQ(mode(path_ + "/client-pg-01"), 0700U);
    EXPECT_EQ(mode(path_ + "/client-pg-01/password.1"), 0600U);
    ASSERT_TRUE(source->remove(kName));
  }
}

TEST_F(SecretDirectoryTest, ANewRevisionReplacesTheOld) {
  const auto source = open();
  ASSERT_TRUE(source->put(kName, 1, values({{"password", "old"}, {"token", "old"}})));
  ASSERT_TRUE(source->put(kName, 2, values({{"password", "new"}})));
  EXPECT_THAT(files(), ElementsAre(Pair("password.2", "new")));
  ASSERT_TRUE(source->put(kName, 2, values({{"password", "new"}})));  // a refill
  EXPECT_THAT(files(), ElementsAre(Pair("password.2", "new")));
  ASSERT_TRUE(source->put(kName, 3, {}));
  EXPECT_THAT(*source->list(), IsEmpty());
}

TEST_F(SecretDirectoryTest, ListsAndRemoves) {
  const auto source = open();
  ASSERT_TRUE(source->put(kName, 1, values({{"password", "x"}})));
  ASSERT_TRUE(source->put(CatalogName::probe(2), 1, values({{"password", "x"}})));
  fs::create_directory(path_ + "/lost+found");
  EXPECT_THAT(*source->list(), ElementsAre("akko-probe-2", "client-pg-01"));
  ASSERT_TRUE(source->remove(kName));
  ASSERT_TRUE(source->remove(kName));
  EXPECT_THAT(*source->list(), ElementsAre("akko-probe-2"));
  EXPECT_FALSE(fs::exists(path_ + "/client-pg-01"));
}

TEST_F(SecretDirectoryTest, ClearsWhatACrashLeft) {
  const auto source = open();
  ASSERT_TRUE(source->put(kName, 1, values({{"password", "x"}})));
  std::ofstream(path_ + "/client-pg-01/.unfinished") << "half";
  ASSERT_TRUE(source->put(kName, 2, values({{"password", "y"}})));
  EXPECT_THAT(files(), ElementsAre(Pair("password.2", "y")));
}

TEST_F(SecretDirectoryTest, AFailedPutLeavesNothingOfItself) {
  const auto source = open();
  ASSERT_TRUE(source->put(kName, 1, values({{"b", "old"}})));
  fs::create_directories(path_ + "/client-pg-01/b.2/in-the-way");
  const auto put = source->put(kName, 2, values({{"a", "new"}, {"b", "new"}}));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::unavailable);
  EXPECT_THAT(put.error().message, HasSubstr(path_));
  fs::remove_all(path_ + "/client-pg-01/b.2");
  EXPECT_THAT(files(), ElementsAre(Pair("b.1", "old")));
}

TEST_F(SecretDirectoryTest, RefusesPropertyNamesThatAreNoFileNames) {
  const auto source = open();
  for (const auto* bad : {"", ".", "..", "../x", "a/b", ".hidden", "-x", "A", "a b"}) {
    const auto put = source->put(kName, 1, values({{"good", "x"}, {bad, "x"}}));
    ASSERT_FALSE(put) << bad;
    EXPECT_EQ(put.error().reason, "bad_property_name");
  }
  EXPECT_THAT(*source->list(), IsEmpty());
}

TEST_F(SecretDirectoryTest, RefusesADirectoryOpenToOthers) {
  for (const mode_t open_mode : {0750U, 0705U, 0777U, 0701U}) {
    fs::create_directories(path_);
    ASSERT_EQ(::chmod(path_.c_str(), open_mode), 0);
    EXPECT_EQ(refusal(), "directory_not_private") << open_mode;
  }
}

TEST_F(SecretDirectoryTest, RefusesLinksAndFiles) {
  fs::create_directories(directory_ / "run");
  fs::create_directory(directory_ / "elsewhere");
  ASSERT_EQ(::chmod((directory_ / "elsewhere").c_str(), 0700), 0);
  fs::create_directory_symlink(directory_ / "elsewhere", path_);
  EXPECT_EQ(refusal(), "directory_not_private");
  fs::remove(path_);
  std::ofstream(path_) << "a file";
  EXPECT_EQ(refusal(), "directory_not_private");
}

TEST_F(SecretDirectoryTest, RefusesADirectoryOfSomeoneElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  fs::create_directories(path_);
  ASSERT_EQ(::chmod(path_.c_str(), 0700), 0);
  ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), 0);
  EXPECT_EQ(refusal(), "directory_not_private");
}

TEST_F(SecretDirectoryTest, RefusesWhereItCannotBeMade) {
  std::ofstream(directory_ / "file") << "x";
  path_ = directory_ / "file/secrets";
  EXPECT_EQ(refusal(), "storage_failed");
}

TEST_F(SecretDirectoryTest, IsNotRedirectedByALinkInIt) {
  const auto source = open();
  fs::create_directory(directory_ / "target");
  std::ofstream(directory_ / "target/precious") << "x";
  fs::create_directory_symlink(directory_ / "target", path_ + "/client-pg-01");
  EXPECT_FALSE(source->put(kName, 1, values({{"password", "x"}})));
  EXPECT_FALSE(source->remove(kName));
  EXPECT_TRUE(fs::exists(directory_ / "target/precious"));
  EXPECT_FALSE(fs::exists(directory_ / "target/password.1"));
  // A link in the place of a value is replaced, not followed.
  fs::remove(path_ + "/client-pg-01");
  ASSERT_TRUE(source->put(kName, 1, values({{"token", "x"}})));
  fs::create_symlink(directory_ / "target/precious", path_ + "/client-pg-01/password.1");
  ASSERT_TRUE(source->put(kName, 1, values({{"password", "y"}, {"token", "x"}})));
  EXPECT_FALSE(fs::is_symlink(path_ + "/client-pg-01/password.1"));
  EXPECT_EQ(fs::file_size(directory_ / "target/precious"), 1U);
}

TEST_F(SecretDirectoryTest, OneProcessAtATime) {
  auto source = open();
  EXPECT_EQ(refusal(), "secret_directory_in_use");
  source.reset();
  EXPECT_EQ(refusal(), "opened");
}

TEST_F(SecretDirectoryTest, AReaderNeverSeesAPart) {
  const auto source = open();
  const std::string first(200'000, 'a');
  const std::string second(200'000, 'b');
  ASSERT_TRUE(source->put(kName, 1, values({{"password", first}})));
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      std::ifstream file(path_ + "/client-pg-01/password.1", std::ios::binary);
      ASSERT_TRUE(file.is_open());
      const std::string seen(std::istreambuf_iterator<char>(file), {});
      ASSERT_TRUE(seen == first || seen == second);
    }
  });
  for (int i = 0; i < 200; ++i)
    ASSERT_TRUE(source->put(kName, 1, values({{"password", i % 2 == 0 ? second : first}})));
  done = true;
  reader.join();
}

}  // namespace
}  // namespace akko
