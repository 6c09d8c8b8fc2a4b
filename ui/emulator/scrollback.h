/* Lines that have left a guest's screen, packed: a cell takes 24 bytes, a line here about as many
 * as it has characters. */
#ifndef VCTOP_UI_EMULATOR_SCROLLBACK_H
#define VCTOP_UI_EMULATOR_SCROLLBACK_H

#include "ui/emulator/cell.h"

struct packed;

struct scrollback {
    struct packed **line; /* a ring */
    size_t room, first, count;
    size_t lines_max, bytes_max;
    size_t bytes;     /* that the lines take */
    uint64_t dropped; /* oldest lines that are gone for want of room */
};

void scrollback_init(struct scrollback *scrollback, size_t lines_max, size_t bytes_max);
void scrollback_clear(struct scrollback *scrollback);

/* Adds CELLS as the newest line; the oldest make room. */
void scrollback_push(struct scrollback *scrollback, const struct cell *cells, size_t count);

/* Line INDEX, 0 the oldest, into CELLS[0..COUNT), blanks behind its end. */
void scrollback_get(const struct scrollback *scrollback, size_t index, struct cell *cells,
                    size_t count);

/* Takes the newest away; false when there is none. */
bool scrollback_pop(struct scrollback *scrollback, struct cell *cells, size_t count);

/* The text of line INDEX, as cell_text() has it. */
size_t scrollback_text(const struct scrollback *scrollback, size_t index, char *dst, size_t size);

#endif
