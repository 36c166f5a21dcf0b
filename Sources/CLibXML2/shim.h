// The parts of libxml2 that the SAX parser uses.
#ifndef FIXACL_CLIBXML2_SHIM_H
#define FIXACL_CLIBXML2_SHIM_H

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#endif
