// Lists a bucket over one connection, page after page, and counts the keys that are not its owner's.
//
//   floor_list BUCKET OWNER [PAGES]
//
// What a listing costs at least: libcurl receives, libxml2's SAX parser reads the owners. The next page starts after
// the last key of the one before.
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sign.h"

struct page {
  xmlParserCtxtPtr parser;
  const char *owner;
  size_t owner_size;
  char key[4096];  // the text of <Key>
  size_t key_size;
  char id[256];  // the text of <ID>
  size_t id_size;
  char truncated[8];
  size_t truncated_size;
  // Where text goes now; NULL for elements that are not looked at.
  char *text;
  size_t *text_size, text_capacity;
  long keys, foreign, keys_of_page;
};

static void begin(struct page *page, char *text, size_t *size, size_t capacity) {
  page->text = text;
  page->text_size = size;
  page->text_capacity = capacity;
  *size = 0;
}

static void start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n,
                          const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes) {
  struct page *page = context;
  if (strcmp((const char *)name, "Key") == 0) begin(page, page->key, &page->key_size, sizeof page->key);
  else if (strcmp((const char *)name, "ID") == 0) begin(page, page->id, &page->id_size, sizeof page->id);
  else if (strcmp((const char *)name, "IsTruncated") == 0)
    begin(page, page->truncated, &page->truncated_size, sizeof page->truncated);
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  struct page *page = context;
  page->text = NULL;
  if (strcmp((const char *)name, "Contents") != 0) return;
  page->keys_of_page++;
  if (page->id_size != page->owner_size || memcmp(page->id, page->owner, page->owner_size) != 0) page->foreign++;
}

static void characters(void *context, const xmlChar *bytes, int size) {
  struct page *page = context;
  if (!page->text || *page->text_size + size >= page->text_capacity) return;
  memcpy(page->text + *page->text_size, bytes, size);
  *page->text_size += size;
}

static size_t received(char *bytes, size_t size, size_t count, void *context) {
  struct page *page = context;
  return xmlParseChunk(page->parser, bytes, (int)(size * count), 0) == 0 ? size * count : 0;
}

// For a query: everything but the unreserved characters.
static void percent_encode(const char *bytes, size_t size, char *out) {
  for (size_t i = 0; i < size; i++) {
    unsigned char c = bytes[i];
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.~", c)) *out++ = c;
    else out += sprintf(out, "%%%02X", c);
  }
  *out = 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "floor_list BUCKET OWNER [PAGES]\n"), 64;
  long most = argc > 3 ? atol(argv[3]) : 0, pages = 0;
  struct signer signer;
  signer_init(&signer);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL *curl = curl_easy_init();
  struct page page = {.owner = argv[2], .owner_size = strlen(argv[2])};
  xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                           .startElementNs = start_element,
                           .endElementNs = end_element,
                           .characters = characters};
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256 * 1024L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, received);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page);
  char path[512], query[16384] = "fetch-owner=true&list-type=2", url[20000], start[12400];
  snprintf(path, sizeof path, "/%s", argv[1]);
  do {
    page.parser = xmlCreatePushParserCtxt(&handler, &page, NULL, 0, NULL);
    xmlCtxtUseOptions(page.parser, XML_PARSE_NONET);
    page.keys_of_page = 0;
    struct curl_slist *headers = sign(&signer, "GET", path, query, EMPTY_HASH, NULL, 0);
    snprintf(url, sizeof url, "http://%s%s?%s", signer.host, path, query);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200 || xmlParseChunk(page.parser, NULL, 0, 1) != 0)
      return fprintf(stderr, "page %ld: %s, status %ld\n", pages, curl_easy_strerror(code), status), 1;
    xmlFreeParserCtxt(page.parser);
    curl_slist_free_all(headers);
    page.keys += page.keys_of_page;
    percent_encode(page.key, page.key_size, start);
    snprintf(query, sizeof query, "fetch-owner=true&list-type=2&start-after=%s", start);
    pages++;
  } while (page.truncated_size == 4 && pages != most);
  printf("%ld keys, %ld foreign, %ld pages\n", page.keys, page.foreign, pages);
  curl_easy_cleanup(curl);
  return 0;
}
