// The parts of libxml2 that the SAX parser uses.
#ifndef FIXACL_CLIBXML2_SHIM_H
#define FIXACL_CLIBXML2_SHIM_H

// Without ICU's headers, which Foundation has in another version: a module that imports both would not
// compile. Only the layout of xmlCharEncodingHandler depends on it, which is not used here.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#endif
