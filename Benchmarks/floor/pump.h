// Keeps a number of requests in flight with libcurl, one thread, until there is nothing left to send.
#ifndef FLOOR_PUMP_H
#define FLOOR_PUMP_H

#include "sign.h"

struct transfer {
  CURL *curl;
  struct curl_slist *headers;
  char *key;  // percent-encoded; NULL while nothing is in flight
  int step;   // of the key's requests
};

// Sets the transfer up for its next request; 0 where its key needs no more.
typedef int next_request(struct transfer *transfer, struct signer *signer, const char *bucket);

// Does every key of a file, one a line. Ends the program at the first answer that is not a success.
void pump(const char *bucket, const char *key_file, int in_flight, next_request *next);

// Method, URL and signed headers of a request for the transfer's key.
void prepare(struct transfer *transfer, struct signer *signer, const char *bucket, const char *method,
             const char *query, const char *payload_hash, const struct header *headers, int header_count);

#endif
