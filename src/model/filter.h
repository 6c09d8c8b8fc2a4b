/* Comparing texts as people do: large and small letters are the same. */
#ifndef VCTOP_MODEL_FILTER_H
#define VCTOP_MODEL_FILTER_H

/* Negative, 0 or positive.  Folds Latin, Greek and Cyrillic. */
int text_compare_folded(const char *a, const char *b);

#endif
