/* Comparing texts as people do: large and small letters are the same. */
#ifndef VCTOP_MODEL_FILTER_H
#define VCTOP_MODEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/guest.h"

/* The small letter of a code point, in the scripts in which case is a matter of adding something:
 * Latin, Greek, Cyrillic. */
uint32_t text_fold(uint32_t cp);

/* Negative, 0 or positive. */
int text_compare_folded(const char *a, const char *b);

/* Where TEXT (NULL is fine) first holds PART, NULL when nowhere; *RET_LEN (may be NULL) is how many
 * bytes of TEXT it is. */
const char *text_find_folded(const char *text, const char *part, size_t *ret_len);

/* Name, title, owner, address, state, reason or key of GUEST holds TEXT; its whole id counts when
 * TEXT has a "#". */
bool guest_holds(const struct guest *guest, const char *text);

#endif
