// SecretSource over a directory that Trino's `akko` secret provider reads (trino-plugin/, DirectorySource).
//
// `<directory>/<catalog>/<property>.<revision>` holds exactly the bytes of a value. The directory is no place
// of record: it may lie on tmpfs and is refilled from the store, so nothing here is synced to a disk.
#include "adapters/adapters.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <utility>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "adapters/private_files.hpp"

namespace akko {
namespace {

// A value on its way: no provider accepts a name that begins with a dot.
constexpr const char* kUnfinished = ".unfinished";

// What the provider's grammar allows; definitions name no other properties.
bool is_property_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '.' && name.front() != '_' &&
         name.front() != '-' && std::all_of(name.begin(), name.end(), allowed);
}

bool is_catalog_name(const std::string& name) {
  return CatalogName::is_probe(name) || CatalogName::parse(name).has_value();
}

Result<void> unlink_all_but(int directory, const std::set<std::string>& kept) {
  AKKO_TRY(const auto names, names_in(directory));
  for (const auto& name : names) {
    if (kept.count(name) == 0 && ::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) {
      return storage_failure("removing the file " + name, errno);
    }
  }
  return {};
}

// A reader finds the old file, the new one or none, never a part.
Result<void> place_file(int directory, const std::string& name, const Secret& value) {
  ::unlinkat(directory, kUnfinished, 0);  // left by a crash
  AKKO_CHECK(make_private_file(directory, kUnfinished, value.reveal(), false));
  if (::renameat(directory, kUnfinished, directory, name.c_str()) == 0) return {};
  const int error = errno;
  ::unlinkat(directory, kUnfinished, 0);
  return storage_failure("naming the file " + name, error);
}

class SecretDirectory final : public SecretSource {
 public:
  SecretDirectory(std::string path, FileDescriptor root) : path_(std::move(path)), root_(std::move(root)) {}

  Result<void> put(const CatalogName& name, std::uint64_t revision, const SecretValues& values) override {
    if (values.empty()) return remove(name);
    for (const auto& [property, value] : values) {
      if (is_property_name(property)) continue;
      return fail(ErrorCode::internal, "bad_property_name",
                  "the property \"" + property + "\" cannot be a file name");
    }
    const std::scoped_lock lock(mutex_);
    auto placed = place(name, revision, values);
    if (!placed)
      return within("putting the secrets of " + name.text() + " into " + path_, std::move(placed).error());
    return {};
  }

  Result<void> remove(const CatalogName& name) override {
    const std::scoped_lock lock(mutex_);
    auto removed = remove_directory(name.text());
    if (!removed) {
      return within("removing the secrets of " + name.text() + " from " + path_, std::move(removed).error());
    }
    return {};
  }

  Result<std::vector<std::string>> list() override {
    const std::scoped_lock lock(mutex_);
    AKKO_TRY(auto names, names_in(root_.get()));
    names.erase(
        std::remove_if(names.begin(), names.end(), [](const auto& name) { return !is_catalog_name(name); }),
        names.end());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string description() const override { return "directory " + path_; }

 private:
  // Other revisions go last: until the new set is whole, what a statement refers to stays readable.
  Result<void> place(const CatalogName& name, std::uint64_t revision, const SecretValues& values) {
    AKKO_TRY(const auto directory,
             open_private_directory(root_.get(), name.text(), path_ + "/" + name.text(), Links::refuse));
    AKKO_TRY(const auto before, names_in(directory.get()));
    std::set<std::string> placed;
    for (const auto& [property, value] : values) {
      const auto file = property + "." + std::to_string(revision);
      auto done = place_file(directory.get(), file, value);
      if (!done) {
        // A refill puts the same values again: what was there stays.
        for (const auto& earlier : before) placed.erase(earlier);
        for (const auto& earlier : placed) ::unlinkat(directory.get(), earlier.c_str(), 0);
        return done;
      }
      placed.insert(file);
    }
    return unlink_all_but(directory.get(), placed);
  }

  Result<void> remove_directory(const std::string& name) {
    const FileDescriptor directory(
        ::openat(root_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.valid() && errno == ENOENT) return {};
    if (!directory.valid()) return storage_failure("opening the directory", errno);
    AKKO_CHECK(unlink_all_but(directory.get(), {}));
    if (::unlinkat(root_.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
    return storage_failure("removing the directory", errno);
  }

  const std::string path_;
  const FileDescriptor root_;
  std::mutex mutex_;  // one writer at a time
};

}  // namespace

Result<std::unique_ptr<SecretSource>> open_secret_directory(const std::string& directory) {
  AKKO_TRY(auto root, open_private_directory(directory, Links::refuse));
  // Two processes on one directory would each remove what they do not know.
  if (!lock_exclusively(root.get())) {
    return fail(
        ErrorCode::failed_precondition, "secret_directory_in_use",
        "another process uses the secret directory " + directory,
        "Stop it, or set AKKO_SECRETS_DIR to a directory of its own (and tell Trino's secret provider).");
  }
  return std::make_unique<SecretDirectory>(directory, std::move(root));
}

}  // namespace akko
