/* Comparing texts as people do: large and small letters are the same. */
#ifndef VCTOP_MODEL_FILTER_H
#define VCTOP_MODEL_FILTER_H

#include <stddef.h>

/* Negative, 0 or positive.  Folds Latin, Greek and Cyrillic. */
int text_compare_folded(const char *a, const char *b);

/* Where TEXT (NULL is fine) first holds PART, NULL when nowhere; *RET_LEN (may be NULL) is how many
 * bytes of TEXT it is. */
const char *text_find_folded(const char *text, const char *part, size_t *ret_len);

#endif
