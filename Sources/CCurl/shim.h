// Typed, non-variadic forms of libcurl's setopt and getinfo: Swift cannot call variadic C functions.
#ifndef FIXACL_CCURL_SHIM_H
#define FIXACL_CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*fixacl_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode fixacl_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode fixacl_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode fixacl_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode fixacl_curl_set_headers(CURL *handle, struct curl_slist *headers) {
  return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

static inline CURLcode fixacl_curl_set_sink(CURL *handle, CURLoption option, fixacl_curl_sink sink) {
  return curl_easy_setopt(handle, option, sink);
}

// Called when a request is about to be written to a connection: again if libcurl sends it once more by itself.
static inline CURLcode fixacl_curl_set_before_request(CURL *handle, curl_prereq_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode fixacl_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode fixacl_curl_get_pointer(CURL *handle, CURLINFO info, void **value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode fixacl_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode fixacl_curl_multi_set_callbacks(
    CURLM *multi, curl_socket_callback watch, curl_multi_timer_callback set_timer, void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return code;
}

// What a sink returns to pause its transfer, and how it goes on.
static const size_t fixacl_curl_pause = CURL_WRITEFUNC_PAUSE;
static inline CURLcode fixacl_curl_resume(CURL *easy) { return curl_easy_pause(easy, CURLPAUSE_CONT); }

// What stands for "no socket, but time has passed".
static const curl_socket_t fixacl_curl_socket_timeout = CURL_SOCKET_TIMEOUT;

// The message's result is a member of a C union, which is easier to read here than in Swift.
static inline CURLcode fixacl_curl_message_result(const CURLMsg *message) {
  return message->data.result;
}

#endif
