/* Lines that are scrolled through and searched: a text, or a list with a cursor.  It knows how many
 * there are; its owner has and draws them. */
#ifndef VCTOP_UI_WIDGET_PAGER_H
#define VCTOP_UI_WIDGET_PAGER_H

#include "ui/widget/draw.h"

struct pager {
    bool list;         /* the cursor is moved, and the lines with it */
    long count, top;   /* lines there are; the first that is shown */
    long cursor;       /* in a text the line of the last hit, -1 without one */
    struct rect rect;  /* where the lines stand, as last drawn; may be empty */
    char pattern[128]; /* what is looked for, whatever its case; "" nothing */
};

/* Puts the text of LINE into DST. */
typedef void pager_text(void *context, long line, char *dst, size_t size);

/* COUNT lines in RECT; cursor and top stay within. */
void pager_fit(struct pager *pager, struct rect rect, long count);

/* BY lines on, or to LINE; both stop at the ends. */
void pager_move(struct pager *pager, long by);
void pager_move_to(struct pager *pager, long line);
/* A page down (1) or up (-1); one line stays in sight. */
void pager_page(struct pager *pager, int step);

/* The line at that place of the screen, -1 when none is. */
long pager_line_at(const struct pager *pager, int y, int x);

/* To the next line (STEP 1; the one before: -1) that holds the pattern, round the ends; false when
 * there is none. */
bool pager_find(struct pager *pager, int step, pager_text *text, void *context);

/* draw_cell() with the pattern's hits marked. */
void pager_cell(const struct pager *pager, struct rect rect, int y, int x, enum style style,
                const char *text, int cells);

/* TEXT from row Y of RECT on, broken between words; what does not fit any more is left out. */
void pager_wrap(struct rect rect, int y, enum style style, const char *text);

#endif
