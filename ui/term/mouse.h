/* Reports of the mouse, read character by character: ncurses' own reader waits for the rest of one
 * that a slow link has torn, and the whole screen with it. */
#ifndef VCTOP_UI_TERM_MOUSE_H
#define VCTOP_UI_TERM_MOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/term/key.h"

/* What terminals report by: "ESC [ < 0;10;7 M" (SGR), and "ESC [ M" with three bytes for those that
 * know no better. */
enum mouse_form {
    MOUSE_FORM_NONE,
    MOUSE_FORM_SGR,
    MOUSE_FORM_BYTES
};

enum mouse_step {
    MOUSE_MORE,  /* the report goes on */
    MOUSE_WHOLE, /* it is complete: KEY holds it, or KEY_NONE when nobody wants to know */
    MOUSE_NOT    /* this is no part of a report: the report is dropped */
};

/* The introduction of a report was read. */
void mouse_begin(enum mouse_form form);
bool mouse_is_begun(void);

/* The next character of a report that has begun. */
enum mouse_step mouse_feed(uint32_t c, struct key *ret);

#endif
