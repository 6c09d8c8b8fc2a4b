/* Gives the terminal back, however the program ends: what that takes is made ready before, for a
 * handler of a fatal signal may neither look anything up nor allocate. */
#ifndef VCTOP_UI_TERM_RESTORE_H
#define VCTOP_UI_TERM_RESTORE_H

#include <stdbool.h>
#include <termios.h>

/* How long a terminal that does not read may hold up the end of the program. */
#define RESTORE_MS 1000

/* Remembers its modes as they are. */
void restore_remember(void);
/* Those; NULL: it has none. */
const struct termios *restore_modes(void);

/* Makes ready what undoes our modes on a terminal of the size that it has now. */
void restore_prepare(bool paste);

/* It is ours from now on, until it was given back once. */
void restore_arm(void);
/* Async-signal-safe: handlers of fatal signals and of memory exhaustion use it. */
void restore_now(void);

/* A crash gives it back and says so, before it ends as it would. */
void restore_on_crash(void);

#endif
