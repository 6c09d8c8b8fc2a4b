/* The outer terminal: up, down, suspended, crashed.  The only place that starts or ends ncurses. */
#ifndef VCTOP_UI_TERM_TERM_H
#define VCTOP_UI_TERM_TERM_H

#include <stdbool.h>

#include "base/error.h"

struct term_options {
    bool no_colour;
    bool ascii;
    bool no_mouse;
    int escdelay_ms;
};

/* Takes the terminal over: raw mode, alternate screen, bracketed paste, mouse, fatal signals caught
 * so that the terminal is restored on every way out.  Fails with one clear line for a TERM that is
 * unknown or cannot move its cursor.  setlocale() must have been called. */
int term_up(const struct term_options *options, struct error *err);

/* Gives it back as it was.  Harmless when it is not up. */
void term_down(void);

/* ^Z: gives the terminal back, stops the process group, takes the terminal again on SIGCONT. */
void term_suspend(void);

/* After a SIGCONT that ended a stop of which nobody told us (SIGSTOP): takes the terminal again. */
void term_continued(void);

/* After SIGWINCH: asks the size and tells ncurses. */
void term_resized(void);

/* As the options of term_up(), later. */
void term_set_mouse(bool on);
void term_set_ascii(bool on);

bool term_is_utf8(void); /* false under -U too: then draw ASCII only */
bool term_has_colour(void);

/* Begins to send what was drawn since the last call; never waits for the terminal. */
void term_flush(void);

/* The terminal has taken all of the last frame (see output.h): only then is another one worth
 * drawing.  While it is not ready, the loop calls term_send() when term_poll_fd() (-1: none) can be
 * written to, and looks again after term_timeout_ms() (-1: never). */
bool term_is_ready(void);
int term_poll_fd(void);
int term_timeout_ms(void);
void term_send(void);

/* The next flush repaints every cell (^L, after a foreign program). */
void term_redraw_all(void);

#endif
