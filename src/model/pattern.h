/* Regular expressions with a bound on their cost.  Names are hostile and patterns may be silly, and
 * a C library's matcher may need minutes or all memory for what is quickly typed; here a text costs
 * at most its characters times PATTERN_PLACES, and nothing is allocated.
 *
 * POSIX extended syntax, whatever the case: . [a-z] [^[:digit:]] ^ $ ( ) | * + ? {2,5} \. */
#ifndef VCTOP_MODEL_PATTERN_H
#define VCTOP_MODEL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_PLACES 128 /* characters that a pattern can match, counts multiplied out */

struct pattern;

/* NULL when TEXT is none: *RET_AT is the byte that is wrong, *RET_WHY why, static. */
struct pattern *pattern_new(const char *text, size_t *ret_at, const char **ret_why);
void pattern_free(struct pattern *pattern);

/* Some part of TEXT matches.  Looks at its first 256 characters. */
bool pattern_matches(const struct pattern *pattern, const char *text);

#endif
