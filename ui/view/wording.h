/* A guest's state in words, short for its row and long for the status line. */
#ifndef VCTOP_UI_VIEW_WORDING_H
#define VCTOP_UI_VIEW_WORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/world.h"
#include "ui/term/style.h"

struct wording {
    char text[80];
    enum style style;
    bool stale;      /* its figures are old */
    bool problem;    /* something that wants a look, not acknowledged ... */
    bool over;       /* ... that happened and is over: the guest is as its figures say */
    char cause[320]; /* of a problem, acknowledged or not; else "" */
    bool idle;       /* of a problem: its figures say nothing, the cause may take their room */
};

/* For CELLS columns of a table. */
void wording_short(struct wording *ret, const struct world *world, const struct guest *guest,
                   int64_t now_ns, int cells);

/* The reason of what is not as usual, "" for a guest that is fine or simply off; and its style. */
enum style wording_long(char *dst, size_t size, const struct world *world,
                        const struct guest *guest, int64_t now_ns);

/* Figures of a list in the form "7.4/8.0G" or "310M/1.0G"; "-" for what is NAN, and no "/" when
 * there is no limit.  The slash stands in column 5. */
void wording_of_limit(char dst[32], double used, double limit);

/* The same without padding. */
void wording_ratio(char dst[32], double used, double limit);

#endif
