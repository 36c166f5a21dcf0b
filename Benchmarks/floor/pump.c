#define _GNU_SOURCE
#include "pump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

// A multi handle slows down with what it holds, so many requests are spread over several. Each is driven by epoll,
// which costs a third less here than libcurl's own poll.
enum { PER_MULTI = 128 };

static FILE *keys;
static long done;

struct multi {
  CURLM *curl;
  int epoll;
  long deadline;  // of libcurl's timer, in milliseconds; -1 for none
  int running;
};

static size_t ignore(char *bytes, size_t size, size_t count, void *context) { return size * count; }

static int next_key(struct transfer *transfer) {
  size_t capacity = 0;
  free(transfer->key);
  transfer->key = NULL;
  transfer->step = 0;
  ssize_t size = getline(&transfer->key, &capacity, keys);
  if (size <= 0) return 0;
  if (transfer->key[size - 1] == '\n') transfer->key[size - 1] = 0;
  return 1;
}

void prepare(struct transfer *transfer, struct signer *signer, const char *bucket, const char *method,
             const char *query, const char *payload_hash, const struct header *headers, int header_count) {
  char path[4096], url[8192], signed_query[64];
  snprintf(path, sizeof path, "/%s/%s", bucket, transfer->key);
  snprintf(url, sizeof url, "http://%s%s%s%s", signer->host, path, *query ? "?" : "", query);
  snprintf(signed_query, sizeof signed_query, "%s%s", query, *query ? "=" : "");
  curl_slist_free_all(transfer->headers);
  transfer->headers = sign(signer, method, path, signed_query, payload_hash, headers, header_count);
  curl_easy_setopt(transfer->curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(transfer->curl, CURLOPT_URL, url);
  curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, transfer->headers);
}

static long milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int socket_changed(CURL *curl, curl_socket_t socket, int what, void *context, void *known) {
  struct multi *multi = context;
  struct epoll_event event = {.data.fd = socket};
  if (what == CURL_POLL_REMOVE) return epoll_ctl(multi->epoll, EPOLL_CTL_DEL, socket, NULL), 0;
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  epoll_ctl(multi->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  curl_multi_assign(multi->curl, socket, multi);
  return 0;
}

static int timer_changed(CURLM *curl, long timeout, void *context) {
  ((struct multi *)context)->deadline = timeout < 0 ? -1 : milliseconds() + timeout;
  return 0;
}

static int fill(struct transfer *transfer, struct signer *signer, const char *bucket, next_request *next) {
  if (transfer->key && next(transfer, signer, bucket)) return 1;
  if (transfer->key) done++;
  return next_key(transfer) && next(transfer, signer, bucket);
}

static void finish(struct multi *multi, struct signer *signer, const char *bucket, next_request *next) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(multi->curl, &left))) {
    struct transfer *transfer;
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    if (message->data.result != CURLE_OK || status != 200) {
      fprintf(stderr, "%s: %s, status %ld\n", transfer->key, curl_easy_strerror(message->data.result), status);
      exit(1);
    }
    curl_multi_remove_handle(multi->curl, transfer->curl);
    if (fill(transfer, signer, bucket, next)) curl_multi_add_handle(multi->curl, transfer->curl);
    else multi->running--;
  }
}

static void turn(struct multi *multi) {
  struct epoll_event events[PER_MULTI];
  int running, count = epoll_wait(multi->epoll, events, PER_MULTI, 0);
  for (int i = 0; i < count; i++) {
    int what = 0;
    if (events[i].events & EPOLLIN) what |= CURL_CSELECT_IN;
    if (events[i].events & EPOLLOUT) what |= CURL_CSELECT_OUT;
    if (events[i].events & (EPOLLERR | EPOLLHUP)) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi->curl, events[i].data.fd, what, &running);
  }
  if (multi->deadline >= 0 && milliseconds() >= multi->deadline) {
    multi->deadline = -1;
    curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

// How long there is nothing to do for libcurl's timers, in milliseconds.
static int rest(struct multi *multis, int count) {
  long soonest = 1000, now = milliseconds();
  for (int i = 0; i < count; i++)
    if (multis[i].deadline >= 0 && multis[i].deadline - now < soonest) soonest = multis[i].deadline - now;
  return soonest < 0 ? 0 : (int)soonest;
}

void pump(const char *bucket, const char *key_file, int in_flight, next_request *next) {
  struct signer signer;
  signer_init(&signer);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  keys = fopen(key_file, "r");
  if (!keys) perror(key_file), exit(1);
  int multi_count = (in_flight + PER_MULTI - 1) / PER_MULTI;
  struct multi *multis = calloc(multi_count, sizeof *multis);
  struct transfer *transfers = calloc(in_flight, sizeof *transfers);
  int all = epoll_create1(0);
  for (int i = 0; i < multi_count; i++) {
    struct multi *multi = &multis[i];
    multi->curl = curl_multi_init();
    multi->deadline = -1;
    curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, (long)PER_MULTI);
    multi->epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = multi};
    epoll_ctl(all, EPOLL_CTL_ADD, multi->epoll, &event);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
  }
  for (int i = 0; i < in_flight; i++) {
    struct transfer *transfer = &transfers[i];
    struct multi *multi = &multis[i / PER_MULTI];
    transfer->curl = curl_easy_init();
    curl_easy_setopt(transfer->curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(transfer->curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(transfer->curl, CURLOPT_NOSIGNAL, 1L);
    if (!fill(transfer, &signer, bucket, next)) break;
    curl_multi_add_handle(multi->curl, transfer->curl);
    multi->running++;
  }
  for (int running = 1; running;) {
    // All of them are in one, which wakes up where any of them has something to do.
    struct epoll_event events[64];
    epoll_wait(all, events, 64, rest(multis, multi_count));
    running = 0;
    for (int i = 0; i < multi_count; i++) {
      turn(&multis[i]);
      finish(&multis[i], &signer, bucket, next);
      running += multis[i].running;
    }
  }
  printf("%ld objects\n", done);
}
