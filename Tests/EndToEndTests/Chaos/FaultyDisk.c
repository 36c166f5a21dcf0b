// Preloaded into fixacl by the chaos tests: a clock that is wrong or jumps, and a disk that is full or fails.
//
//   CHAOS_CLOCK=SECONDS        every time is so much later (or earlier)
//   CHAOS_CLOCK_JUMPS=SECONDS  every other second it is
//   CHAOS_DISK_FULL=BYTES      so many bytes can be written to files, and no more
//   CHAOS_SYNC_FAILS=N         the Nth fsync or fdatasync fails, and all after it
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

static long shift(long seconds) {
  long jump = number("CHAOS_CLOCK_JUMPS", 0);
  return number("CHAOS_CLOCK", 0) + (jump && seconds % 2 ? jump : 0);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = syscall(SYS_clock_gettime, clock, at);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += shift(at->tv_sec);
  return result;
}

time_t time(time_t *place) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (place) *place = at.tv_sec;
  return at.tv_sec;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

static atomic_long written;
static atomic_long synchronized;

// How many of the bytes fit on the disk; -1 where none do. What the program says on its streams always does.
static long room(int descriptor, size_t count) {
  struct stat status;
  long size = number("CHAOS_DISK_FULL", -1);
  if (size < 0 || descriptor <= 2 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return count;
  long before = atomic_fetch_add(&written, (long)count);
  if (before >= size) {
    errno = ENOSPC;
    return -1;
  }
  return before + (long)count <= size ? (long)count : size - before;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  long fitting = room(descriptor, count);
  return fitting < 0 ? -1 : syscall(SYS_write, descriptor, bytes, (size_t)fitting);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  long fitting = room(descriptor, count);
  return fitting < 0 ? -1 : syscall(SYS_pwrite64, descriptor, bytes, (size_t)fitting, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}

static int fails(void) {
  long first = number("CHAOS_SYNC_FAILS", 0);
  if (first == 0 || atomic_fetch_add(&synchronized, 1) + 1 < first) return 0;
  errno = EIO;
  return 1;
}

int fsync(int descriptor) { return fails() ? -1 : (int)syscall(SYS_fsync, descriptor); }

int fdatasync(int descriptor) { return fails() ? -1 : (int)syscall(SYS_fdatasync, descriptor); }
