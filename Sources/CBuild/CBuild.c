#include "CBuild.h"

#ifndef FIXACL_COMMIT
#define FIXACL_COMMIT ""
#endif

const char *fixacl_build_commit(void) { return FIXACL_COMMIT; }
