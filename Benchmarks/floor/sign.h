// Signature Version 4, with the signing key derived once and its HMAC half done: what is left for a request is four
// runs of SHA-256.
#ifndef FLOOR_SIGN_H
#define FLOOR_SIGN_H

#include <curl/curl.h>
#include <openssl/sha.h>

struct signer {
  char host[128];
  char scope[64];        // 20260131/us-east-1/s3/aws4_request
  char credential[160];  // ACCESS_KEY/scope
  char date[20];         // 20260131T235959Z
  long second;           // of `date`
  SHA256_CTX inner, outer;
  char secret[128], access_key[64], region[32];
};

struct header {
  const char *name;  // in lower case, in the order of the names
  const char *value;
};

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Reads FLOOR_ENDPOINT (http://host:port), FLOOR_ACCESS_KEY, FLOOR_SECRET_KEY and FLOOR_REGION; ends the program
// where one is missing.
void signer_init(struct signer *signer);

// The headers of a request, to be freed: those given, and the three that every request has. All of them are signed.
struct curl_slist *sign(struct signer *signer, const char *method, const char *path, const char *query,
                        const char *payload_hash, const struct header *headers, int header_count);

void sha256_hex(const void *bytes, size_t size, char hex[65]);

#endif
