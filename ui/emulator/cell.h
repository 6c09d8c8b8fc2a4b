/* What stands in one place of a guest's terminal, fit to be drawn. */
#ifndef VCTOP_UI_EMULATOR_CELL_H
#define VCTOP_UI_EMULATOR_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A character and at most two marks on it. */
#define CELL_CHARS 3

enum cell_flag {
    CELL_BOLD = 1 << 0,
    CELL_UNDERLINE = 1 << 1,
    CELL_ITALIC = 1 << 2,
    CELL_BLINK = 1 << 3,
    CELL_REVERSE = 1 << 4,
    CELL_STRIKE = 1 << 5
};

/* A colour: the terminal's own, one of a palette of 256, or red, green and blue. */
#define COLOUR_OWN (-1)
#define COLOUR_RGB 0x1000000 /* | 0xRRGGBB */

struct cell {
    uint32_t chars[CELL_CHARS]; /* printable, none of them a control or a format character; 0 ends
                                   them, and a blank has none */
    uint8_t width;              /* columns: 1, 2; 0 for the second half of a wide one */
    uint8_t flags;              /* enum cell_flag */
    int32_t foreground, background;
};

/* Makes a row of cells as a guest wrote them fit to be drawn.  Only what the sanitiser lets through
 * stays, at most two marks on it, and only where it takes the columns that it was given: what does
 * not is a replacement character. */
void cells_sanitise(struct cell *cells, size_t count);

bool cell_looks_like(const struct cell *a, const struct cell *b); /* flags and colours */
bool cell_is_blank(const struct cell *cell);                      /* nothing to see */

/* The text of CELLS[0..COUNT) as UTF-8, without the blanks at its end; what does not fit into SIZE
 * bytes is left out, never torn. */
size_t cell_text(const struct cell *cells, size_t count, char *dst, size_t size);

/* The nearest that a terminal of COLOURS (8, 16, 256) has to COLOUR: its number, or COLOUR_OWN. */
int colour_of(int32_t colour, int colours);

#endif
