// A target of C needs a source file; everything is in the library.
#include "CPCRE2.h"
