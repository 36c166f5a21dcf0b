// What this program was built from. Only this target depends on the commit, so that a new one compiles one line.
#ifndef FIXACL_CBUILD_H
#define FIXACL_CBUILD_H

// The commit's hexadecimal digits; null where the sources are in no git repository.
const char *_Nullable fixacl_build_commit(void);

// Whether files differed from the commit.
int fixacl_build_is_modified(void);

#endif
