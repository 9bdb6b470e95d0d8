/* For a benchmark: a disk that takes longer to sync. Loaded before everything else, it lets each sync of a file wait for
   SLOW_SYNC microseconds first. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_first(void) {
  const char *wait = getenv("SLOW_SYNC");
  if (wait) usleep((useconds_t)atoi(wait));
}

int fsync(int file) {
  wait_first();
  return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  wait_first();
  return (int)syscall(SYS_fdatasync, file);
}
