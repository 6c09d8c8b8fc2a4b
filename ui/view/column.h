/* The columns of a table of guests: which there are for a width, and their titles.  A width, an
 * order and the length of the longest name give one layout, whatever else the guests do, so that no
 * column moves while one looks. */
#ifndef VCTOP_UI_VIEW_COLUMN_H
#define VCTOP_UI_VIEW_COLUMN_H

#include "base/error.h"
#include "config/options.h"
#include "model/listing.h"
#include "ui/widget/draw.h"

/* In the order of the screen, unless one is set up. */
enum column {
    COLUMN_KIND,
    COLUMN_NAME,
    COLUMN_STATE,
    COLUMN_CPU,
    COLUMN_EXTRA, /* what is sorted by and has no column of its own */
    COLUMN_TREND, /* sparkline of the CPU */
    COLUMN_MEM,
    COLUMN_DISK,
    COLUMN_NET,
    COLUMN_UP,
    COLUMN_ADDRESS,
    COLUMN_ISOLATION, /* only where it is set up */
    COLUMN_COUNT
};

/* Which columns there are, from left to right; none: the default ones in their own order. */
struct column_order {
    enum column at[COLUMN_COUNT];
    int count;
};

/* The order that holds when none is set up. */
void column_order_default(struct column_order *ret);

bool column_order_has(const struct column_order *order, enum column column);

/* From names as in "name state cpu"; without "name" and "state" no table says what is what.
 * RET may be NULL. */
int column_order_parse(struct column_order *ret, const struct text_list *names, struct error *err);

/* "name", "cpu": as in the configuration file; NULL for COLUMN_EXTRA. */
const char *column_name(enum column column);
const char *column_help(enum column column);
bool column_is_needed(enum column column); /* cannot be left out */

#define COLUMN_PAIR 11 /* room for two figures, "1023M/1023M"; in less there is one */

struct columns {
    struct column_order order;                /* COLUMN_EXTRA included */
    int x[COLUMN_COUNT], width[COLUMN_COUNT]; /* in cells; width 0: not there */
    int bar;                                  /* cells of the memory bar, the space before it not
                                                 counted; part of COLUMN_MEM's width */
    enum metric extra;
};

/* For a table WIDTH cells wide with the columns of ORDER that have room.  KIND: one of them may be
 * the column that tells machines from containers.  NAME: cells of the longest name, which is to
 * have them before other columns say more than they have to. */
void columns_layout(struct columns *ret, const struct column_order *order, int width, bool kind,
                    int name, int sort_key);

void columns_draw_header(const struct columns *columns, struct rect rect, int y,
                         struct listing_order order);

/* The sort key of the column at X of the table, -1 when there is none. */
int columns_sort_key_at(const struct columns *columns, int x);

/* The sort key STEP columns from KEY among those shown, round the end. */
int columns_sort_key_beside(const struct columns *columns, int key, int step);

#endif
