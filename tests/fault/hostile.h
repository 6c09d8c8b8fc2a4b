/* What a guest may write to its console: what terminals were attacked with, then sequences as
 * vttest has them.  Who reads it obeys the second only, and passes on nothing of it. */
#ifndef VCTOP_TESTS_FAULT_HOSTILE_H
#define VCTOP_TESTS_FAULT_HOSTILE_H

#include "screen/driver.h"

extern const char hostile_bytes[]; /* ended by NUL; clears the screen half-way */

/* The pane shows what came out of them, and nothing else has left the program. */
void hostile_check(struct screen *screen);

#endif
