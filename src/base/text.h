/* Text from outside: decoding, sanitising, cell widths, truncation, lossless encoding. */
#ifndef VCTOP_BASE_TEXT_H
#define VCTOP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_REPLACEMENT 0xFFFDu

/* Decodes one code point of strict UTF-8 (no overlongs, surrogates, > U+10FFFF) from SRC[0..LEN).
 * Returns the bytes consumed (at least 1 for LEN > 0); *RET is TEXT_REPLACEMENT on a bad byte. */
size_t text_decode(const char *src, size_t len, uint32_t *ret);

/* Encodes CP into DST (4 bytes are enough); returns the bytes written. */
size_t text_encode(uint32_t cp, char *dst);

/* Columns of one code point in a UTF-8 terminal: 0 combining, 1, 2; -1 not printable.  Does not
 * depend on the locale. */
int text_cp_width(uint32_t cp);

/* Makes SRC[0..LEN) safe to show: strict UTF-8; controls (C0, DEL, C1), bidi and other format
 * characters, line and paragraph separators, private and unassigned code points and all that has no
 * width of its own become U+FFFD; at most two combining marks stay on a character; at most
 * MAX_CELLS columns, cut with an ellipsis.  Never NULL; the caller frees. */
char *text_sanitise(const char *src, size_t len, size_t max_cells);

/* The same into a fixed buffer, never more than SIZE - 1 bytes, never a torn character. */
void text_sanitise_into(char *dst, size_t size, const char *src, size_t len);

/* Columns that sanitised TEXT takes. */
size_t text_width(const char *text);

/* Copies sanitised TEXT into DST so that it takes exactly CELLS columns: cut with an ellipsis
 * (U+2026, or '~' when ASCII) or padded with spaces.  DST needs SIZE bytes; CELLS * 16 + 1 is
 * always enough. */
void text_fit(char *dst, size_t size, const char *text, size_t cells, bool ascii);

/* The same for names: those that share a beginning differ at their end, so a long one is cut in its
 * middle. */
void text_fit_middle(char *dst, size_t size, const char *text, size_t cells, bool ascii);

/* Replaces every non-ASCII character of sanitised TEXT by as many '?' as it has columns, in place.
 */
void text_to_ascii(char *text);

/* Lossless: bytes other than [A-Za-z0-9._~:/+@=,-] become %XX.  The caller frees. */
char *text_percent_encode(const char *src, size_t len);

/* The inverse; *RET_LEN may be NULL.  NULL when SRC is malformed.  The caller frees. */
char *text_percent_decode(const char *src, size_t *ret_len);

#endif
