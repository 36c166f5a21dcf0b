#include "CBuild.h"

const char *fixacl_build_commit(void) {
#ifdef FIXACL_COMMIT
  return FIXACL_COMMIT;
#else
  return 0;
#endif
}

int fixacl_build_is_modified(void) {
#ifdef FIXACL_MODIFIED
  return 1;
#else
  return 0;
#endif
}
