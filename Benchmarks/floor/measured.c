// Runs a program and says what it cost: `measured FILE PROGRAM ARGUMENTS…` writes one line of JSON to FILE.
//
// The CPU time is that of the program and of the children that it waited for. In C, because a child's peak memory
// begins with that of whoever started it: here a megabyte, with Python a dozen.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "measured FILE PROGRAM ARGUMENTS...\n"), 64;
  double started = now();
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  struct rusage usage;
  int status;
  if (wait4(child, &status, 0, &usage) != child) return perror("wait4"), 1;
  double wall = now() - started;
  FILE *file = fopen(argv[1], "w");
  if (!file) return perror(argv[1]), 1;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  fprintf(file, "{\"status\": %d, \"wall\": %.6f, \"user\": %.6f, \"system\": %.6f, \"rss\": %ld}\n", code, wall,
          seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss * 1024);
  fclose(file);
  return code;
}
