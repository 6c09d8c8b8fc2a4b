/* The bytes that make another terminal look as this one does. */
#ifndef VCTOP_UI_EMULATOR_REDRAW_H
#define VCTOP_UI_EMULATOR_REDRAW_H

#include "ui/emulator/emulator.h"

/* For a terminal of the same size: the screen in use (main or alternate), its cells, the cursor,
 * and how what is written next would look.  Not what libvterm does not tell: a scroll region, the
 * main screen behind the alternate one.  UTF-8; the caller's to free, *RET_LEN bytes. */
char *emulator_redraw(const struct emulator *emulator, size_t *ret_len);

#endif
