// The parts of zlib that the gzip decoder uses.
#ifndef FIXACL_CZLIB_SHIM_H
#define FIXACL_CZLIB_SHIM_H

#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. 16 stands for gzip's wrapping, 15 for the largest window.
static inline int fixacl_zlib_begin_gzip(z_stream *stream) {
  return inflateInit2(stream, 16 + 15);
}

#endif
