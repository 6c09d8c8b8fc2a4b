/* Parts of vctop that are loaded only where they are needed, with the libraries that only they
 * need. */
#ifndef VCTOP_BACKEND_MODULE_H
#define VCTOP_BACKEND_MODULE_H

#include "base/error.h"

/* SYMBOL of NAME.so, which stays loaded; ERR_UNSUPPORTED with REMEDY when it or a library of its is
 * not there.  WHAT it is, for people. */
int module_symbol(const char *name, const char *symbol, const char *what, const char *remedy,
                  const void **ret, struct error *err);

#endif
