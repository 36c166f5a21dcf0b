// Reads and writes the ACL of each key of a file: what a repair by grant costs at least. It neither looks at what it
// reads nor keeps a record.
//
//   floor_acl BUCKET KEYS ACL_FILE IN_FLIGHT
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pump.h"

static char body[65536], hash[65], md5[32];
static long body_size;

static int next(struct transfer *transfer, struct signer *signer, const char *bucket) {
  if (transfer->step == 2) return 0;
  if (transfer->step++ == 0) {
    curl_easy_setopt(transfer->curl, CURLOPT_HTTPGET, 1L);
    prepare(transfer, signer, bucket, "GET", "acl", EMPTY_HASH, NULL, 0);
  } else {
    struct header headers[] = {{"content-md5", md5}, {"content-type", "application/xml"}};
    curl_easy_setopt(transfer->curl, CURLOPT_POSTFIELDSIZE, body_size);
    curl_easy_setopt(transfer->curl, CURLOPT_POSTFIELDS, body);
    prepare(transfer, signer, bucket, "PUT", "acl", hash, headers, 2);
  }
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 5) return fprintf(stderr, "floor_acl BUCKET KEYS ACL_FILE IN_FLIGHT\n"), 64;
  FILE *file = fopen(argv[3], "r");
  if (!file) return perror(argv[3]), 1;
  body_size = fread(body, 1, sizeof body, file);
  fclose(file);
  sha256_hex(body, body_size, hash);
  unsigned char digest[16];
  EVP_Digest(body, body_size, digest, NULL, EVP_md5(), NULL);
  EVP_EncodeBlock((unsigned char *)md5, digest, sizeof digest);
  pump(argv[1], argv[2], atoi(argv[4]), next);
  return 0;
}
