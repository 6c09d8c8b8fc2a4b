/* Where a bracketed paste ends, though the mark of its end comes in pieces or never: nobody must be
 * left with a keyboard that is taken for a paste. */
#ifndef VCTOP_UI_TERM_PASTE_H
#define VCTOP_UI_TERM_PASTE_H

#include <stdbool.h>
#include <stdint.h>

void paste_begin(void);
void paste_end(void);
bool paste_is_on(void);

/* A character C of what was pasted; ALONE: nothing came behind it for as long as an Escape key
 * takes.  True when it is text, false when it belongs to the mark of the end, or is an escape. */
bool paste_take(uint32_t c, bool alone);

#endif
