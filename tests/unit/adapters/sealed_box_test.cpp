#include "adapters/sealed_box.hpp"

#include <set>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adapters/private_files.hpp"
#include "unit/adapters/temporary_directory.hpp"

namespace akko {
namespace {

using testing::HasSubstr;
using testing::Not;
using WhenMissing = SealedBox::WhenMissing;

constexpr SealedPlace kPlace{"client-pg-01", "connection-password", 7};

class SealedBoxTest : public testing::Test {
 protected:
  Result<SealedBox> open(WhenMissing when_missing = WhenMissing::make) {
    return SealedBox::open(home_.get(), when_missing);
  }

  void write_key(const std::string& bytes, mode_t mode = 0600) {
    ::unlinkat(home_.get(), "store.key", 0);
    const FileDescriptor file(::openat(home_.get(), "store.key", O_CREAT | O_WRONLY, 0600));
    ASSERT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ASSERT_EQ(::fchmod(file.get(), mode), 0);
  }

  test::TemporaryDirectory directory_;
  FileDescriptor home_{::open(directory_.path().c_str(), O_RDONLY | O_DIRECTORY)};
};

TEST_F(SealedBoxTest, OpensWhatItSealed) {
  const auto box = open();
  ASSERT_TRUE(box) << box.error().message;
  for (const auto& text :
       {std::string("s3cr3t"), std::string(), std::string("\0\n\xff", 3), std::string(100'000, 'x')}) {
    const auto sealed = box->seal(Secret(text), kPlace);
    if (text.size() > 3) {
      EXPECT_THAT(sealed, Not(HasSubstr(text)));
    }
    const auto opened = box->unseal(sealed, kPlace);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->reveal() == text);
  }
}

TEST_F(SealedBoxTest, SealsTheSameValueDifferentlyEachTime) {
  const auto box = open();
  std::set<std::string> sealed;
  for (int i = 0; i < 100; ++i) sealed.insert(box->seal(Secret("same"), kPlace));
  EXPECT_EQ(sealed.size(), 100U);
}

TEST_F(SealedBoxTest, AnotherPlaceIsRefused) {
  const auto box = open();
  const auto sealed = box->seal(Secret("s3cr3t"), kPlace);
  for (const auto& place :
       {SealedPlace{"client-pg-02", "connection-password", 7}, SealedPlace{"client-pg-01", "other", 7},
        SealedPlace{"client-pg-01", "connection-password", 8}}) {
    const auto opened = box->unseal(sealed, place);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, "secret_unreadable");
    EXPECT_THAT(opened.error().message,
                HasSubstr(std::string(place.catalog) + "/" + std::string(place.property)));
  }
}

TEST_F(SealedBoxTest, EveryDamagedByteIsNoticed) {
  const auto box = open();
  const auto sealed = box->seal(Secret("s3cr3t"), kPlace);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto damaged = sealed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(box->unseal(damaged, kPlace)) << i;
    EXPECT_FALSE(box->unseal(sealed.substr(0, i), kPlace)) << i;
  }
}

TEST_F(SealedBoxTest, AnotherKeyIsNamedAsSuch) {
  const auto sealed = open()->seal(Secret("s3cr3t"), kPlace);
  write_key(std::string(32, 'k'));
  const auto opened = open()->unseal(sealed, kPlace);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("another key"));
}

TEST_F(SealedBoxTest, MakesTheKeyOnceAndPrivate) {
  const mode_t before = ::umask(0);
  const auto first = open();
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::fstatat(home_.get(), "store.key", &status, 0), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_EQ(open()->key_id(), first->key_id());
  EXPECT_EQ(names_in(home_.get())->size(), 1U);
}

TEST_F(SealedBoxTest, RefusesAKeyThatIsMissingShortLongOrOpen) {
  EXPECT_EQ(open(WhenMissing::refuse).error().reason, "store_key_missing");
  write_key(std::string(31, 'k'));
  EXPECT_EQ(open().error().reason, "store_key_bad");
  write_key(std::string(33, 'k'));
  EXPECT_EQ(open().error().reason, "store_key_bad");
  write_key("");
  EXPECT_EQ(open().error().reason, "store_key_bad");
  for (const mode_t mode : {0640U, 0604U, 0660U, 0644U}) {
    write_key(std::string(32, 'k'), mode);
    EXPECT_EQ(open().error().reason, "file_not_private") << mode;
  }
  ::unlinkat(home_.get(), "store.key", 0);
  ASSERT_EQ(::symlinkat("/dev/zero", home_.get(), "store.key"), 0);
  EXPECT_FALSE(open());
}

TEST_F(SealedBoxTest, AKeyHalfWrittenByACrashIsMadeAnew) {
  const FileDescriptor unfinished(::openat(home_.get(), "store.key.new", O_CREAT | O_WRONLY, 0600));
  EXPECT_TRUE(open());
  EXPECT_EQ(names_in(home_.get())->size(), 1U);
}

TEST_F(SealedBoxTest, FingerprintsAreKeyedAndStable) {
  const auto box = open();
  EXPECT_EQ(box->fingerprint("request"), open()->fingerprint("request"));
  EXPECT_NE(box->fingerprint("request"), box->fingerprint("request "));
  const auto fingerprint = box->fingerprint("request");
  write_key(std::string(32, 'k'));
  EXPECT_NE(fingerprint, open()->fingerprint("request"));
}

}  // namespace
}  // namespace akko
