/* A cell in libvterm's terms and back. */
#ifndef VCTOP_UI_EMULATOR_VTERM_CELL_H
#define VCTOP_UI_EMULATOR_VTERM_CELL_H

#include <vterm.h>

#include "ui/emulator/cell.h"

/* As the guest wrote it: cells_sanitise() makes it fit to be drawn. */
void cell_from_vterm(struct cell *cell, const VTermScreenCell *from);

void cell_to_vterm(const VTermState *state, const struct cell *cell, VTermScreenCell *to);

/* The looks of what STATE would write next, without characters. */
struct cell cell_of_pen(const VTermState *state);

#endif
