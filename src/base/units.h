/* Numbers for people: right-aligned, at most four significant characters, unit in the header or
 * behind the figure.  Unknown is the caller's business ("-"). */
#ifndef VCTOP_BASE_UNITS_H
#define VCTOP_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define UNITS_MAX 16 /* every text written here fits, terminator included */

/* 0 -> "0", 1023 -> "1023", 1536 -> "1.5K", 7.4e9 -> "6.9G": powers of 1024, suffix K M G T P. */
void units_bytes(char dst[UNITS_MAX], double bytes);

/* Plain counts and per-second figures: "0", "9.3", "188", "1.9k", "12k", "3.4M": powers of 1000. */
void units_count(char dst[UNITS_MAX], double value);

/* "0.0", "9.3", "41.0", "188", "1600": one decimal below 100. */
void units_percent(char dst[UNITS_MAX], double percent);

/* "9s", "12m", "3h04", "41d": age or uptime in at most five characters. */
void units_duration(char dst[UNITS_MAX], double seconds);

#endif
