/* What a half-typed word could be: a list that Tab walks, drawn above the line. */
#ifndef VCTOP_UI_VIEW_COMPLETE_H
#define VCTOP_UI_VIEW_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/widget/draw.h"

struct completion_item {
    char *before;     /* of the line, kept as it is */
    char *name;       /* the word */
    const char *help; /* static */
    bool prefix;      /* it begins with what was typed; else it holds it */
};

struct completion {
    struct completion_item *items;
    size_t count;
    char *typed;
    long chosen; /* by Tab, -1: none yet */
};

void completion_clear(struct completion *completion); /* harmless on a zeroed one */

/* Adds NAME when it begins with TYPED or holds it.  BEFORE: what stands before it in the line. */
void completion_offer(struct completion *completion, const char *typed, const char *before,
                      const char *name, const char *help);
/* Those that begin with it first, else in the order of the offers. */
void completion_sort(struct completion *completion);
bool completion_is_prefix(const struct completion *completion,
                          size_t index); /* false past the end */

/* The line after a Tab (STEP 1) or back (-1): as far as all matches agree when that is
 * more than there is, else the next match.  False when there is nothing to offer. */
bool completion_next(struct completion *completion, int step, char *dst, size_t size);

/* At most HEIGHT lines that end above line BOTTOM of SCREEN. */
void completion_draw(const struct completion *completion, struct rect screen, int bottom,
                     int height);

/* NAME into *NEAREST when fewer letters than *BEST have to change to make it of TYPED. */
void completion_nearer(const char *typed, const char *name, const char **nearest, size_t *best);

#endif
