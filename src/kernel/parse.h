/* Pieces of the kernel's text formats.  Numbers are strict: digits only, no sign, no overflow. */
#ifndef VCTOP_KERNEL_PARSE_H
#define VCTOP_KERNEL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The number at *TEXT behind blanks (not newlines); *TEXT then points behind it. */
bool parse_u64(const char **text, uint64_t *ret);

/* The same, to the power of ten given: "12.3" with 2 decimals is 1230; more decimals are cut. */
bool parse_decimal(const char **text, int decimals, uint64_t *ret);

/* The number in the line that begins with KEY and then a blank ("usage_usec 12", "VmRSS:  12 kB"
 * with KEY "VmRSS:"). */
bool parse_keyed(const char *text, const char *key, uint64_t *ret);

/* The text behind KEY in the line that begins with it, NULL when there is no such line. */
const char *parse_find(const char *text, const char *key);

/* The start of the next line, NULL at the end of TEXT. */
const char *parse_next_line(const char *line);

/* Skips COUNT words separated by blanks; NULL when the line ends before. */
const char *parse_skip_words(const char *text, int count);

/* The next word of the line at *TEXT (not terminated), *TEXT then points behind it; 0 at the end of
 * the line. */
size_t parse_word(const char **text, const char **ret);

/* a + b, or the largest value instead of an overflow. */
uint64_t parse_add(uint64_t a, uint64_t b);

/* value * factor, the same way. */
uint64_t parse_scale(uint64_t value, uint64_t factor);

/* A count of USER_HZ ticks in nanoseconds. */
uint64_t parse_ticks_ns(uint64_t ticks);

/* The project's code for an errno of a /proc, /sys or cgroup file: what is not there is ERR_GONE.
 */
int kernel_code(int errnum);

#define KERNEL_PATH_MAX 4096

/* Formats a path into BUF; false when it does not fit. */
bool kernel_path(char buf[KERNEL_PATH_MAX], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
