// The parts of zlib that the gzip decoder and the sandbox's encoder use.
#ifndef FIXACL_CZLIB_SHIM_H
#define FIXACL_CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 16 stands for gzip's wrapping, 15 for the largest window.
static inline int fixacl_zlib_begin_gzip(z_stream *stream) {
  return inflateInit2(stream, 16 + 15);
}

// So is deflateInit2. 8 is zlib's own choice of how much memory it takes.
static inline int fixacl_zlib_begin_deflate(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
}

#endif
