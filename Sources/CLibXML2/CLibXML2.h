// libxml2: XML texts as trees, and schemas for them.
#ifndef CLIBXML2_H
#define CLIBXML2_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>

// A variable that holds a function, which Swift takes for shared state.
static inline void clibxml2_free(void *memory) { xmlFree(memory); }

#endif
