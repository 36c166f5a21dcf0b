// Copies each key of a file over itself: what a repair by copy costs at least. It does not look at the object before.
//
//   floor_copy BUCKET KEYS READER IN_FLIGHT
#include <stdio.h>
#include <stdlib.h>

#include "pump.h"

static char grant[256];

static int next(struct transfer *transfer, struct signer *signer, const char *bucket) {
  if (transfer->step++ == 1) return 0;
  char source[4096];
  snprintf(source, sizeof source, "/%s/%s", bucket, transfer->key);
  struct header headers[] = {{"content-type", "application/octet-stream"},
                             {"x-amz-copy-source", source},
                             {"x-amz-grant-read", grant},
                             {"x-amz-metadata-directive", "REPLACE"}};
  curl_easy_setopt(transfer->curl, CURLOPT_POSTFIELDSIZE, 0L);
  curl_easy_setopt(transfer->curl, CURLOPT_POSTFIELDS, "");
  prepare(transfer, signer, bucket, "PUT", "", EMPTY_HASH, headers, 4);
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 5) return fprintf(stderr, "floor_copy BUCKET KEYS READER IN_FLIGHT\n"), 64;
  snprintf(grant, sizeof grant, "id=\"%s\"", argv[3]);
  pump(argv[1], argv[2], atoi(argv[4]), next);
  return 0;
}
