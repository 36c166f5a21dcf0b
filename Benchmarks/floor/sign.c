// The one-shot HMAC() of OpenSSL 3 looks its algorithms up each time; the old SHA256_* functions do not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void to_hex(const unsigned char *bytes, char hex[65]) {
  static const char digits[] = "0123456789abcdef";
  for (int i = 0; i < 32; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  hex[64] = 0;
}

void sha256_hex(const void *bytes, size_t size, char hex[65]) {
  unsigned char digest[32];
  SHA256(bytes, size, digest);
  to_hex(digest, hex);
}

static void hmac_key(const void *key, size_t size, SHA256_CTX *inner, SHA256_CTX *outer) {
  unsigned char pad[64] = {0};
  memcpy(pad, key, size);  // our keys are shorter than a block
  for (int i = 0; i < 64; i++) pad[i] ^= 0x36;
  SHA256_Init(inner);
  SHA256_Update(inner, pad, 64);
  for (int i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
  SHA256_Init(outer);
  SHA256_Update(outer, pad, 64);
}

static void hmac(const SHA256_CTX *inner, const SHA256_CTX *outer, const void *bytes, size_t size,
                 unsigned char digest[32]) {
  SHA256_CTX context = *inner;
  SHA256_Update(&context, bytes, size);
  SHA256_Final(digest, &context);
  context = *outer;
  SHA256_Update(&context, digest, 32);
  SHA256_Final(digest, &context);
}

// Once a second the date changes, and once a day the signing key.
static void set_time(struct signer *signer, time_t now) {
  struct tm utc;
  gmtime_r(&now, &utc);
  strftime(signer->date, sizeof signer->date, "%Y%m%dT%H%M%SZ", &utc);
  signer->second = now;
  if (strncmp(signer->date, signer->scope, 8) == 0) return;
  unsigned char key[128];
  char day[9];
  memcpy(day, signer->date, 8);
  day[8] = 0;
  int size = snprintf((char *)key, 64, "AWS4%s", signer->secret);
  const char *parts[] = {day, signer->region, "s3", "aws4_request"};
  for (int i = 0; i < 4; i++) {
    hmac_key(key, size, &signer->inner, &signer->outer);
    hmac(&signer->inner, &signer->outer, parts[i], strlen(parts[i]), key);
    size = 32;
  }
  hmac_key(key, 32, &signer->inner, &signer->outer);
  snprintf(signer->scope, sizeof signer->scope, "%s/%s/s3/aws4_request", day, signer->region);
  snprintf(signer->credential, sizeof signer->credential, "%s/%s", signer->access_key, signer->scope);
}

static const char *setting(const char *name) {
  const char *value = getenv(name);
  if (!value) {
    fprintf(stderr, "%s is not set\n", name);
    exit(64);
  }
  return value;
}

void signer_init(struct signer *signer) {
  memset(signer, 0, sizeof *signer);
  snprintf(signer->host, sizeof signer->host, "%s", strstr(setting("FLOOR_ENDPOINT"), "//") + 2);
  snprintf(signer->access_key, sizeof signer->access_key, "%s", setting("FLOOR_ACCESS_KEY"));
  snprintf(signer->secret, 60, "%s", setting("FLOOR_SECRET_KEY"));
  snprintf(signer->region, sizeof signer->region, "%s", setting("FLOOR_REGION"));
}

struct curl_slist *sign(struct signer *signer, const char *method, const char *path, const char *query,
                        const char *payload_hash, const struct header *headers, int header_count) {
  time_t now = time(NULL);
  if (now != signer->second) set_time(signer, now);

  // Those that every request has, among those given.
  struct header all[16];
  const struct header own[] = {
      {"host", signer->host}, {"x-amz-content-sha256", payload_hash}, {"x-amz-date", signer->date}};
  int count = 0, next = 0;
  for (int i = 0; i < 3; i++) {
    while (next < header_count && strcmp(headers[next].name, own[i].name) < 0) all[count++] = headers[next++];
    all[count++] = own[i];
  }
  while (next < header_count) all[count++] = headers[next++];

  char canonical[8192], names[512];
  size_t names_size = 0;
  size_t size = snprintf(canonical, sizeof canonical, "%s\n%s\n%s\n", method, path, query);
  for (int i = 0; i < count; i++) {
    size += snprintf(canonical + size, sizeof canonical - size, "%s:%s\n", all[i].name, all[i].value);
    names_size += snprintf(names + names_size, sizeof names - names_size, "%s%s", i ? ";" : "", all[i].name);
  }
  size += snprintf(canonical + size, sizeof canonical - size, "\n%s\n%s", names, payload_hash);

  char hash[65], to_sign[512], signature[65], line[8192];
  sha256_hex(canonical, size, hash);
  size = snprintf(to_sign, sizeof to_sign, "AWS4-HMAC-SHA256\n%s\n%s\n%s", signer->date, signer->scope, hash);
  unsigned char digest[32];
  hmac(&signer->inner, &signer->outer, to_sign, size, digest);
  to_hex(digest, signature);

  snprintf(line, sizeof line, "Authorization: AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s",
           signer->credential, names, signature);
  struct curl_slist *list = curl_slist_append(NULL, line);
  for (int i = 0; i < count; i++) {
    if (strcmp(all[i].name, "host") == 0) continue;  // libcurl sends it
    snprintf(line, sizeof line, "%s: %s", all[i].name, all[i].value);
    list = curl_slist_append(list, line);
  }
  return curl_slist_append(list, "Expect:");
}
