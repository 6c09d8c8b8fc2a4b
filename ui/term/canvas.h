/* What is drawn, before ncurses has it.  A frame is drawn anew each time, and most of it is as it
 * was: here it is noted down row by row, and only the rows that differ from the last frame are
 * handed on. */
#ifndef VCTOP_UI_TERM_CANVAS_H
#define VCTOP_UI_TERM_CANVAS_H

#include <stddef.h>

/* LEN bytes of TEXT, one run of characters that takes CELLS, and fits where it is put, with ncurses
 * ATTRIBUTES. */
void canvas_text(int y, int x, int attributes, const char *text, size_t len, int cells);

/* CELLS blanks, for a fraction of what as many characters of a text take. */
void canvas_blank(int y, int x, int attributes, int cells);

/* One character with looks of its own: SIZE bytes of GLYPH are a cchar_t, which not all who include
 * this have. */
void canvas_glyph(int y, int x, const void *glyph, size_t size);

/* What was drawn since the last call, into ncurses' window. */
void canvas_hand_on(void);

/* ncurses' window, or what looks mean, is no longer what it was: all rows are handed on. */
void canvas_forget(void);

void canvas_free(void);

#endif
