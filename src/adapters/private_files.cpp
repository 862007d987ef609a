#include "adapters/private_files.hpp"

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace akko {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

tl::unexpected<Error> not_private(std::string message, std::string fix) {
  return fail(ErrorCode::internal, "directory_not_private", std::move(message), std::move(fix));
}

Result<void> check_directory(int fd, const std::string& shown) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return storage_failure("looking at " + shown, errno);
  if (status.st_uid != ::geteuid()) {
    return not_private(shown + " belongs to user " + std::to_string(status.st_uid) +
                           ", this process runs as user " + std::to_string(::geteuid()),
                       "Name another directory, or give it to this user: chown " +
                           std::to_string(::geteuid()) + " " + shown);
  }
  if ((status.st_mode & kOthers) != 0) {
    return not_private(shown + " can be entered by other users", "Close it: chmod 700 " + shown);
  }
  return {};
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return storage_failure("writing", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<FileDescriptor> open_private_directory(int at, const std::string& name, const std::string& shown,
                                              Links links) {
  const bool made = ::mkdirat(at, name.c_str(), S_IRWXU) == 0;
  if (!made && errno != EEXIST) return storage_failure("making the directory " + shown, errno);
  const int follow = links == Links::refuse ? O_NOFOLLOW : 0;
  FileDescriptor fd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow));
  if (!fd.valid() && (errno == ELOOP || errno == ENOTDIR)) {
    return not_private(shown + " is not a directory, or is a symbolic link", "Name a directory itself.");
  }
  if (!fd.valid()) return storage_failure("opening the directory " + shown, errno);
  // The umask may have taken bits from the mode; a default ACL may have added some.
  if (made && ::fchmod(fd.get(), S_IRWXU) != 0)
    return storage_failure("closing " + shown + " to others", errno);
  AKKO_CHECK(check_directory(fd.get(), shown));
  return fd;
}

Result<FileDescriptor> open_private_directory(const std::string& path, Links links) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return storage_failure("making the directory above " + path, error.value());
  return open_private_directory(AT_FDCWD, path, path, links);
}

Result<void> make_private_file(int directory, const std::string& name, std::string_view bytes, bool durable) {
  const FileDescriptor fd(::openat(directory, name.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd.valid()) return storage_failure("making the file " + name, errno);
  auto written = write_all(fd.get(), bytes);
  if (written && ::fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0)
    written = storage_failure("closing to others", errno);
  if (written && durable && ::fsync(fd.get()) != 0) written = storage_failure("syncing", errno);
  if (written) return {};
  ::unlinkat(directory, name.c_str(), 0);
  return within("the file " + name, std::move(written).error());
}

Result<Secret> read_private_file(int directory, const std::string& name, std::size_t limit) {
  const FileDescriptor fd(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid() && errno == ENOENT)
    return fail(ErrorCode::not_found, "no_file", "there is no file " + name);
  if (!fd.valid()) return storage_failure("opening the file " + name, errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return storage_failure("looking at the file " + name, errno);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & kOthers) != 0) {
    return fail(ErrorCode::failed_precondition, "file_not_private",
                "the file " + name + " can be read by other users, or is not a file of this process's user",
                "If nobody has read it: chmod 600 and chown it to user " + std::to_string(::geteuid()) + ".");
  }
  std::string bytes(limit, '\0');
  const auto size = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) return storage_failure("reading the file " + name, errno);
  bytes.resize(static_cast<std::size_t>(size));
  return Secret(std::move(bytes));
}

bool lock_exclusively(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0; }

Result<std::vector<std::string>> names_in(int directory) {
  // A descriptor of its own: readdir moves the position of the one it reads.
  const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(own < 0 ? nullptr : ::fdopendir(own), ::closedir);
  if (!entries) return storage_failure("listing a directory", errno);
  std::vector<std::string> names;
  for (errno = 0; const auto* entry = ::readdir(entries.get()); errno = 0) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return storage_failure("listing a directory", errno);
  return names;
}

tl::unexpected<Error> storage_failure(std::string_view doing, int error) {
  const auto* fix = error == ENOSPC || error == EDQUOT  ? "Free space there."
                    : error == EROFS                    ? "It must be on a file system that can be written."
                    : error == EACCES || error == EPERM ? "Let this process's user write there."
                                                        : "";
  return fail(ErrorCode::unavailable, "storage_failed",
              std::string(doing) + ": " + std::generic_category().message(error), fix);
}

}  // namespace akko
