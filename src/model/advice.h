/* What one might do about a guest, from what is known of it alone. */
#ifndef VCTOP_MODEL_ADVICE_H
#define VCTOP_MODEL_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/world.h"

#define ADVICE_MAX 200 /* bytes, terminator included */

/* One line each; BRIEF is the same for where there is little room: seldom over 54 cells. */
struct advice {
    char text[ADVICE_MAX], brief[ADVICE_MAX];
};

/* The weightiest piece of advice with its reason; false when there is none.  HISTORY is
 * that of GUEST (of a copy of it that was made to be shown for longer, that of the live one); NULL
 * where there is none. */
bool advice_of(const struct world *world, const struct guest *guest, const struct history *history,
               int64_t now_ns, struct advice *ret);

#endif
