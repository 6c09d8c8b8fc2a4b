/* What the terminal understands: the words of its description, once ncurses has read it, and modes
 * that no description tells of. */
#ifndef VCTOP_UI_TERM_CAPABILITY_H
#define VCTOP_UI_TERM_CAPABILITY_H

#include <stddef.h>

/* Clicks, in numbers rather than bytes where the terminal knows how. */
#define MODE_MOUSE_ON "\033[?1000h\033[?1006h"
#define MODE_MOUSE_OFF "\033[?1000l\033[?1002l\033[?1003l\033[?1006l"
#define MODE_PASTE_ON "\033[?2004h"
#define MODE_PASTE_OFF "\033[?2004l"

/* NULL: it has none of that name. */
const char *capability(const char *name);

/* Puts TEXT, unless NULL, behind the LEN bytes that are in DST, as far as SIZE allows, and returns
 * how many there are now: without the padding ("$<2>") that some descriptions hold for the sake of
 * old hardware. */
size_t capability_add(char *dst, size_t len, size_t size, const char *text);

#endif
