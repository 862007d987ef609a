/* LD_PRELOAD library for tests/component/test_crash.py: kills its own process, by SIGKILL, at the n-th fsync() or
 * fdatasync() that begins after the file $AKKO_KILL_TRIGGER came into being. A sync is where a journal entry becomes
 * durable, so "before" and "after" it are the two sides of each journal boundary.
 *
 *   AKKO_KILL_TRIGGER  path of the file
 *   AKKO_KILL_AT       n, from 1
 *   AKKO_KILL_WHEN     "before" or "after" the sync
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long syncs;

static int counted(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  const char *trigger = getenv("AKKO_KILL_TRIGGER");
  const char *at = getenv("AKKO_KILL_AT");
  const char *when = getenv("AKKO_KILL_WHEN");
  const int armed = trigger && at && when && access(trigger, F_OK) == 0;
  const int mine = armed && atomic_fetch_add(&syncs, 1) + 1 == atol(at);
  if (mine && strcmp(when, "before") == 0) kill(getpid(), SIGKILL);
  const int result = real(fd);
  if (mine) kill(getpid(), SIGKILL);
  return result;
}

int fsync(int fd) { return counted("fsync", fd); }
int fdatasync(int fd) { return counted("fdatasync", fd); }
