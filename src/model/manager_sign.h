/* Who owns a guest, told by what owners leave behind: their metadata, paths, names.  Each backend
 * has a table of signs; what is enough alone weighs 2, what others might leave as well weighs 1. */
#ifndef VCTOP_MODEL_MANAGER_SIGN_H
#define VCTOP_MODEL_MANAGER_SIGN_H

#include <stddef.h>
#include <stdint.h>

#define MANAGER_SURE 2   /* weight from which on it is told */
#define MANAGER_SIGNS 32 /* in one table */

struct manager_sign {
    const char *manager;
    int where;           /* a place of the backend's own: only texts from there count */
    const char *pattern; /* fnmatch(3), slashes are nothing special */
    int weight;
};

/* Bit per sign that TEXT, found at WHERE, is.  COUNT at most MANAGER_SIGNS. */
uint32_t manager_signs_in(const struct manager_sign *signs, size_t count, int where,
                          const char *text);

/* Whose the SEEN signs are, each counted once: a literal of the table, or NULL when nobody's weigh
 * enough.  The heaviest, of equals the first in the table. */
const char *manager_of_signs(const struct manager_sign *signs, size_t count, uint32_t seen);

#endif
