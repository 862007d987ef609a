// Directories and files that only this process's user may enter or read: the state directory, its key, the
// secret directory. All of it openat-style, so that a name checked is the name used.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace akko {

// Owns an open file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const noexcept { return fd_; }
  bool valid() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

enum class Links : unsigned char { follow, refuse };

// Opens the directory `name` below the open directory `at` (or AT_FDCWD) and makes it, with mode 0700
// whatever the umask, when it is not there. `shown` is its path for messages. Errors: failed_precondition/
// "directory_not_private" when it belongs to someone else, is open to group or others, is no directory or,
// with Links::refuse, a symbolic link; unavailable/"storage_failed" when it cannot be made.
Result<FileDescriptor> open_private_directory(int at, const std::string& name, const std::string& shown,
                                              Links links);

// The same for a path; parents that are not there are made too, with the ordinary mode.
Result<FileDescriptor> open_private_directory(const std::string& path, Links links);

// Makes the file `name` in `directory` with mode 0600 and these bytes; it must not exist. With `durable` the
// bytes are on the disk when the call returns (the name is not: sync the directory). Leaves no file behind
// when it fails: unavailable/"storage_failed".
Result<void> make_private_file(int directory, const std::string& name, std::string_view bytes, bool durable);

// At most `limit` bytes of a regular file of ours with mode 0600 or stricter. Errors: not_found/"no_file";
// failed_precondition/"file_not_private"; unavailable/"storage_failed".
Result<Secret> read_private_file(int directory, const std::string& name, std::size_t limit);

// Takes an exclusive lock for as long as the descriptor lives. False when another process holds it.
bool lock_exclusively(int fd);

// Names in `directory`, without "." and "..".
Result<std::vector<std::string>> names_in(int directory);

// unavailable/"storage_failed" with the system's words for `error` (an errno).
tl::unexpected<Error> storage_failure(std::string_view doing, int error);

}  // namespace akko
