// What this program was built from. Only this target depends on the commit, so that a new one compiles one line.
#ifndef FIXACL_CBUILD_H
#define FIXACL_CBUILD_H

// The commit's first digits, with a plus sign where files differed from it; empty where that is not known.
const char *_Nonnull fixacl_build_commit(void);

#endif
